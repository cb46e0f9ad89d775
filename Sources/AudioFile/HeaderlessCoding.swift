/// Codings of speech that have no header, and whose rate their standards fix. One channel.
public enum HeaderlessCoding: String, CaseIterable, Sendable {
    /// GSM 06.10 full rate, frames of 33 bytes for 160 samples.
    case gsm
    /// ITU-T G.722 at 64 kbit/s, a byte for two samples.
    case g722

    /// Frames per second, in Hz.
    public var sampleRate: Int {
        switch self {
        case .gsm: 8000
        case .g722: 16_000
        }
    }
}
