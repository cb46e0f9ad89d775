import Foundation

/// The mean of the SNR of short frames, in dB (Quackenbush, Barnwell, Clements: Objective Measures
/// of Speech Quality, 1988; limits as in Hansen and Pellom, ICSLP 1998).
///
/// Frames of 20 ms (rounded to whole samples) follow each other without overlap; a last, incomplete
/// frame is left out. Each frame's SNR is limited to -10 ... 35 dB. Silence rule: a frame counts
/// only when its reference energy is above 10^-4 (-40 dB) of that of the loudest reference frame.
public struct SegmentalSNR: QualityMetric {
    public let identifier = "segsnr_db"
    public let title = "segSNR"
    public let unit = "dB"
    public let higherIsBetter = true

    /// Seconds per frame.
    public static let frameDuration = 0.02
    /// dB.
    public static let limits = -10.0...35.0
    /// dB below the loudest frame at which a frame is silence.
    public static let silenceRange = 40.0

    public init() {}

    /// - Throws: `tooShort` below one frame, `silent(.reference)`.
    public func score(_ pair: SignalPair) throws(QualityMetricError) -> Double {
        let length = Int((Self.frameDuration * Double(pair.sampleRate)).rounded())
        guard pair.count >= length else { throw .tooShort(samples: pair.count, required: length) }
        let frames = stride(from: 0, through: pair.count - length, by: length).map { start in
            (start..<start + length).reduce(into: (signal: 0.0, noise: 0.0)) { sums, n in
                let r = pair.reference[n]
                let difference = r - pair.degraded[n]
                sums.signal += r * r
                sums.noise += difference * difference
            }
        }
        let loudest = frames.reduce(0) { max($0, $1.signal) }
        guard loudest > 0 else { throw .silent(.reference) }
        let threshold = loudest * pow(10, -Self.silenceRange / 10)
        var sum = 0.0
        var count = 0
        for frame in frames where frame.signal > threshold {
            let ratio = frame.noise > 0 ? 10 * log10(frame.signal / frame.noise) : .infinity
            sum += min(max(ratio, Self.limits.lowerBound), Self.limits.upperBound)
            count += 1
        }
        return sum / Double(count)
    }
}
