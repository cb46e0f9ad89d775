import Foundation

/// The bandwidth of a degraded sound: the highest frequency up to which it has the level of the
/// original, kHz.
///
/// Power under periodic Hann windows of 24 ms, half overlapped, mean over all frames and channels,
/// in bands of 250 Hz (bins by their centre). Bands of the original below -105 dBFS (0 = a sine of
/// full scale) do not count: rounding to 16 bits alone makes -117. The value is the upper edge of
/// the highest band that counts and in which the degraded sound is at most 10 dB below. The value
/// of the original itself is the mark to reach.
public struct Bandwidth: SoundMetric {
    /// Hz.
    public static let bandWidth = 250.0
    /// dB below the original.
    public static let tolerance = 10.0
    /// dBFS in a band.
    public static let floor = -105.0

    public let identifier = "bandwidth_khz"
    public let title = "bandwidth"
    public let unit = "kHz"
    public let higherIsBetter = true
    public let comparesRates = false
    public var originalIsBest: Bool { false }

    public init() {}

    /// - Returns: 0 where no band has the level of the original.
    /// - Throws: `tooShort` below one window; `silent(.reference)` where no band counts.
    public func score(_ sound: SoundPair) throws(QualityMetricError) -> Double {
        let rate = Double(sound.sampleRate)
        let size = 2 * Int((0.012 * rate).rounded())
        let bands = Int((rate / 2 / Self.bandWidth).rounded(.up))
        var reference = [Double](repeating: 0, count: bands)
        var degraded = reference
        var frames = 0
        for channel in sound.channels {
            let spectra = try [channel.reference, channel.degraded].map {
                (samples) throws(QualityMetricError) in
                try PowerSpectrogram(samples, size: size, hop: size / 2, padding: .none)
            }
            frames += spectra[0].frameCount
            Self.add(spectra[0], rate / Double(size), to: &reference)
            Self.add(spectra[1], rate / Double(size), to: &degraded)
        }
        // The two-sided power of a sine of amplitude 1 under the window, N sum(w^2) / 4, is twice
        // that of its side here.
        let sine = Double(size) * 0.375 * Double(size) / 4
        let least = pow(10, Self.floor / 10) * sine * Double(frames)
        let ratio = pow(10, -Self.tolerance / 10)
        guard reference.contains(where: { $0 >= least }) else { throw .silent(.reference) }
        let highest = reference.indices.last {
            reference[$0] >= least && degraded[$0] >= ratio * reference[$0]
        }
        return highest.map { min(Double($0 + 1) * Self.bandWidth, rate / 2) / 1000 } ?? 0
    }

    private static func add(_ spectra: PowerSpectrogram, _ width: Double, to sums: inout [Double]) {
        let bands = (0..<spectra.binCount).map {
            min(Int(Double($0) * width / bandWidth), sums.count - 1)
        }
        for frame in 0..<spectra.frameCount {
            for bin in 0..<spectra.binCount {
                sums[bands[bin]] += spectra.power[frame * spectra.binCount + bin]
            }
        }
    }
}
