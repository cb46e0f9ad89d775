import QualityMetrics

/// In which form sounds are compared, and with it what is measured.
public enum ComparisonMode: String, Sendable, CaseIterable {
    /// 16 kHz, one channel.
    case speech
    /// The recording's own rate (at most 48 kHz) and channels.
    case audio
    /// The same, channels mixed to one.
    case monoAudio = "mono-audio"

    /// Hz: the masking model goes no further.
    public static let highestRate = 48_000
    /// Channels of a recording that can be compared without mixing them.
    public static let mostChannels = 2

    /// Channels are mixed to one.
    public var isMono: Bool { self != .audio }

    public var measures: MeasureSet { self == .speech ? .speech : .audio }

    /// The rate at which a recording is compared, Hz.
    func rate(of recording: Int) -> Int {
        self == .speech ? 16_000 : min(recording, Self.highestRate)
    }

    var anchors: [Anchor] {
        self == .speech ? [.original, .lowPass] : [.original, .lowPass, .lowPass7k]
    }
}
