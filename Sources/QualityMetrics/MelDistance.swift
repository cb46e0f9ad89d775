import Foundation
import SpectralTransform

/// The multi-resolution mel distance of neural codec papers: the sum over resolutions of
/// mean | log10 max(M_r, 1e-5)^2 - log10 max(M_d, 1e-5)^2 | + mean | M_r - M_d |.
///
/// M are mel bands (Slaney scale, unit area, 0 Hz to half the sample rate) of magnitude spectra,
/// periodic Hann window, hop of a quarter window, centred frames with reflected ends. The default
/// resolutions, 2,048 samples with 150 bands and 512 samples with 80, are those with which the
/// Descript Audio Codec is evaluated (`MelSpectrogramLoss` of audiotools 0.7 with its defaults).
/// Samples have full scale 1; the measure depends on the level.
public struct MelDistance: QualityMetric {
    /// One resolution.
    public struct Resolution: Sendable, Equatable {
        /// Samples; even.
        public let window: Int
        public let bands: Int

        public init(window: Int, bands: Int) {
            self.window = window
            self.bands = bands
        }
    }

    public let identifier = "mel_distance"
    public let title = "Mel"
    public let unit = ""
    public let higherIsBetter = false
    public let resolutions: [Resolution]

    /// Smallest magnitude that the logarithm sees.
    public static let floor = 1e-5

    public init(
        resolutions: [Resolution] = [
            Resolution(window: 2048, bands: 150), Resolution(window: 512, bands: 80),
        ]
    ) {
        self.resolutions = resolutions
    }

    /// - Throws: `tooShort` when the signal cannot be reflected by half the longest window.
    public func score(_ pair: SignalPair) throws(QualityMetricError) -> Double {
        var sum = 0.0
        for resolution in resolutions {
            guard resolution.bands > 0, resolution.window >= 4 else {
                throw .unusableSetting("mel distance with \(resolution)")
            }
            sum += try distance(pair, resolution)
        }
        return sum
    }

    private func distance(_ pair: SignalPair, _ resolution: Resolution) throws(QualityMetricError)
        -> Double
    {
        let hop = resolution.window / 4
        let reference = try PowerSpectrogram(
            pair.reference, size: resolution.window, hop: hop, padding: .reflect)
        let degraded = try PowerSpectrogram(
            pair.degraded, size: resolution.window, hop: hop, padding: .reflect)
        let bands = MelBands(
            count: resolution.bands, size: resolution.window, sampleRate: pair.sampleRate)
        let a = reference.power.map { $0.squareRoot() }
        let b = degraded.power.map { $0.squareRoot() }
        var logSum = 0.0
        var sum = 0.0
        for frame in 0..<reference.frameCount {
            let r = bands.apply(a, at: frame * reference.binCount)
            let d = bands.apply(b, at: frame * reference.binCount)
            for band in r.indices {
                logSum += abs(2 * log10(max(r[band], Self.floor) / max(d[band], Self.floor)))
                sum += abs(r[band] - d[band])
            }
        }
        return (logSum + sum) / Double(reference.frameCount * resolution.bands)
    }
}
