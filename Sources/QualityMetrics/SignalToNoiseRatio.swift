import Foundation

/// The ratio of the reference's energy to the energy of the difference, in dB:
/// SNR = 10 log10( sum r^2 / sum (r - d)^2 ).
///
/// Identical signals give positive infinity, which is the exact value. No gain or delay is
/// compensated.
public struct SignalToNoiseRatio: QualityMetric {
    public let identifier = "snr_db"
    public let title = "SNR"
    public let unit = "dB"
    public let higherIsBetter = true

    public init() {}

    /// - Throws: `silent(.reference)`.
    public func score(_ pair: SignalPair) throws(QualityMetricError) -> Double {
        let signal = energy(pair.reference)
        guard signal > 0 else { throw .silent(.reference) }
        var noise = 0.0
        for (r, d) in zip(pair.reference, pair.degraded) { noise += (r - d) * (r - d) }
        return noise > 0 ? 10 * log10(signal / noise) : .infinity
    }
}
