import ArgumentParser
import AudioFile

/// Format of the sound that a program writes.
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

    /// What the options say together.
    public func format() throws(ToolFailure) -> SoundFormat {
        if rawEndianness != nil, !raw { throw .usage("--raw-endianness needs --raw") }
        var format = try SoundFormat(bits: bits, isFloat: float, isRaw: raw)
        format.byteOrder = rawEndianness ?? .little
        return format
    }
}
