import Training
import Foundation
import NeuralNetwork
import Testing

@Suite struct AugmentationTests {
    static let rate = 16000.0

    static func sine(_ hertz: Double, count: Int = 6000) -> Corpus.Clip {
        Corpus.Clip(
            path: "sine",
            samples: (0..<count).map {
                Int16((20000 * sin(2 * .pi * hertz * Double($0) / rate)).rounded())
            })
    }

    /// Amplitude of the best sine of a frequency, and what is left, both in dB of the amplitude
    /// that `sine` has.
    static func split(_ x: [Float], hertz: Double) -> (tone: Double, rest: Double) {
        var cc = 0.0
        var cs = 0.0
        var ss = 0.0
        var xc = 0.0
        var xs = 0.0
        for (n, value) in x.enumerated() {
            let c = cos(2 * .pi * hertz * Double(n) / rate)
            let s = sin(2 * .pi * hertz * Double(n) / rate)
            (cc, cs, ss) = (cc + c * c, cs + c * s, ss + s * s)
            (xc, xs) = (xc + Double(value) * c, xs + Double(value) * s)
        }
        let determinant = cc * ss - cs * cs
        let a = (xc * ss - xs * cs) / determinant
        let b = (xs * cc - xc * cs) / determinant
        var rest = 0.0
        for (n, value) in x.enumerated() {
            let angle = 2 * .pi * hertz * Double(n) / rate
            let r = Double(value) - a * cos(angle) - b * sin(angle)
            rest += r * r
        }
        let full = 20000.0 / 32768
        return (
            20 * log10((a * a + b * b).squareRoot() / full),
            10 * log10(2 * rest / Double(x.count) / (full * full))
        )
    }

    /// In the passband a sine comes out with its frequency times the speed and its amplitude, and
    /// no image is above -70 dB.
    @Test(arguments: [0.8, 0.9, 1.0001, 1.1, 1.25], [300.0, 1000, 3000, 5000])
    func sinesKeepTheirShape(_ speed: Double, _ hertz: Double) {
        let (tone, rest) = Self.split(
            Augmentation.resample(Self.sine(hertz), from: 200, count: 2000, speed: speed),
            hertz: hertz * speed)
        #expect(abs(tone) < 0.1 && rest < -70, "\(tone) dB, rest \(rest) dB")
    }

