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
    /// Draws the segments of one step: clip by length, place, changes of the phase's augmentation, level.
    func drawSegments(_ corpus: Corpus, noise: Corpus?, _ augmentation: Augmentation?, _ random: inout RandomSource) -> Segments {
        let count = segmentSamples
        var samples: [Float] = [], levelling: [Float] = []
        samples.reserveCapacity(count * batch)
        for _ in 0..<batch {
            let clip = corpus.draw(&random)
            var segment: [Float], level: Double
            if let augmentation {
                segment = augmentation.draw(clip, count: count, noise: noise, &random)
                level = random.uniform(lowestLevel, highestLevel)
            } else {
                let offset = random.below(max(clip.samples.count - count, 0) + 1)
                level = random.uniform(lowestLevel, highestLevel)
                segment = clip.stretch(from: offset, count: count)
            }
            var energy: Float = 0, peak: Float = 1e-6
            for value in segment {
                energy += value * value
                peak = max(peak, abs(value))
            }
            let rms = (energy / Float(count)).squareRoot() + 1e-5
            let gain = min(Float(pow(10, level / 20)) / rms, 0.99 / peak)
            for i in 0..<count { segment[i] *= gain }
            samples += segment
            levelling.append(Float(0.1) / max(rms * gain, 1e-5))
        }
        return Segments(samples: samples, levelling: levelling)
    }
}
