import Foundation

/// The scale-invariant signal-to-distortion ratio, in dB (Le Roux, Wisdom, Erdogan, Hershey: SDR -
/// half-baked or well done?, ICASSP 2019, equation 3).
///
/// With both means removed and a = <d, r> / <r, r>: SI-SDR = 10 log10( |a r|^2 / |a r - d|^2 ). A
/// degraded signal that is the reference times a constant gives positive infinity up to rounding;
/// one that is orthogonal to it gives negative infinity.
public struct ScaleInvariantSDR: QualityMetric {
    public let identifier = "si_sdr_db"
    public let title = "SI-SDR"
    public let unit = "dB"
    public let higherIsBetter = true

    public init() {}

    /// - Throws: `silent` when a signal is constant.
    public func score(_ pair: SignalPair) throws(QualityMetricError) -> Double {
        let r = Self.withoutMean(pair.reference)
        let d = Self.withoutMean(pair.degraded)
        let rr = energy(r)
        guard rr > 0 else { throw .silent(.reference) }
        guard energy(d) > 0 else { throw .silent(.degraded) }
        var rd = 0.0
        for n in r.indices { rd += r[n] * d[n] }
        let scale = rd / rr
        var distortion = 0.0
        for n in r.indices {
            let difference = scale * r[n] - d[n]
            distortion += difference * difference
        }
        let target = scale * scale * rr
        return distortion > 0 ? 10 * log10(target / distortion) : .infinity
    }

    private static func withoutMean(_ x: [Double]) -> [Double] {
        let mean = x.reduce(0, +) / Double(x.count)
        return x.map { $0 - mean }
    }
}
