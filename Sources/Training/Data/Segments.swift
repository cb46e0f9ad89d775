import Dispatch
import Foundation
import NeuralNetwork

/// A batch of training segments.
public struct Segments: Sendable {
    /// segments * samples values in [-1, 1].
    package var samples: [Float]
    /// The same without the noise that was mixed in, where it was asked for.
    package var clean: [Float]
    /// Factor that brings each segment to the level at which losses are measured.
    package var levelling: [Float]
    /// Samples of a segment.
    package let length: Int

    /// Draws the segments of one step: clip by length, place, augmentation, level.
    ///
    /// All numbers are drawn in order; the samples are then computed on all processors.
    /// - Parameters:
    ///   - length: samples of a segment
    ///   - levels: RMS of the segments in dBFS, uniform
    ///   - keepsClean: whether `clean` is wanted
    package init(
        count: Int, length: Int, levels: ClosedRange<Double>, _ corpus: Corpus, noise: Corpus?,
        _ augmentation: Augmentation?, keepsClean: Bool = false, _ random: inout RandomSource
    ) {
        let drawn = (0..<count).map { _ -> (change: Augmentation.Change, level: Double) in
            let clip = corpus.draw(&random)
            let change =
                augmentation?.drawChange(
                    clip, count: length, noise: noise, speech: corpus, &random)
                ?? Augmentation.Change(
                    clip: clip, offset: random.below(max(clip.samples.count - length, 0) + 1))
            return (change, random.uniform(levels.lowerBound, levels.upperBound))
        }
        self.length = length
        samples = [Float](repeating: 0, count: length * count)
        clean = keepsClean ? samples : []
        levelling = [Float](repeating: 0, count: count)
        samples.withUnsafeMutableBufferPointer { samples in
            clean.withUnsafeMutableBufferPointer { clean in
                levelling.withUnsafeMutableBufferPointer { levelling in
                    // Every segment has a place of its own.
                    nonisolated(unsafe) let samples = samples
                    nonisolated(unsafe) let clean = clean
                    nonisolated(unsafe) let levelling = levelling
                    DispatchQueue.concurrentPerform(iterations: count) { item in
                        let (change, level) = drawn[item]
                        let speech = change.speech(length)
                        let segment = change.mixed(speech)
                        var energy: Float = 0
                        var peak: Float = 1e-6
                        for value in segment {
                            energy += value * value
                            peak = max(peak, abs(value))
                        }
                        let rms = (energy / Float(length)).squareRoot() + 1e-5
                        let gain = min(Float(pow(10, level / 20)) / rms, 0.99 / peak)
                        for i in 0..<length { samples[item * length + i] = segment[i] * gain }
                        if keepsClean {
                            for i in 0..<length { clean[item * length + i] = speech[i] * gain }
                        }
                        levelling[item] = Float(0.1) / max(rms * gain, 1e-5)
                    }
                }
            }
        }
    }

    /// The samples of some segments, [items, samples, 1].
    func tensor(_ items: Range<Int>, _ graph: Graph<Float>) -> Tensor<Float> {
        graph.input(Shape(items.count, length, 1), samples(items))
    }

    /// The samples of some segments, one behind the other.
    func samples(_ items: Range<Int>) -> ArraySlice<Float> {
        samples[items.lowerBound * length..<items.upperBound * length]
    }

    /// One segment.
    func item(_ number: Int) -> (samples: [Float], clean: [Float]) {
        let range = number * length..<(number + 1) * length
        return (Array(samples[range]), clean.isEmpty ? [] : Array(clean[range]))
    }

    /// The levelling of some segments for every sample, [items, samples, 1].
    func levels(_ items: Range<Int>, samples: Int? = nil, _ graph: Graph<Float>) -> Tensor<Float> {
        let count = samples ?? length
        return graph.input(
            Shape(items.count, count, 1),
            items.flatMap { Array(repeating: levelling[$0], count: count) })
    }
}
