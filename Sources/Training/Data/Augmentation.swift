import CKernels
import Foundation
import NeuralNetwork

/// Random changes of training segments, so that a few hours of speech cover more voices and places.
/// Each is drawn anew per segment.
public struct Augmentation: Codable, Sendable, Equatable {
    /// Share of segments whose speed and pitch are changed together, and the largest change: a
    /// factor in [1 / (1 + s), 1 + s], uniform in its logarithm.
    public var speedProbability = 0.0
    public var speed = 0.0
    /// Share of segments with noise, and its range of speech-to-noise ratios in dB (uniform). Needs
    /// a folder of noise.
    public var noiseProbability = 0.0
    public var lowestSNR = 0.0
    public var highestSNR = 30.0
    /// Changes of the noise, none where nil: the largest factor of speed less 1, as `speed`; the
    /// largest coefficient of a filter y[n] = x[n] + a y[n - 1] in -a ... a; the shares of segments
    /// that get a second noise, and stationary noise of a drawn colour instead of a recording.
    public var noiseSpeed: Double?
    public var noiseTilt: Double?
    public var secondNoise: Double?
    public var stationaryNoise: Double?
    /// Further changes of the noise: the share that is three to eight people of the training speech
    /// at once instead of a recording; the largest gain, either way, of three peaking filters
    /// anywhere, dB; the largest change of level within a segment, either way, dB.
    public var babble: Double?
    public var noiseEqualisation: Double?
    public var noiseModulation: Double?

    public init() {}

    func validate(_ name: String) throws(ConfigurationProblem) {
        try ConfigurationProblem.check("\(name)speedProbability", speedProbability, 0...1)
        try ConfigurationProblem.check("\(name)speed", speed, 0...4)
        try ConfigurationProblem.check("\(name)noiseProbability", noiseProbability, 0...1)
        try ConfigurationProblem.check("\(name)lowestSNR", lowestSNR, -200...200)
        try ConfigurationProblem.check("\(name)highestSNR", highestSNR, lowestSNR...200)
        try ConfigurationProblem.check("\(name)noiseSpeed", noiseSpeed ?? 0, 0...4)
        try ConfigurationProblem.check("\(name)noiseTilt", noiseTilt ?? 0, 0...0.99)
        try ConfigurationProblem.check("\(name)secondNoise", secondNoise ?? 0, 0...1)
        try ConfigurationProblem.check("\(name)stationaryNoise", stationaryNoise ?? 0, 0...1)
        try ConfigurationProblem.check("\(name)babble", babble ?? 0, 0...1)
        try ConfigurationProblem.check(
            "\(name)noiseEqualisation", noiseEqualisation ?? 0, 0...60)
        try ConfigurationProblem.check("\(name)noiseModulation", noiseModulation ?? 0, 0...60)
    }

    /// `count` samples of a clip read at `speed` samples a sample: band-limited interpolation with
    /// a Hann-windowed sinc of 12 taps on each side, cut off at the lower of both half sample
    /// rates. Zeros outside the clip.
    package static func resample(_ clip: Corpus.Clip, from start: Int, count: Int, speed: Double)
        -> [Float]
    {
        [Float](unsafeUninitializedCapacity: count) { result, filled in
            clip.samples.withUnsafeBufferPointer {
                nwc_resample(
                    $0.baseAddress, $0.count, Double(start), speed, result.baseAddress, count)
            }
            filled = count
        }
    }

    /// What was drawn for a segment.
    struct Change {
        var clip: Corpus.Clip
        var offset: Int
        var speed = 1.0
        var noise: Noise?
        var secondNoise: Noise?

        /// The segment without noise: samples in [-1, 1).
        func speech(_ count: Int) -> [Float] {
            speed == 1
                ? clip.stretch(from: offset, count: count)
                : resample(clip, from: offset, count: count, speed: speed)
        }

