import Dispatch
import Foundation
import NeuralNetwork

/// A batch of training segments.
package struct Segments {
    /// segments * samples values in [-1, 1].
    package var samples: [Float]
    /// Factor that brings each segment to the level at which losses are measured.
    package var levelling: [Float]
}

extension TrainingConfiguration {
    /// Draws the segments of one step: clip by length, place, changes of the phase's augmentation,
    /// level.
    ///
    /// All numbers are drawn in order; the samples are then computed on all processors.
    package func drawSegments(
        _ corpus: Corpus, noise: Corpus?, _ augmentation: Augmentation?,
        _ random: inout RandomSource
    ) -> Segments {
        let count = segmentSamples
        let drawn = (0..<batch).map { _ -> (change: Augmentation.Change, level: Double) in
            let clip = corpus.draw(&random)
            let change =
                augmentation?.drawChange(clip, count: count, noise: noise, &random)
                ?? Augmentation.Change(
                    clip: clip, offset: random.below(max(clip.samples.count - count, 0) + 1))
            return (change, random.uniform(lowestLevel, highestLevel))
        }
        var samples = [Float](repeating: 0, count: count * batch)
        var levelling = [Float](repeating: 0, count: batch)
        samples.withUnsafeMutableBufferPointer { samples in
            levelling.withUnsafeMutableBufferPointer { levelling in
                // Every segment has a place of its own.
                nonisolated(unsafe) let samples = samples
                nonisolated(unsafe) let levelling = levelling
                DispatchQueue.concurrentPerform(iterations: batch) { item in
                    let segment = drawn[item].change.samples(count)
                    var energy: Float = 0
                    var peak: Float = 1e-6
                    for value in segment {
                        energy += value * value
                        peak = max(peak, abs(value))
                    }
                    let rms = (energy / Float(count)).squareRoot() + 1e-5
                    let gain = min(Float(pow(10, drawn[item].level / 20)) / rms, 0.99 / peak)
                    for i in 0..<count { samples[item * count + i] = segment[i] * gain }
                    levelling[item] = Float(0.1) / max(rms * gain, 1e-5)
                }
            }
        }
        return Segments(samples: samples, levelling: levelling)
    }
}
