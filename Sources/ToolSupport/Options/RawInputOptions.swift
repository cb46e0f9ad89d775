import ArgumentParser
import AudioFile

extension ByteOrder: ExpressibleByArgument {}

/// How samples without a header are coded.
public enum RawCoding: String, CaseIterable, ExpressibleByArgument, Sendable {
    case pcm
    case aLaw = "a-law"
    case muLaw = "mu-law"
    case gsm
    case g722

    /// What reads it by itself; nil for PCM and the laws of G.711.
    var headerless: HeaderlessCoding? {
        switch self {
        case .pcm, .aLaw, .muLaw: nil
        case .gsm: .gsm
        case .g722: .g722
        }
    }
}

/// Description of headerless sound at the input. Nothing of it is ever guessed.
public struct RawInputOptions: ParsableArguments {
    @Flag(help: "The input is PCM, or what --raw-encoding says, without a header.")
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
        help: """
            Raw integers are two's complement; --no-raw-signed: they are unsigned, with silence \
            in the middle. (default: signed for all but 8 bits)
            """)
    public var rawSigned: Bool?

    @Option(
        help: ArgumentHelp(
            """
            Coding of raw samples: pcm, a-law or mu-law (8 bits, G.711), gsm (06.10, 8000 Hz) or \
            g722 (64 kbit/s, 16000 Hz, through ffmpeg). (default: pcm)
            """,
            valueName: "coding"))
    public var rawEncoding: RawCoding?

    public init() {}

    /// Tells the reader what the input is.
    public func apply(to options: inout AudioReader.Options) throws(ToolFailure) {
        guard raw || rawEncoding == nil else {
            throw .usage("options --raw-... describe raw sound and need --raw")
        }
        guard let coding = rawEncoding?.headerless else {
            options.raw = try format()
            return
        }
        let name = "--raw-encoding \(coding.rawValue)"
        guard rawBits == nil, rawEndianness == nil, !rawFloat, rawSigned == nil else {
            throw .usage("\(name) has no bits, byte order, sign or floating point of samples")
        }
        guard rawRate ?? coding.sampleRate == coding.sampleRate, rawChan ?? 1 == 1 else {
            throw .usage("\(name) has 1 channel and \(coding.sampleRate) Hz")
        }
        options.headerless = coding
    }

    /// The format of PCM and G.711, or nil without `--raw`.
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
        let encoding = try encoding()
        do throws(AudioFileError) {
            return try RawFormat(
                sampleRate: rawRate, channels: rawChan ?? 1, encoding: encoding,
                byteOrder: rawEndianness ?? .little)
        } catch {
            throw .usage(error.description)
        }
    }

    private func encoding() throws(ToolFailure) -> SampleEncoding {
        if rawEncoding == .aLaw || rawEncoding == .muLaw {
            guard rawBits ?? 8 == 8, !rawFloat, rawSigned == nil, rawEndianness == nil else {
                throw .usage("A-law and mu-law are 8 bits: no other format, no byte order")
            }
            return rawEncoding == .aLaw ? .aLaw : .muLaw
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
        return encoding
    }
}
