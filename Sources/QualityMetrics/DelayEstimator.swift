import SpectralTransform

/// Finds by how much a degraded signal is later than its reference, and cuts both so that they run
/// together.
///
/// The delay is the lag l that maximises the cross-correlation c[l] = sum over n of r[n] d[n + l]
/// among all lags of at most `maximum` seconds either way; of equal maxima the lag nearest to zero.
/// Whole samples; signals may differ in length.
public enum DelayEstimator {
    /// The result of a search.
    public struct Delay: Sendable, Equatable {
        /// Samples by which the degraded signal is late; negative when it is early.
        public let samples: Int
        /// c at that lag divided by the geometric mean of both energies: 1 for a shifted copy that
        /// lost nothing.
        public let correlation: Double
    }

    /// Lags of up to this many seconds are tried by default.
    public static let defaultMaximum = 0.1

    /// - Parameters:
    ///   - reference, degraded: finite samples.
    ///   - sampleRate: Hz.
    ///   - maximum: seconds, 0 ... 10.
    /// - Throws: `tooShort` for empty signals, `silent`, `nonFinite`, `unsupportedSampleRate`,
    ///   `unusableSetting`.
    public static func delay(
        of degraded: [Double], from reference: [Double], sampleRate: Int,
        maximum: Double = defaultMaximum
    ) throws(QualityMetricError) -> Delay {
        guard (1_000...768_000).contains(sampleRate) else {
            throw .unsupportedSampleRate(sampleRate)
        }
        guard (0...10).contains(maximum) else {
            throw .unusableSetting("largest delay of \(maximum) s is outside 0 ... 10 s")
        }
        guard !reference.isEmpty, !degraded.isEmpty else {
            throw .tooShort(samples: 0, required: 1)
        }
        if let index = reference.firstIndex(where: { !$0.isFinite }) {
            throw .nonFinite(.reference, index: index)
        }
        if let index = degraded.firstIndex(where: { !$0.isFinite }) {
            throw .nonFinite(.degraded, index: index)
        }
        let referenceEnergy = energy(reference)
        let degradedEnergy = energy(degraded)
        guard referenceEnergy > 0 else { throw .silent(.reference) }
        guard degradedEnergy > 0 else { throw .silent(.degraded) }
        let limit = Int((maximum * Double(sampleRate)).rounded())
        let sums: [Double]
        do {
            sums = try correlate(reference, degraded, limit: limit)
        } catch {
            throw .unusableSetting("\(error)")
        }
        // Sums that differ by less than the rounding of the transform are equal.
        let scale = (referenceEnergy * degradedEnergy).squareRoot()
        let largest = sums.reduce(-.infinity, max)
        var best = 0
        var found = false
        for (index, sum) in sums.enumerated() where largest - sum <= 1e-12 * scale {
            let lag = index - limit
            if !found || abs(lag) < abs(best) { best = lag }
            found = true
        }
        return Delay(samples: best, correlation: sums[best + limit] / scale)
    }

    /// The part of a sound that overlaps when a delay that all its channels have in common is taken
    /// out: the lag at which the sum of the channels' cross-correlations is largest.
    /// - Parameters:
    ///   - reference, degraded: `[channel][sample]`, as many channels; lengths may differ between
    ///     the two, not between channels
    /// - Throws: as `delay`; `tooShort` when nothing overlaps; `channelsDiffer`.
    public static func align<Sample: BinaryFloatingPoint>(
        reference: [[Sample]], degraded: [[Sample]], sampleRate: Int,
        maximum: Double = defaultMaximum
    ) throws(QualityMetricError) -> (pair: SoundPair, delay: Delay) {
        guard (0...10).contains(maximum) else {
            throw .unusableSetting("largest delay of \(maximum) s is outside 0 ... 10 s")
        }
        guard reference.count == degraded.count, !reference.isEmpty else {
            throw .channelsDiffer(reference: reference.count, degraded: degraded.count)
        }
        let counts = (reference[0].count, degraded[0].count)
        // Channels stand behind each other at equal distances, with silence between them so that
        // none meets its neighbour at any lag.
        let distance = max(counts.0, counts.1) + Int((maximum * Double(sampleRate)).rounded())
        func joined(_ channels: [[Sample]]) -> [Double] {
            guard channels.count > 1 else { return channels[0].map { Double($0) } }
            return channels.flatMap { channel in
                channel.map { Double($0) }
                    + [Double](repeating: 0, count: max(0, distance - channel.count))
            }
        }
        let found = try delay(
            of: joined(degraded), from: joined(reference), sampleRate: sampleRate,
            maximum: maximum)
        let startR = max(0, -found.samples)
        let startD = max(0, found.samples)
        let count = min(counts.0 - startR, counts.1 - startD)
        guard count > 0 else { throw .tooShort(samples: 0, required: 1) }
        let pair = try SoundPair(
            reference: reference.map { $0.dropFirst(startR).prefix(count) },
            degraded: degraded.map { $0.dropFirst(startD).prefix(count) }, sampleRate: sampleRate)
        return (pair, found)
    }

    /// The same for signals of one length.
    public static func align(_ sound: SoundPair, maximum: Double = defaultMaximum)
        throws(QualityMetricError) -> (pair: SoundPair, delay: Delay)
    {
        try align(
            reference: sound.channels.map(\.reference), degraded: sound.channels.map(\.degraded),
            sampleRate: sound.sampleRate, maximum: maximum)
    }

    /// c[-limit ... limit]. Blocks of the reference are correlated with the stretch of the degraded
    /// signal that they can meet; the products are added up in the frequency domain, so that memory
    /// does not grow with the length.
    private static func correlate(_ r: [Double], _ d: [Double], limit: Int)
        throws(SpectralTransformError) -> [Double]
    {
        var size = 4096
        while size < 4 * limit { size *= 2 }
        let block = size - 2 * limit
        let fft = try RealFFT<Double>(size: size)
        var real = [Double](repeating: 0, count: fft.binCount)
        var imaginary = real
        for start in stride(from: 0, to: r.count, by: block) {
            var x = [Double](repeating: 0, count: size)
            var y = x
            for n in 0..<min(block, r.count - start) { x[n] = r[start + n] }
            for n in max(
                0, limit - start)..<max(max(0, limit - start), min(size, d.count - start + limit))
            { y[n] = d[start - limit + n] }
            let a = try fft.forward(x)
            let b = try fft.forward(y)
            for bin in real.indices {
                real[bin] += a.real[bin] * b.real[bin] + a.imaginary[bin] * b.imaginary[bin]
                imaginary[bin] += a.real[bin] * b.imaginary[bin] - a.imaginary[bin] * b.real[bin]
            }
        }
        return Array(try fft.inverse(real: real, imaginary: imaginary)[0...(2 * limit)])
    }
}
