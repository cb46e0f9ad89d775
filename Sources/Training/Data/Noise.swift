import Foundation
import NeuralNetwork

extension Augmentation {
    /// Noise that is mixed into a segment.
    struct Noise {
        var clip: Corpus.Clip
        var offset: Int
        /// Speech over noise, dB.
        var ratio: Double
        /// Samples of the clip to a sample.
        var speed = 1.0
        /// Coefficient a of y[n] = x[n] + a y[n - 1].
        var tilt: Float = 0
        /// White noise of this seed in place of the clip; nil = the clip.
        var stationarySeed: UInt64?

        func samples(_ count: Int) -> [Float] {
            var result: [Float]
            if let stationarySeed {
                var random = RandomSource(seed: stationarySeed)
                // Nearly Gaussian.
                result = (0..<count).map { _ in
                    Float(
                        random.uniform(-1, 1) + random.uniform(-1, 1) + random.uniform(-1, 1))
                }
            } else if speed == 1 {
                result = clip.stretch(from: offset, count: count)
            } else {
                let used = Int((Double(count) * speed).rounded(.up))
                let start = min(offset, max(clip.samples.count - used, 0))
                result = Augmentation.resample(clip, from: start, count: count, speed: speed)
            }
            guard tilt != 0 else { return result }
            var last: Float = 0
            for i in result.indices {
                last = result[i] + tilt * last
                result[i] = last
            }
            return result
        }
    }
}
