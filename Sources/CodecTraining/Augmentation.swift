import Foundation
import NeuralNetwork

/// Random changes of training segments, so that a few hours of speech cover more voices and places. Each is drawn anew per segment.
public struct Augmentation: Codable, Sendable, Equatable {
    /// Share of segments whose speed and pitch are changed together, and the largest change: a factor in [1 / (1 + s), 1 + s], uniform in its logarithm.
    public var speedProbability = 0.0
    public var speed = 0.0
    /// Share of segments with noise, and its range of speech-to-noise ratios in dB (uniform). Needs a folder of noise.
    public var noiseProbability = 0.0
    public var lowestSNR = 0.0
    public var highestSNR = 30.0

    public init() {}

    /// Taps on each side of the interpolation at change of speed.
    static let reach = 12

    /// `count` samples of a clip read at `speed` samples a sample: band-limited interpolation with a Hann-windowed sinc, cut off at the lower
    /// of both half sample rates. Zeros outside the clip.
    static func resample(_ clip: Corpus.Clip, from start: Int, count: Int, speed: Double) -> [Float] {
        let cutoff = min(1, 1 / speed), reach = Self.reach, width = Double(reach)
        return (0..<count).map { index in
            let place = Double(start) + Double(index) * speed, centre = Int(place)
            var sum = 0.0
            for tap in max(centre - reach + 1, 0)..<max(min(centre + reach + 1, clip.samples.count), max(centre - reach + 1, 0)) {
                let distance = place - Double(tap), x = Double.pi * distance
                let sinc = abs(distance) < 1e-9 ? cutoff : sin(cutoff * x) / x
                sum += Double(clip.samples[tap]) * sinc * (0.5 + 0.5 * cos(x / width))
            }
            return Float(sum / 32768)
        }
    }

    /// A stretch of `count` samples of a clip under this augmentation, with energy and peak unknown.
    func draw(_ clip: Corpus.Clip, count: Int, noise: Corpus?, _ random: inout RandomSource) -> [Float] {
        var factor = 1.0
        if random.uniform(0, 1) < speedProbability { factor = exp(random.uniform(-1, 1) * log(1 + speed)) }
        let used = Int((Double(count) * factor).rounded(.up))
        let offset = random.below(max(clip.samples.count - used, 0) + 1)
        var samples: [Float]
        if factor == 1 {
            samples = clip.stretch(from: offset, count: count)
        } else {
            samples = Self.resample(clip, from: offset, count: count, speed: factor)
        }
        if random.uniform(0, 1) < noiseProbability, let noise {
            let other = noise.draw(&random)
            let part = other.stretch(from: random.below(max(other.samples.count - count, 0) + 1), count: count)
            let ratio = random.uniform(lowestSNR, highestSNR)
            let energies = (samples.reduce(0) { $0 + $1 * $1 }, part.reduce(0) { $0 + $1 * $1 })
            if energies.0 > 0, energies.1 > 0 {
                let gain = (energies.0 / energies.1).squareRoot() * Float(pow(10, -ratio / 20))
                for i in 0..<count { samples[i] += gain * part[i] }
            }
        }
        return samples
    }
}

extension Corpus.Clip {
    /// Samples in [-1, 1), zeros behind the end.
    func stretch(from start: Int, count: Int) -> [Float] {
        var result = [Float](repeating: 0, count: count)
        for i in 0..<min(count, samples.count - start) { result[i] = Float(samples[start + i]) / 32768 }
        return result
    }
}
