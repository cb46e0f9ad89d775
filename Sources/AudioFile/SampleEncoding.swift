/// How one sample of PCM is stored. Integers are two's complement, or offset binary where the name
/// says unsigned; full scale is 1.0, so a signed 16-bit value v stands for v / 32768.
public enum SampleEncoding: String, CaseIterable, Sendable, CustomStringConvertible {
    case unsigned8, signed8
    case unsigned16, signed16
    case unsigned24, signed24
    case unsigned32, signed32
    case float32, float64
    /// 8 bits of ITU-T G.711, which stand for 13 and 14 bits.
    case aLaw, muLaw

    /// The encoding with this width, or nil where there is none.
    /// - Parameters:
    ///   - bits: 8, 16, 24 or 32 for integers, 32 or 64 for floating point.
    ///   - isFloat: IEEE 754 instead of integers.
    ///   - isSigned: nil takes the custom of the field: 8 bit unsigned, all others signed.
    public init?(bits: Int, isFloat: Bool = false, isSigned: Bool? = nil) {
        switch (bits, isFloat, isSigned ?? (bits != 8)) {
        case (8, false, false): self = .unsigned8
        case (8, false, true): self = .signed8
        case (16, false, false): self = .unsigned16
        case (16, false, true): self = .signed16
        case (24, false, false): self = .unsigned24
        case (24, false, true): self = .signed24
        case (32, false, false): self = .unsigned32
        case (32, false, true): self = .signed32
        case (32, true, true): self = .float32
        case (64, true, true): self = .float64
        default: return nil
        }
    }

    /// Width of one sample in bytes.
    public var byteCount: Int { bits / 8 }

    /// Width of one sample in bits.
    public var bits: Int {
        switch self {
        case .unsigned8, .signed8, .aLaw, .muLaw: 8
        case .unsigned16, .signed16: 16
        case .unsigned24, .signed24: 24
        case .unsigned32, .signed32, .float32: 32
        case .float64: 64
        }
    }

    /// IEEE 754 rather than integers.
    public var isFloat: Bool { self == .float32 || self == .float64 }

    /// Integers in two's complement; true for floating point as well.
    public var isSigned: Bool {
        switch self {
        case .unsigned8, .unsigned16, .unsigned24, .unsigned32: false
        default: true
        }
    }

    /// Companded as ITU-T G.711 says, rather than linear.
    public var isCompanded: Bool { self == .aLaw || self == .muLaw }

    public var description: String {
        if self == .aLaw { return "A-law" }
        if self == .muLaw { return "µ-law" }
        return isFloat ? "\(bits)-bit float" : isSigned ? "\(bits)-bit" : "\(bits)-bit unsigned"
    }
}

/// Order of the bytes of a sample.
public enum ByteOrder: String, CaseIterable, Sendable {
    case little, big
}

/// What a stream of headerless PCM holds. Nothing of it can be guessed from the bytes.
public struct RawFormat: Equatable, Sendable {
    /// Frames per second, 1 ... 768,000 Hz.
    public let sampleRate: Int
    /// Interleaved channels, 1 ... 1024.
    public let channels: Int
    public let encoding: SampleEncoding
    public let byteOrder: ByteOrder

    /// - Throws: `AudioFileError.invalidRawFormat` outside the ranges of the properties.
    public init(
        sampleRate: Int, channels: Int = 1, encoding: SampleEncoding = .signed16,
        byteOrder: ByteOrder = .little
    ) throws(AudioFileError) {
        guard AudioLimits.sampleRates.contains(sampleRate) else {
            throw .invalidRawFormat(
                reason: "sample rate \(sampleRate) Hz is outside 1 ... 768000 Hz")
        }
        guard (1...AudioLimits.channels).contains(channels) else {
            throw .invalidRawFormat(
                reason: "\(channels) channels are outside 1 ... \(AudioLimits.channels)")
        }
        self.sampleRate = sampleRate
        self.channels = channels
        self.encoding = encoding
        self.byteOrder = byteOrder
    }

    /// Bytes of one frame, that is one sample of every channel.
    public var frameBytes: Int { channels * encoding.byteCount }
}

/// Limits that hold for all readers and writers.
public enum AudioLimits {
    /// Most channels of one file (libsndfile's own limit).
    public static let channels = 1024
    /// Frames per second, in Hz.
    public static let sampleRates = 1...768_000
    /// Most frames per second that libvorbis codes, in Hz.
    static let vorbisRate = 200_000
}
