import SpectralTransform

/// How much of the voicing is kept above 1 kHz: the periodicity of each band's envelope at the
/// original's pitch lag, over voiced frames.
///
/// At 16 kHz, frames of 40 ms every 20 ms. The pitch lag of a frame is the largest normalised
/// autocorrelation of the original below 900 Hz (Butterworth, order 4) between 2.5 and 20 ms; a
/// frame is voiced where that is above 0.4 and its energy within 25 dB of the loudest frame's. The
/// envelope of a band (Butterworth band-pass of prototype order 4) is the root of its square,
/// low-passed at 500 Hz forwards and backwards. Its periodicity is the largest normalised
/// correlation of the frame with itself at the lag and its two neighbours, at least 0.
///
/// The value of the original itself is the mark to reach; a codec that lets go of voicing falls
/// short of it, and one that adds a buzz passes it.
public struct VoicingPeriodicity: PooledMetric {
    /// Hz.
    public static let bands: [(low: Double, high: Double)] = [
        (1_000, 2_000), (2_000, 4_000), (4_000, 7_000),
    ]

    private static let sampleRate = 16_000
    private static let size = 640
    private static let hop = 320
    private static let lags = 40..<320
    private static let transformSize = 2_048

    public init() {}

    public var columns: [PooledColumn] {
        Self.bands.map { band in
            let name = "\(Int(band.low / 1000))_\(Int(band.high / 1000))khz"
            return PooledColumn(
                identifier: "voicing_" + name,
                title: "voicing \(Int(band.low / 1000))-\(Int(band.high / 1000))k", unit: "",
                higherIsBetter: true, comparesRates: true, pool: "voicing_" + name,
                statistic: .mean)
        }
    }

    /// - Throws: `tooShort` below one frame, `silent(.reference)`, `tooFewActiveFrames` where no
    ///   frame is voiced.
    public func pools(_ pair: SignalPair) throws(QualityMetricError) -> [String: MetricPool] {
        let pair = try pair.resampled(to: Self.sampleRate)
        guard pair.count >= Self.size else {
            throw .tooShort(samples: pair.count, required: Self.size)
        }
        guard energy(pair.reference) > 0 else { throw .silent(.reference) }
        let voiced = try Self.voicedFrames(pair.reference)
        guard !voiced.isEmpty else { throw .tooFewActiveFrames(found: 0, required: 1) }
        var pools: [String: MetricPool] = [:]
        for (column, band) in zip(columns, Self.bands) {
            let envelope = Self.envelope(pair.degraded, band)
            let sum = voiced.reduce(0) {
                $0 + Self.periodicity(envelope, at: $1.start, lag: $1.lag)
            }
            pools[column.pool] = MetricPool(sum: sum, count: voiced.count)
        }
        return pools
    }

    /// First samples of the voiced frames, with their pitch lags in samples.
    private static func voicedFrames(_ x: [Double]) throws(QualityMetricError) -> [(
        start: Int, lag: Int
    )] {
        let low = ButterworthFilter(order: 4, .lowPass(900), sampleRate: Double(sampleRate))(x)
        var frames: [(start: Int, lag: Int, strength: Double, energy: Double)] = []
        do {
            let fft = try RealFFT<Double>(size: transformSize)
            let silence = [Double](repeating: 0, count: fft.binCount)
            for start in stride(from: 0, through: low.count - size, by: hop) {
                let frame = low[start..<start + size]
                let mean = frame.reduce(0, +) / Double(size)
                let padding = repeatElement(0.0, count: transformSize - size)
                let spectrum = try fft.forward(frame.map { $0 - mean } + padding)
                let power = zip(spectrum.real, spectrum.imaginary).map { $0 * $0 + $1 * $1 }
                let correlation = try fft.inverse(real: power, imaginary: silence)
                var best = lags.lowerBound
                for lag in lags where correlation[lag] > correlation[best] { best = lag }
                let strength = correlation[best] / (correlation[0] + 1e-9)
                frames.append((start, best, strength, energy(frame)))
            }
        } catch {
            throw .unusableSetting("\(error)")
        }
        // 25 dB below the loudest.
        let floor = frames.reduce(0) { max($0, $1.energy) } * 0.0031622776601683794
        return frames.filter { $0.strength > 0.4 && $0.energy > floor }.map { ($0.start, $0.lag) }
    }

    private static func envelope(_ x: [Double], _ band: (low: Double, high: Double)) -> [Double] {
        let rate = Double(sampleRate)
        let filter = ButterworthFilter(order: 4, .bandPass(band.low, band.high), sampleRate: rate)
        let smoother = ButterworthFilter(order: 2, .lowPass(500), sampleRate: rate)
        return smoother.bothWays(filter(x).map { $0 * $0 }).map { max($0, 0).squareRoot() }
    }

    private static func periodicity(_ envelope: [Double], at start: Int, lag: Int) -> Double {
        var best = 0.0
        for lag in lag - 1...lag + 1 {
            let count = size - lag
            var (sumU, sumV) = (0.0, 0.0)
            for n in start..<start + count {
                sumU += envelope[n + lag]
                sumV += envelope[n]
            }
            let (meanU, meanV) = (sumU / Double(count), sumV / Double(count))
            var (uu, vv, uv) = (0.0, 0.0, 0.0)
            for n in start..<start + count {
                let u = envelope[n + lag] - meanU
                let v = envelope[n] - meanV
                uu += u * u
                vv += v * v
                uv += u * v
            }
            best = max(best, uv / (uu * vv + 1e-12).squareRoot())
        }
        return best
    }
}
