import Foundation
import Psychoacoustic
import Testing

@Suite struct ThresholdTests {
    private static let rates = [8_000.0, 16_000, 24_000, 44_100, 48_000]

    @Test func sumOfIndividualThresholds() throws {
        for rate in Self.rates {
            let analyser = MaskingAnalyser(try MaskingModel(sampleRate: rate))
            let model = analyser.model
            let threshold = try analyser.thresholds(of: try spectrum(model, vowel(rate, seed: 3)))
            #expect(
                analyser.maskers.contains { $0.kind == .tonal }
                    && analyser.maskers.contains { $0.kind == .noise })
            for bin in 0..<model.binCount {
                #expect(
                    abs(
                        decibels(threshold[bin])
                            - referenceThreshold(model, analyser.maskers, bin: bin)) < 1e-9,
                    "\(rate) Hz, line \(bin)")
            }
        }
    }

    /// A louder frame has the same maskers, louder, and more of them.
    @Test func louderFramesMaskMore() throws {
        for rate in Self.rates {
            let analyser = MaskingAnalyser(try MaskingModel(sampleRate: rate))
            let power = try spectrum(analyser.model, vowel(rate, seed: 5))
            var before = analyser.model.quiet
            for gain in stride(from: -100.0, through: 30, by: 1) {
                let threshold = try analyser.thresholds(of: power.map { $0 * pow(10, gain / 10) })
                for bin in threshold.indices {
                    #expect(
                        threshold[bin] >= before[bin] * (1 - 1e-12),
                        "\(rate) Hz, line \(bin), \(gain) dB")
                }
                before = threshold
            }
        }
    }

    /// One masker of any set made louder never lowers the global threshold anywhere.
    @Test func aLouderMaskerMasksMore() throws {
        let analyser = MaskingAnalyser(try MaskingModel(sampleRate: 16_000))
        let model = analyser.model
        var numbers = Numbers(state: 9)
        for _ in 0..<20 {
            var maskers = (0..<12).map { _ -> Masker in
                let bin = 1 + Int(numbers.next() * Double(model.binCount - 1))
                return Masker(
                    kind: numbers.next() < 0.5 ? .tonal : .noise, bin: bin, bark: model.bark[bin],
                    level: 100 * numbers.next() - 5)
            }
            let before = analyser.threshold(of: maskers)
            maskers[Int(numbers.next() * 12)].level += 10 * numbers.next()
            let after = analyser.threshold(of: maskers)
            for bin in before.indices { #expect(after[bin] >= before[bin]) }
            #expect(after != before)
        }
    }

    /// A tone that rises out of noise: above the level at which it becomes a masker of its own, its
    /// threshold only rises.
    @Test func aRisingTone() throws {
        let analyser = MaskingAnalyser(try MaskingModel(sampleRate: 16_000))
        let model = analyser.model
        var before = [Double](repeating: 0, count: model.binCount)
        for level in stride(from: 50.0, through: 100, by: 0.5) {
            var power = [Double](repeating: 1e4, count: model.binCount)
            power[50] = pow(10, level / 10)
            let threshold = try analyser.thresholds(of: power)
            for bin in threshold.indices { #expect(threshold[bin] >= before[bin]) }
            before = threshold
        }
    }

    /// Threshold of the same vowel at several rates: the same within 2 dB where all of them hear
    /// it.
    @Test func ratesAgree() throws {
        func thresholds(_ rate: Double) throws -> [Double] {
            let analyser = MaskingAnalyser(try MaskingModel(sampleRate: rate))
            let model = analyser.model
            let threshold = try analyser.thresholds(
                of: try spectrum(model) { n in
                    let t = Double(n) / rate - MaskingModel.defaultDuration / 2
                    return 0.1 * cos(2 * .pi * 500 * t) + 0.05 * cos(2 * .pi * 1500 * t) + 0.02
                        * cos(2 * .pi * 2700 * t)
                })
            return stride(from: 300.0, through: 3300, by: 100).map { hertz in
                decibels(threshold[Int((hertz * Double(model.size) / rate).rounded())])
            }
        }
        let expected = try thresholds(48_000)
        for rate in [8_000.0, 16_000, 24_000, 32_000, 44_100] {
            for (a, b) in zip(try thresholds(rate), expected) {
                #expect(abs(a - b) < 2, "\(rate) Hz")
            }
        }
    }

    @Test func batchesAreFrames() throws {
        let analyser = MaskingAnalyser(try MaskingModel(sampleRate: 16_000))
        let model = analyser.model
        let frames = try (1...5).map { try spectrum(model, vowel(16_000, seed: UInt64($0))) }
        let together = try analyser.thresholds(of: frames.flatMap { $0 })
        #expect(together == (try frames.flatMap { try analyser.thresholds(of: $0) }))
        let single = try analyser.thresholds(of: frames.flatMap { $0.map { Float($0) } })
        for (a, b) in zip(single, together) { #expect(abs(Double(a) / b - 1) < 1e-3) }
        #expect(throws: MaskingModelError.bufferSize(name: "spectra", count: 200, required: 386)) {
            try analyser.thresholds(of: [Double](repeating: 0, count: 200))
        }
    }

    /// Overflowed and undefined spectra give no trap; what is defined elsewhere stays above the
    /// threshold in quiet.
    @Test func unusableSpectra() throws {
        let analyser = MaskingAnalyser(try MaskingModel(sampleRate: 16_000))
        let model = analyser.model
        for bad in [Double.nan, .infinity, -1] {
            var power = [Double](repeating: 1, count: model.binCount)
            power[60] = bad
            let threshold = try analyser.thresholds(of: power)
            for bin in threshold.indices { #expect(threshold[bin] >= model.quiet[bin]) }
        }
    }

    /// The offset of the standard for high rates moves the threshold in quiet, the level of full
    /// scale moves everything else.
    @Test func levels() throws {
        let plain = try MaskingModel(sampleRate: 32_000)
        let lower = try MaskingModel(sampleRate: 32_000, quietOffset: -12)
        for (a, b) in zip(plain.quiet, lower.quiet) {
            #expect(abs(decibels(a) - decibels(b) - 12) < 1e-9)
        }
        let soft = try MaskingModel(sampleRate: 32_000, fullScaleLevel: 76)
        #expect(abs(decibels(plain.powerScale) - decibels(soft.powerScale) - 20) < 1e-9)
    }
}