    /// Half the new sample rate is 8000 / speed Hz; above it and the transition of the window
    /// (16000 / 12 Hz) little is left to alias.
    @Test(arguments: [(6700.0, -40.0), (7000, -50), (7400, -50), (7900, -50)]) func nothingAliases(
        _ hertz: Double, _ limit: Double
    ) {
        let samples = Augmentation.resample(Self.sine(hertz), from: 200, count: 2000, speed: 1.5)
        let full = 20000.0 / 32768
        let power = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samples.count)
        #expect(10 * log10(2 * power / (full * full)) < limit)
    }

    /// Speed 1 gives the clip, and there is nothing outside of it.
    @Test func unitSpeedAndEnds() {
        let clip = Self.sine(777, count: 100)
        let whole = Augmentation.resample(clip, from: 0, count: 160, speed: 1)
        for (n, value) in whole.enumerated() {
            let expected = n < 100 ? Float(clip.samples[n]) / 32768 : 0
            #expect(
                abs(value - expected) < (n < 100 ? 1e-6 : 1e-6),
                "sample \(n): \(value), expected \(expected)")
        }
        #expect(
            Augmentation.resample(clip, from: 90, count: 80, speed: 1.3).suffix(50).allSatisfy {
                $0 == 0
            })
    }

    @Test(arguments: [-5.0, 0, 12.5, 40]) func noiseHasTheRatioAskedFor(_ ratio: Double) throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        var augmentation = Augmentation()
        var clean = RandomSource(seed: 3)
        var noisy = RandomSource(seed: 3)
        let clip = corpus.clips[1]
        let plain = augmentation.draw(clip, count: 4000, noise: nil, &clean)
        (augmentation.noiseProbability, augmentation.lowestSNR, augmentation.highestSNR) = (
            1, ratio, ratio
        )
        let mixed = augmentation.draw(clip, count: 4000, noise: corpus, &noisy)
        let energy = plain.reduce(0.0) { $0 + Double($1 * $1) }
        let noise = zip(plain, mixed).reduce(0.0) { $0 + pow(Double($1.1) - Double($1.0), 2) }
        #expect(abs(10 * log10(energy / noise) - ratio) < 0.02, "\(10 * log10(energy / noise)) dB")
    }

    /// As often as asked, within the range asked for; the same for the same seed.
    @Test func drawsAreRandomAndRepeat() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let clip = corpus.clips[0]
        var augmentation = Augmentation()
        (augmentation.speedProbability, augmentation.speed) = (0.5, 0.2)
        (augmentation.noiseProbability, augmentation.lowestSNR, augmentation.highestSNR) = (
            0.25, 0, 20
        )
        func draws(_ augmentation: Augmentation, seed: UInt64) -> [[Float]] {
            var random = RandomSource(seed: seed)
            return (0..<120).map { _ in augmentation.draw(clip, count: 400, noise: corpus, &random)
            }
        }
        let first = draws(augmentation, seed: 1)
        #expect(first == draws(augmentation, seed: 1) && first != draws(augmentation, seed: 2))
        // What is a stretch of the clip, sample for sample, was not changed.
        let samples = clip.samples.map { Float($0) / 32768 }
        func isPlain(_ x: [Float]) -> Bool {
            (0...samples.count - x.count).contains { start in
                samples[start] == x[0] && Array(samples[start..<start + x.count]) == x
            }
        }
        let plain = first.count(where: isPlain)
        #expect((25...65).contains(plain), "\(plain) of 120 unchanged, 45 expected")
        augmentation.speedProbability = 0
        augmentation.noiseProbability = 0
        #expect(draws(augmentation, seed: 1).allSatisfy(isPlain))
    }

    /// A configuration without augmentation draws what it drew before there was any: clip by
    /// length, place, level.
    @Test func segmentsWithoutAugmentation() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let configuration = try TrainerTests.configuration()
        var random = RandomSource(seed: 9)
        var plain = RandomSource(seed: 9)
        for _ in 0..<5 {
            let segments = configuration.drawSegments(
                TrainingData(train: corpus), nil, &random)
            let count = configuration.segmentSamples
            for item in 0..<configuration.batch {
                var at = plain.below(corpus.clips.reduce(0) { $0 + $1.samples.count })
                var clip = 0
                while at >= corpus.clips[clip].samples.count {
                    at -= corpus.clips[clip].samples.count
                    clip += 1
                }
                let samples = corpus.clips[clip].samples
                let offset = plain.below(samples.count - count + 1)
                let level = plain.uniform(configuration.lowestLevel, configuration.highestLevel)
                let stretch = samples[offset..<offset + count].map { Float($0) / 32768 }
                let rms = (stretch.reduce(0) { $0 + $1 * $1 } / Float(count)).squareRoot() + 1e-5
                let peak = stretch.reduce(1e-6) { max($0, abs($1)) }
                let gain = min(Float(pow(10, level / 20)) / rms, 0.99 / peak)
                #expect(
                    Array(segments.samples[item * count..<(item + 1) * count])
                        == stretch.map { $0 * gain })
                #expect(segments.levelling[item] == 0.1 / max(rms * gain, 1e-5))
            }
        }
        #expect(random == plain)
    }

    /// A run says so before it begins; a trainer of its own when it comes to the phase.
    @Test func noiseNeedsAFolder() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let folder = speech.path + "/run"
        var configuration = try TrainerTests.configuration()
        var augmentation = Augmentation()
        augmentation.noiseProbability = 0.1
        configuration.phases[1].augmentation = augmentation
        func phaseWithoutNoise(_ body: () throws -> Void) throws -> String? {
            do {
                try body()
                return nil
            } catch TrainingError.noNoise(let phase) { return phase }
        }
        func begin(noise: Corpus?) throws {
            _ = try TrainingRun(
                configuration.makeTask(TrainingData(train: corpus, noise: noise)), folder: folder,
                resuming: false)
        }
        #expect(try phaseWithoutNoise { try begin(noise: nil) } == "two")
        #expect(!FileManager.default.fileExists(atPath: folder), "nothing was begun")
        #expect(try phaseWithoutNoise { try begin(noise: corpus) } == nil)
        let trainer = try configuration.makeTrainer(TrainingData(train: corpus))
        for _ in 0..<6 { _ = try trainer.advance() }
        #expect(try phaseWithoutNoise { _ = try trainer.advance() } == "two")
        augmentation.noiseProbability = 0
        configuration.phases[1].augmentation = augmentation
        #expect(
            try phaseWithoutNoise {
                _ = try configuration.makeTrainer(TrainingData(train: corpus)).advance()
            }
                == nil)
    }
}
