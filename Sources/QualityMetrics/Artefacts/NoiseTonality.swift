import Foundation

/// How tonal decoded noise is between 4 and 8 kHz: real noise has a new fine structure every few
/// milliseconds, and a decoder that writes one pattern into every frame does not.
///
/// At 16 kHz, power spectra of 32 ms (symmetric Hann window of 512 samples) every 10 ms, in dB;
/// fine structure is what a moving mean over 11 bins (344 Hz) leaves. Bins 132 ... 243 (4.1 ... 7.6
/// kHz). A frame is active where the mean level of these bins is within 30 dB of the largest.
public struct NoiseTonality: QualityMetric {
    public enum Statistic: Sendable {
        /// The mean correlation of the fine structure with that of 40 ms later, over active frames
        /// whose original is noise-like: correlated by less than 0.25. Real noise has about 0.
        case correlation
        /// Fixed lines: the spread over bins of the mean fine structure of active frames, as a
        /// multiple of the original's. 1 where there are none.
        case lines
    }

    public let statistic: Statistic

    public init(_ statistic: Statistic = .correlation) { self.statistic = statistic }

    public var identifier: String {
        statistic == .correlation ? "noise_correlation" : "noise_lines"
    }
    public var title: String { statistic == .correlation ? "noise corr" : "noise lines" }
    public var unit: String { "" }
    public var higherIsBetter: Bool { false }
    public var comparesRates: Bool { false }
    public var originalIsBest: Bool { false }

    private static let sampleRate = 16_000
    private static let size = 512
    private static let hop = 160
    private static let band = 132..<244
    private static let smoothing = 5
    /// Frames: 40 ms.
    private static let lag = 4

    /// - Throws: `tooShort` below 72 ms, `silent(.reference)`, `tooFewActiveFrames` where nothing
    ///   is noise-like.
    public func score(_ pair: SignalPair) throws(QualityMetricError) -> Double {
        let pair = try pair.resampled(to: Self.sampleRate)
        let required = Self.size + Self.lag * Self.hop
        guard pair.count >= required else {
            throw .tooShort(samples: pair.count, required: required)
        }
        guard energy(pair.reference) > 0 else { throw .silent(.reference) }
        let original = try FineStructure(pair.reference)
        let decoded = try FineStructure(pair.degraded)
        switch statistic {
        case .correlation:
            let values = (0..<original.frames.count - Self.lag).compactMap { index -> Double? in
                guard original.isActive[index], original.isActive[index + Self.lag],
                    original.correlation(index) < 0.25
                else { return nil }
                return decoded.correlation(index)
            }
            guard !values.isEmpty else { throw .tooFewActiveFrames(found: 0, required: 1) }
            return values.reduce(0, +) / Double(values.count)
        case .lines:
            let spread = original.spread(over: original.isActive)
            guard spread > 0 else { throw .unusableSetting("nothing above 4 kHz in the original") }
            return decoded.spread(over: original.isActive) / spread
        }
    }

    /// The fine structure of one signal.
    private struct FineStructure {
        /// `[frame][bin of the band]`, dB.
        var frames: [[Double]] = []
        var isActive: [Bool] = []

        init(_ x: [Double]) throws(QualityMetricError) {
            let size = NoiseTonality.size
            // numpy.hanning
            let window = (0..<size).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(size - 1)) }
            let spectra = try PowerSpectrogram(
                x, size: size, hop: NoiseTonality.hop, window: window, padding: .none)
            let smoothing = NoiseTonality.smoothing
            var levels: [Double] = []
            for frame in 0..<spectra.frameCount {
                let start = frame * spectra.binCount
                func level(_ bin: Int) -> Double {
                    10 * log10(spectra.power[start + bin] + 1e-9)
                }
                let low = NoiseTonality.band.lowerBound - smoothing
                let all = (low..<NoiseTonality.band.upperBound + smoothing).map(level)
                let inside = smoothing..<all.count - smoothing
                frames.append(
                    inside.map { bin in
                        let near = all[bin - smoothing...bin + smoothing]
                        return all[bin] - near.reduce(0, +) / Double(near.count)
                    })
                levels.append(all[inside].reduce(0, +) / Double(inside.count))
            }
            let largest = levels.reduce(-.infinity, max)
            isActive = levels.map { $0 > largest - 30 }
        }

        /// Of a frame with that of 40 ms later.
        func correlation(_ index: Int) -> Double {
            let u = frames[index]
            let v = frames[index + NoiseTonality.lag]
            let meanU = u.reduce(0, +) / Double(u.count)
            let meanV = v.reduce(0, +) / Double(v.count)
            var (uu, vv, uv) = (0.0, 0.0, 0.0)
            for (a, b) in zip(u, v) {
                uu += (a - meanU) * (a - meanU)
                vv += (b - meanV) * (b - meanV)
                uv += (a - meanU) * (b - meanV)
            }
            return uv / (uu * vv + 1e-9).squareRoot()
        }

        /// Standard deviation over bins of the mean over chosen frames, dB.
        func spread(over chosen: [Bool]) -> Double {
            let used = zip(frames, chosen).filter(\.1).map(\.0)
            let means = NoiseTonality.band.indices.map { bin in
                let index = bin - NoiseTonality.band.lowerBound
                return used.reduce(0) { $0 + $1[index] } / Double(used.count)
            }
            let mean = means.reduce(0, +) / Double(means.count)
            let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (variance / Double(means.count)).squareRoot()
        }
    }
}
