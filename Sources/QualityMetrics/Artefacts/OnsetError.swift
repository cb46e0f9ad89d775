import Foundation

/// What happens around onsets: noise before them (pre-echo) and what is missing in their first
/// milliseconds (smear).
///
/// At 16 kHz for speech, 48 kHz for audio, energies above 1 kHz (Butterworth high-pass, order 4)
/// of frames of 1.25 ms. An onset is a frame of the original from which on 6.25 ms are 18 dB or
/// more above the 11.25 ms that end 1.25 ms before it, and within 32 dB of the loudest 10 ms; the
/// strongest are taken first, none within 30 ms of another. Values are levels of decoded over
/// original, in dB: before, 2.5 to 7.5 ms ahead of the onset; first, in the 5 ms from it on.
public struct OnsetError: PooledMetric {
    /// Hz; signals of other rates are converted.
    public let sampleRate: Int
    /// Samples of 1.25 ms.
    private var frame: Int { sampleRate / 800 }
    /// Keeps digital silence finite: noise of half a step of 16 bits and less.
    private var floor: Double { Double(frame) * 3e-10 }

    public init() { self.init(sampleRate: 16_000) }

    /// - Parameter sampleRate: Hz, a multiple of 800 above 2,000, at most 768,000
    package init(sampleRate: Int) { self.sampleRate = sampleRate }

    public var columns: [PooledColumn] {
        [
            column("onset_before_db", "onset before", false, "onset_before_db", .quantile(0.5)),
            column("onset_before_90_db", "before 90 %", false, "onset_before_db", .quantile(0.9)),
            column("onset_first_db", "onset first", true, "onset_first_db", .quantile(0.5)),
            column("onset_first_10_db", "first 10 %", true, "onset_first_db", .quantile(0.1)),
        ]
    }

    private func column(
        _ identifier: String, _ title: String, _ higherIsBetter: Bool, _ pool: String,
        _ statistic: PoolStatistic
    ) -> PooledColumn {
        PooledColumn(
            identifier: identifier, title: title, unit: "dB", higherIsBetter: higherIsBetter,
            comparesRates: false, pool: pool, statistic: statistic)
    }

    /// - Throws: `silent(.reference)`, `tooFewActiveFrames` where there are no onsets.
    public func pools(_ pair: SignalPair) throws(QualityMetricError) -> [String: MetricPool] {
        let pair = try pair.resampled(to: sampleRate)
        guard energy(pair.reference) > 0 else { throw .silent(.reference) }
        let original = energies(pair.reference)
        let decoded = energies(pair.degraded)
        let onsets = Self.onsets(original)
        guard !onsets.isEmpty else { throw .tooFewActiveFrames(found: 0, required: 1) }
        func excess(_ range: (Int) -> Range<Int>) -> [Double] {
            onsets.map {
                10 * log10(Self.mean(decoded, range($0)) / Self.mean(original, range($0)))
            }
        }
        return [
            "onset_before_db": MetricPool(values: excess { $0 - 6..<$0 - 2 }),
            "onset_first_db": MetricPool(values: excess { $0..<$0 + 4 }),
        ]
    }

    private func energies(_ x: [Double]) -> [Double] {
        let filter = ButterworthFilter(order: 4, .highPass(1_000), sampleRate: Double(sampleRate))
        let y = filter(x)
        return stride(from: 0, through: y.count - frame, by: frame).map {
            energy(y[$0..<$0 + frame]) + floor
        }
    }

    private static func mean(_ e: [Double], _ range: Range<Int>) -> Double {
        e[range].reduce(0, +) / Double(range.count)
    }

    /// Frames at which the original sets in, strongest first.
    private static func onsets(_ e: [Double]) -> [Int] {
        guard e.count > 20 else { return [] }
        // The loudest mean of 8 frames; what is missing at the ends counts as nothing.
        let loudest = e.indices.reduce(0.0) { most, centre in
            max(most, e[max(0, centre - 4)...min(e.count - 1, centre + 3)].reduce(0, +) / 8)
        }
        let least = loudest * pow(10, -3.2)
        let rises = (13..<e.count - 8).compactMap { index -> (rise: Double, index: Int)? in
            let from = mean(e, index..<index + 5)
            guard from > least else { return nil }
            let rise = 10 * log10(from / mean(e, index - 10..<index - 1))
            return rise >= 18 ? (rise, index) : nil
        }
        var onsets: [Int] = []
        for (_, index) in rises.sorted(by: { ($1.rise, $0.index) < ($0.rise, $1.index) })
        where onsets.allSatisfy({ abs(index - $0) > 24 }) {
            onsets.append(index)
        }
        return onsets
    }
}
