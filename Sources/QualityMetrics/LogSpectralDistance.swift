import Foundation

/// The log-spectral distance, in dB (Gray and Markel: Distance measures for speech processing, IEEE
/// Trans. ASSP, 1976): the mean over frames of the root mean square over frequency of 10 log10 P_r
/// - 10 log10 P_d.
///
/// P is the power spectrum under a periodic Hann window of 32 ms (rounded to an even number of
/// samples) every 8 ms, bins 0 ... N/2, only frames that lie inside the signal. Both spectra are
/// floored 80 dB below the largest power of the reference, so that digital silence counts as -80 dB
/// and levels below do not matter.
public struct LogSpectralDistance: QualityMetric {
    public let identifier = "lsd_db"
    public let title = "LSD"
    public let unit = "dB"
    public let higherIsBetter = false

    /// Seconds; the hop is a quarter.
    public static let windowDuration = 0.032
    /// dB below the largest power of the reference.
    public static let floorRange = 80.0

    public init() {}

    /// - Throws: `tooShort` below one window, `silent(.reference)`.
    public func score(_ pair: SignalPair) throws(QualityMetricError) -> Double {
        let size = 2 * Int((Self.windowDuration * Double(pair.sampleRate) / 2).rounded())
        let hop = size / 4
        let reference = try PowerSpectrogram(pair.reference, size: size, hop: hop, padding: .none)
        let degraded = try PowerSpectrogram(pair.degraded, size: size, hop: hop, padding: .none)
        let largest = reference.power.reduce(0, max)
        guard largest > 0 else { throw .silent(.reference) }
        let floor = largest * pow(10, -Self.floorRange / 10)
        var sum = 0.0
        for frame in 0..<reference.frameCount {
            var squares = 0.0
            for index in (frame * reference.binCount)..<((frame + 1) * reference.binCount) {
                let difference =
                    10
                    * log10(max(reference.power[index], floor) / max(degraded.power[index], floor))
                squares += difference * difference
            }
            sum += (squares / Double(reference.binCount)).squareRoot()
        }
        return sum / Double(reference.frameCount)
    }
}
