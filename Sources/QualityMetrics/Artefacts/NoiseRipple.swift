import Foundation
import SignalProcessing

/// What became of white noise: a decoder that writes the same pattern into every frame leaves fixed
/// teeth in its mean spectrum.
///
/// The mean power spectrum of the decoded noise under a Hann window of 64 ms every 32 ms, in dB,
/// between 1.8 and 7.6 kHz; of that a moving mean over 1 kHz is taken away, which is the codec's
/// tilt. What is left are teeth and the chance of the noise: 0.5 dB at 30 s.
public struct NoiseRipple: Sendable, Equatable {
    /// The highest tooth and the deepest gap, dB above and below the smooth spectrum.
    public let highest: Double
    public let lowest: Double

    /// The larger of both, as a distance.
    public var largest: Double { max(highest, -lowest) }

    /// Hz.
    private static let range = 1_800.0...7_600.0
    private static let smoothing = 500.0
    private static let windowDuration = 0.064

    /// - Parameters:
    ///   - decoded: what came of white noise, without the codec's first and last frames.
    ///   - sampleRate: Hz, at least 16,000.
    /// - Throws: `tooShort` below one window, `silent(.degraded)`, `unsupportedSampleRate`.
    public init(of decoded: [Double], sampleRate: Int) throws(QualityMetricError) {
        guard sampleRate >= 16_000 else { throw .unsupportedSampleRate(sampleRate) }
        guard energy(decoded) > 0 else { throw .silent(.degraded) }
        let size = 2 * Int((Self.windowDuration * Double(sampleRate) / 2).rounded())
        let spectra = try PowerSpectrogram(decoded, size: size, hop: size / 2, padding: .none)
        var mean = [Double](repeating: 0, count: spectra.binCount)
        for frame in 0..<spectra.frameCount {
            for bin in mean.indices { mean[bin] += spectra.power[frame * spectra.binCount + bin] }
        }
        let levels = mean.map { 10 * log10(max($0, 1e-300)) }
        let width = Double(sampleRate) / Double(size)
        let reach = Int((Self.smoothing / width).rounded())
        let bins =
            Int(
                (Self.range.lowerBound / width).rounded())...Int(
                (Self.range.upperBound / width).rounded())
        let teeth = bins.map { bin in
            // Towards the end of the spectrum the mean becomes narrower, on both sides alike.
            let reach = min(reach, levels.count - 2 - bin)
            let near = levels[bin - reach...bin + reach]
            return levels[bin] - near.reduce(0, +) / Double(near.count)
        }
        highest = teeth.reduce(-.infinity, max)
        lowest = teeth.reduce(.infinity, min)
    }

    /// White noise to be coded: uniform, rms -26 dB of full scale, the same for the same seed.
    public static func noise(samples: Int, seed: UInt64 = 1) -> [Float] {
        var random = SplitMix64(seed: seed)
        return (0..<samples).map { _ in
            let uniform = Float(random.next() >> 40) / Float(1 << 23) - 1
            return uniform * 0.0868
        }
    }
}
