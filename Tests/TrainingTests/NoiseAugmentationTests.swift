import Foundation
import NeuralNetwork
import Testing
import Training

/// Noise that training makes out of other noise and of speech.
@Suite struct NoiseAugmentationTests {
    static func clip(_ count: Int, _ sample: (Int) -> Double) -> Corpus.Clip {
        Corpus.Clip(path: "made", samples: (0..<count).map { Int16(sample($0).rounded()) })
    }

    static func power(_ x: ArraySlice<Float>) -> Double {
        x.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(x.count)
    }

    /// A sine at the filter's own frequency takes its gain; four octaves below it less than 1 dB.
    @Test(arguments: [-20.0, -6, 3, 18]) func peakFiltersHaveTheirGain(_ gain: Double) {
        let centre = 0.8
        let filter = Augmentation.PeakFilter(frequency: centre, gain: gain)
        for (frequency, expected, tolerance) in [(centre, gain, 0.01), (centre / 16, 0, 1)] {
            let sine = (0..<6000).map { Float(sin(frequency * Double($0))) }
            var filtered = sine
            filter.filter(&filtered)
            let measured =
                10 * log10(Self.power(filtered.suffix(4000)) / Self.power(sine.suffix(4000)))
            #expect(abs(measured - expected) < tolerance, "\(measured) dB at \(frequency)")
        }
    }

    @Test func levelsAreLinearInDecibels() {
        let constant = Self.clip(3000) { _ in 16384 }
        var noise = Augmentation.Noise(clip: constant, offset: 0, ratio: 0)
        noise.levels = [-6, 6, -12]
        let samples = noise.samples(2000)
        for (place, level) in [(0, -6.0), (500, 0), (1000, 6), (1500, -3), (1999, -11.982)] {
            #expect(abs(20 * log10(Double(samples[place]) / 0.5) - level) < 0.01, "at \(place)")
        }
    }

    /// Every talker at the level asked for, from a place on and round the clip.
    @Test func talkersAreAddedRoundTheirClips() {
        let ramp = Self.clip(7) { Double($0) * 100 }
        let square = Self.clip(5) { $0 % 2 == 0 ? 300 : -300 }
        var noise = Augmentation.Noise(clip: ramp, offset: 0, ratio: 0)
        noise.talkers = [
            Augmentation.Talker(clip: ramp, offset: 5, level: 0.5),
            Augmentation.Talker(clip: square, offset: 0, level: 0.25),
        ]
        // Mean square of the ramp: 1e4 (0 + 1 + 4 + 9 + 16 + 25 + 36) / 7 = 1e4 * 13.
        for (i, value) in noise.samples(20).enumerated() {
            let expected =
                0.5 * Double((5 + i) % 7) / 13.0.squareRoot() + (i % 5 % 2 == 0 ? 0.25 : -0.25)
            #expect(abs(Double(value) - expected) < 1e-5, "sample \(i)")
        }
    }

    /// Whatever is done to noise, the ratio is the one asked for; the same for the same seed.
    @Test(arguments: [(1.0, 0.0, 0.0), (0, 15, 0), (0, 0, 15), (0.5, 12, 12)])
    func ratiosHold(_ babble: Double, _ equalisation: Double, _ modulation: Double) throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        var augmentation = Augmentation()
        let clip = corpus.clips[1]
        func draw(_ seed: UInt64) -> [Float] {
            var random = RandomSource(seed: seed)
            return augmentation.draw(
                clip, count: 4000, noise: corpus, speech: corpus, &random)
        }
        let plain = draw(5)
        augmentation.noiseProbability = 1
        (augmentation.lowestSNR, augmentation.highestSNR) = (7, 7)
        let recorded = draw(5)
        augmentation.babble = babble
        augmentation.noiseEqualisation = equalisation
        augmentation.noiseModulation = modulation
        let mixed = draw(5)
        #expect(mixed == draw(5) && mixed != recorded)
        let error = zip(plain, mixed).map { $1 - $0 }
        let ratio = 10 * log10(Self.power(plain[...]) / Self.power(error[...]))
        #expect(abs(ratio - 7) < 0.02, "\(ratio) dB")
    }
}
