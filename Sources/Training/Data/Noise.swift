import Foundation
import NeuralNetwork

extension Augmentation {
    /// Noise that is mixed into a segment.
    package struct Noise {
        package var clip: Corpus.Clip
        package var offset: Int
        /// Speech over noise, dB.
        package var ratio: Double
        /// Samples of the clip to a sample.
        package var speed = 1.0
        /// Coefficient a of y[n] = x[n] + a y[n - 1].
        package var tilt: Float = 0
        /// White noise of this seed in place of the clip; nil = the clip.
        package var stationarySeed: UInt64?
        /// People who talk at once, in place of the clip; empty = the clip.
        package var talkers: [Talker] = []
        /// Filters one behind the other.
        package var peaks: [PeakFilter] = []
        /// Level at equal distances over the segment, dB, linear between them; empty = constant.
        package var levels: [Float] = []

        package init(clip: Corpus.Clip, offset: Int, ratio: Double) {
            (self.clip, self.offset, self.ratio) = (clip, offset, ratio)
        }

        package func samples(_ count: Int) -> [Float] {
            var result = source(count)
            if tilt != 0 {
                var last: Float = 0
                for i in result.indices {
                    last = result[i] + tilt * last
                    result[i] = last
                }
            }
            for peak in peaks { peak.filter(&result) }
            if levels.count > 1 {
                let distance = Float(count) / Float(levels.count - 1)
                for i in result.indices {
                    let place = Float(i) / distance
                    let knot = min(Int(place), levels.count - 2)
                    let part = place - Float(knot)
                    let level = levels[knot] + part * (levels[knot + 1] - levels[knot])
                    result[i] *= exp(level * Float(log(10) / 20.0))
                }
            }
            return result
        }

        private func source(_ count: Int) -> [Float] {
            if let stationarySeed {
                var random = RandomSource(seed: stationarySeed)
                // Nearly Gaussian.
                return (0..<count).map { _ in
                    Float(
                        random.uniform(-1, 1) + random.uniform(-1, 1) + random.uniform(-1, 1))
                }
            }
            if !talkers.isEmpty {
                var sum = [Float](repeating: 0, count: count)
                for talker in talkers { talker.add(to: &sum) }
                return sum
            }
            if speed == 1 { return clip.stretch(from: offset, count: count) }
            let used = Int((Double(count) * speed).rounded(.up))
            let start = min(offset, max(clip.samples.count - used, 0))
            return Augmentation.resample(clip, from: start, count: count, speed: speed)
        }
    }

    /// One of several who talk at once.
    package struct Talker {
        package var clip: Corpus.Clip
        package var offset: Int
        /// Root mean square, relative to the others'.
        package var level: Float

        package init(clip: Corpus.Clip, offset: Int, level: Float) {
            (self.clip, self.offset, self.level) = (clip, offset, level)
        }

        /// From `offset` on, over and over.
        func add(to sum: inout [Float]) {
            let samples = clip.samples
            guard !samples.isEmpty else { return }
            let energy = samples.reduce(into: Float(0)) { $0 += Float($1) * Float($1) }
            let gain = level / max((energy / Float(samples.count)).squareRoot(), 1)
            var place = offset
            for i in sum.indices {
                sum[i] += gain * Float(samples[place])
                place = place + 1 == samples.count ? 0 : place + 1
            }
        }
    }

    /// A second-order peaking equaliser (R. Bristow-Johnson, Audio EQ Cookbook).
    package struct PeakFilter {
        /// Radians a sample, 0 to pi.
        package var frequency: Double
        /// dB
        package var gain: Double
        static let quality = 0.7

        package init(frequency: Double, gain: Double) {
            (self.frequency, self.gain) = (frequency, gain)
        }

        package func filter(_ x: inout [Float]) {
            let amplitude = pow(10, gain / 40)
            let alpha = sin(frequency) / (2 * Self.quality)
            let scale = 1 / (1 + alpha / amplitude)
            let middle = -2 * cos(frequency) * scale
            let b0 = (1 + alpha * amplitude) * scale
            let b2 = (1 - alpha * amplitude) * scale
            let a2 = (1 - alpha / amplitude) * scale
            // Transposed direct form II.
            var first = 0.0
            var second = 0.0
            for i in x.indices {
                let value = Double(x[i])
                let y = b0 * value + first
                first = middle * (value - y) + second
                second = b2 * value - a2 * y
                x[i] = Float(y)
            }
        }
    }
}
