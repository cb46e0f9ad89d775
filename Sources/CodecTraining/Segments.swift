import Foundation
import NeuralNetwork

/// A batch of training segments.
struct Segments {
    /// segments * samples values in [-1, 1].
    var samples: [Float]
    /// Factor that brings each segment to the level at which losses are measured.
    var levelling: [Float]
}

extension TrainingConfiguration {
    /// Draws the segments of one step: clip by length, place, level.
    func drawSegments(_ corpus: Corpus, _ random: inout RandomSource) -> Segments {
        let count = segmentSamples
        var samples = [Float](repeating: 0, count: count * batch), levelling: [Float] = []
        for item in 0..<batch {
            let clip = corpus.draw(&random)
            let offset = random.below(max(clip.samples.count - count, 0) + 1), level = random.uniform(lowestLevel, highestLevel)
            var energy: Float = 0, peak: Float = 1e-6
            for i in 0..<min(count, clip.samples.count) {
                let value = Float(clip.samples[offset + i]) / 32768
                samples[item * count + i] = value
                energy += value * value
                peak = max(peak, abs(value))
            }
            let rms = (energy / Float(count)).squareRoot() + 1e-5
            let gain = min(Float(pow(10, level / 20)) / rms, 0.99 / peak)
            for i in 0..<count { samples[item * count + i] *= gain }
            levelling.append(Float(0.1) / max(rms * gain, 1e-5))
        }
        return Segments(samples: samples, levelling: levelling)
    }
}
