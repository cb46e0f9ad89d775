/// Kinds of sound files that can be written.
public enum AudioContainer: String, CaseIterable, Sendable, CustomStringConvertible {
    /// RIFF/WAVE, RF64 above 4 GiB.
    case wav
    case flac
    case aiff
    case au
    case caf
    /// Sony Wave64.
    case w64
    /// Vorbis in Ogg: lossy, the sample encoding has no meaning.
    case ogg
    /// Headerless PCM.
    case raw

    /// The container that the extension of a file name stands for; nil for an unknown one. Without
    /// any extension it is WAV.
    public init?(path: String) {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
            self = .wav
            return
        }
        switch name[name.index(after: dot)...].lowercased() {
        case "wav", "wave", "rf64", "bwf": self = .wav
        case "flac": self = .flac
        case "aiff", "aif", "aifc": self = .aiff
        case "au", "snd": self = .au
        case "caf": self = .caf
        case "w64": self = .w64
        case "ogg", "oga": self = .ogg
        case "raw", "pcm", "sw": self = .raw
        default: return nil
        }
    }

    /// How it stores integers of 8 bits.
    public var eightBits: SampleEncoding {
        switch self {
        case .wav, .w64, .ogg, .raw: .unsigned8
        case .flac, .aiff, .au, .caf: .signed8
        }
    }

    /// Can be written to a pipe: either there is nothing to correct at the end, or the format has a
    /// value for "unknown length".
    public var isPipeable: Bool { self == .wav || self == .au || self == .raw }

    /// Its samples are always stored with the most significant byte first.
    var isBigEndian: Bool { self == .au || self == .aiff }

    public var description: String {
        switch self {
        case .wav: "WAV"
        case .flac: "FLAC"
        case .aiff: "AIFF"
        case .au: "AU"
        case .caf: "CAF"
        case .w64: "Wave64"
        case .ogg: "Ogg Vorbis"
        case .raw: "raw PCM"
        }
    }
}