        /// Adds what noise was drawn to the speech.
        func mixed(_ speech: [Float]) -> [Float] {
            var result = speech
            let energy = speech.reduce(0) { $0 + $1 * $1 }
            for noise in [noise, secondNoise].compactMap({ $0 }) {
                let part = noise.samples(speech.count)
                let own = part.reduce(0) { $0 + $1 * $1 }
                guard energy > 0, own > 0 else { continue }
                let gain = (energy / own).squareRoot() * Float(pow(10, -noise.ratio / 20))
                for i in result.indices { result[i] += gain * part[i] }
            }
            return result
        }
    }

    /// Draws place and changes of a stretch of `count` samples of a clip.
    /// - Parameter speech: whose people talk at once in `babble`; nil = nobody does
    func drawChange(
        _ clip: Corpus.Clip, count: Int, noise: Corpus?, speech: Corpus? = nil,
        _ random: inout RandomSource
    ) -> Change {
        var factor = 1.0
        if random.uniform(0, 1) < speedProbability {
            factor = exp(random.uniform(-1, 1) * log(1 + speed))
        }
        let used = Int((Double(count) * factor).rounded(.up))
        var change = Change(
            clip: clip, offset: random.below(max(clip.samples.count - used, 0) + 1), speed: factor)
        if random.uniform(0, 1) < noiseProbability, let noise {
            change.noise = drawNoise(noise, speech, count, &random)
            if let secondNoise, random.uniform(0, 1) < secondNoise {
                change.secondNoise = drawNoise(noise, speech, count, &random)
            }
        }
        return change
    }

    private func drawNoise(
        _ noise: Corpus, _ speech: Corpus?, _ count: Int, _ random: inout RandomSource
    ) -> Noise {
        let clip = noise.draw(&random)
        let offset = random.below(max(clip.samples.count - count, 0) + 1)
        var result = Noise(
            clip: clip, offset: offset, ratio: random.uniform(lowestSNR, highestSNR))
        if let noiseSpeed {
            result.speed = exp(random.uniform(-1, 1) * log(1 + noiseSpeed))
        }
        if let noiseTilt { result.tilt = Float(random.uniform(-noiseTilt, noiseTilt)) }
        if let stationaryNoise, random.uniform(0, 1) < stationaryNoise {
            result.stationarySeed = UInt64(random.below(Int(Int32.max)))
        }
        if let babble, let speech, random.uniform(0, 1) < babble {
            result.talkers = (0..<3 + random.below(6)).map { _ in
                let clip = speech.draw(&random)
                let offset = random.below(max(clip.samples.count, 1))
                return Talker(
                    clip: clip, offset: offset, level: Float(pow(10, random.uniform(-12, 0) / 20)))
            }
        }
        if let noiseEqualisation {
            result.peaks = (0..<3).map { _ in
                PeakFilter(
                    frequency: .pi * exp(random.uniform(log(0.012), log(0.9))),
                    gain: random.uniform(-noiseEqualisation, noiseEqualisation))
            }
        }
        if let noiseModulation {
            // Two to ten knots: changes within a fraction of a segment up to slow ones.
            let depth = noiseModulation * random.uniform(0, 1)
            result.levels = (0..<2 + random.below(9)).map { _ in
                Float(random.uniform(-depth, depth))
            }
        }
        return result
    }

    /// A stretch of `count` samples of a clip under this augmentation.
    package func draw(
        _ clip: Corpus.Clip, count: Int, noise: Corpus?, speech: Corpus? = nil,
        _ random: inout RandomSource
    ) -> [Float] {
        let change = drawChange(clip, count: count, noise: noise, speech: speech, &random)
        return change.mixed(change.speech(count))
    }
}

extension Corpus.Clip {
    /// Samples in [-1, 1), zeros outside.
    func stretch(from start: Int, count: Int) -> [Float] {
        var result = [Float](repeating: 0, count: count)
        let first = max(start, 0)
        for i in first..<max(first, min(start + count, samples.count)) {
            result[i - start] = Float(samples[i]) / 32768
        }
        return result
    }
}
