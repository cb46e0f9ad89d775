import ArgumentParser
import AudioFile

extension ByteOrder: ExpressibleByArgument {}

/// Description of headerless PCM at the input. Nothing of it is ever guessed.
public struct RawInputOptions: ParsableArguments {
    @Flag(help: "The input is PCM without a header.")
    public var raw = false

    @Option(help: ArgumentHelp("Sampling rate of raw PCM.", valueName: "Hz"))
    public var rawRate: Int?

    @Option(help: ArgumentHelp("Channels of raw PCM, interleaved. (default: 1)", valueName: "n"))
    public var rawChan: Int?

    @Option(
        help: ArgumentHelp(
            "Bits of a raw sample: 8, 16, 24, 32, or 64 with --raw-float. (default: 16)",
            valueName: "bits"))
    public var rawBits: Int?

    @Option(
        help: ArgumentHelp(
            "Byte order of raw samples: little or big. (default: little)", valueName: "order"))
    public var rawEndianness: ByteOrder?

    @Flag(help: "Raw samples are floating point, 32 bits unless --raw-bits says 64.")
    public var rawFloat = false

    @Flag(
        inversion: .prefixedNo,
        help: "Raw integers are two's complement. (default: for all but 8 bits)")
    public var rawSigned: Bool?

    public init() {}

    /// The format, or nil without `--raw`.
    public func format() throws(ToolFailure) -> RawFormat? {
        guard raw else {
            if rawRate != nil || rawChan != nil || rawBits != nil || rawEndianness != nil
                || rawFloat || rawSigned != nil
            {
                throw .usage("options --raw-... describe raw PCM and need --raw")
            }
            return nil
        }
        guard let rawRate else { throw .usage("--raw needs --raw-rate") }
        guard StreamResampler.supportedRates.contains(rawRate) else {
            throw .usage(
                """
                --raw-rate \(rawRate): possible are \
                \(StreamResampler.supportedRates.lowerBound) ... \
                \(StreamResampler.supportedRates.upperBound) Hz
                """
            )
        }
        guard !rawFloat || rawSigned == nil else {
            throw .usage("--raw-signed is about integers, not --raw-float")
        }
        let bits = rawBits ?? (rawFloat ? 32 : 16)
        guard let encoding = SampleEncoding(bits: bits, isFloat: rawFloat, isSigned: rawSigned)
        else {
            throw .usage(
                """
                raw PCM: there is no \
                \(rawFloat ? "floating-point " : rawSigned == false ? "unsigned " : "")format \
                of \(bits) bits
                """
            )
        }
        do throws(AudioFileError) {
            return try RawFormat(
                sampleRate: rawRate, channels: rawChan ?? 1, encoding: encoding,
                byteOrder: rawEndianness ?? .little)
        } catch {
            throw .usage(error.description)
        }
    }
}
