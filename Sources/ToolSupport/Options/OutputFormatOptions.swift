import ArgumentParser
import AudioFile

/// Format of the sound that a decoder writes.
public struct OutputFormatOptions: ParsableArguments {
    @Flag(help: "PCM without a header.")
    public var raw = false

    @Option(
        help: ArgumentHelp(
            """
            Bits of a sample: 8, 16, 24 or 32; with --float 32 or 64. (default: 16, with \
            --float 32)
            """,
            valueName: "bits"))
    public var bits: Int?

    @Flag(help: "Floating-point samples, which are not limited to full scale.")
    public var float = false

    @Option(
        help: ArgumentHelp(
            "Byte order of raw samples: little or big. (default: little)", valueName: "order"))
    public var rawEndianness: ByteOrder?

    public init() {}

    /// Settings for the job.
    public func apply(to job: inout DecodeJob) throws(ToolFailure) {
        let bits = bits ?? (float ? 32 : 16)
        guard let encoding = SampleEncoding(bits: bits, isFloat: float) else {
            throw .usage("there is no \(float ? "floating-point " : "")format of \(bits) bits")
        }
        if rawEndianness != nil, !raw { throw .usage("--raw-endianness needs --raw") }
        job.encoding = encoding
        job.byteOrder = rawEndianness ?? .little
        job.container = raw ? .raw : nil
    }
}
