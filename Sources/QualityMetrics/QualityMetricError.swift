/// Why a measure has no value for a pair of signals. A measure gives a number that follows from its
/// definition or one of these, never a stand-in.
public enum QualityMetricError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Which of the two signals.
    public enum Signal: String, Sendable { case reference, degraded }

    /// Both signals must have the same number of samples.
    case lengthsDiffer(reference: Int, degraded: Int)
    /// Both sounds must have the same number of channels, at least one.
    case channelsDiffer(reference: Int, degraded: Int)
    /// The measure is about two channels.
    case notStereo(channels: Int)
    /// Fewer samples than the definition needs.
    case tooShort(samples: Int, required: Int)
    /// Fewer frames are left, after the silent ones are dropped, than the definition needs.
    case tooFewActiveFrames(found: Int, required: Int)
    /// The signal has no energy, and the measure divides by it.
    case silent(Signal)
    /// The sample at `index` is infinite or not a number.
    case nonFinite(Signal, index: Int)
    /// Sample rates are 1,000 ... 768,000 Hz.
    case unsupportedSampleRate(Int)
    /// The settings of the measure are not usable.
    case unusableSetting(String)
    /// The outside program that defines the measure is not there, or gave no number.
    case judgeFailed(String)

    public var description: String {
        switch self {
        case .lengthsDiffer(let reference, let degraded):
            "reference has \(reference) samples, degraded \(degraded)"
        case .channelsDiffer(let reference, let degraded):
            "reference has \(reference) channels, degraded \(degraded)"
        case .notStereo(let channels): "needs 2 channels, there are \(channels)"
        case .tooShort(let samples, let required):
            "\(samples) samples, at least \(required) are needed"
        case .tooFewActiveFrames(let found, let required):
            "\(found) frames that are not silent, at least \(required) are needed"
        case .silent(let signal): "the \(signal.rawValue) signal is silent"
        case .nonFinite(let signal, let index):
            "sample \(index) of the \(signal.rawValue) signal is not a finite number"
        case .unsupportedSampleRate(let rate):
            "sample rate of \(rate) Hz is outside 1,000 ... 768,000 Hz"
        case .unusableSetting(let text): text
        case .judgeFailed(let text): text
        }
    }
}
