import Foundation
import Psychoacoustic
import SpectralTransform
import Testing

@Suite struct MaskerTests {
    private static let rates = [8_000.0, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000]

    @Test func silenceLeavesTheThresholdInQuiet() throws {
        for rate in Self.rates {
            let analyser = MaskingAnalyser(try MaskingModel(sampleRate: rate))
            let threshold = try analyser.thresholds(
                of: [Double](repeating: 0, count: 3 * analyser.model.binCount))
            #expect(analyser.maskers.isEmpty)
            #expect(threshold == analyser.model.quiet + analyser.model.quiet + analyser.model.quiet)
        }
    }

    /// A sinusoid of -20 dBFS is one tonal masker of 76 dB. At 1 kHz (8.511 Bark) its threshold is
    /// 76 - 6.025 - 0.275 * 8.511 = 67.63 dB.
    @Test func singleTone() throws {
        for rate in Self.rates {
            let analyser = MaskingAnalyser(try MaskingModel(sampleRate: rate))
            let model = analyser.model
            let bin = Int((1000 * Double(model.size) / rate).rounded())
            let frequency = Double(bin) * rate / Double(model.size)
            let threshold = try analyser.thresholds(
                of: try spectrum(model) {
                    0.1 * cos(2 * .pi * Double(bin * $0) / Double(model.size))
                })
            let z = CriticalBandRate.bark(hertz: frequency)
            #expect(
                analyser.maskers.count == 1 && analyser.maskers.first?.kind == .tonal
                    && analyser.maskers.first?.bin == bin)
            #expect(abs((analyser.maskers.first?.level ?? 0) - 76) < 1e-9)
            #expect(abs(decibels(threshold[bin]) - (76 - 6.025 - 0.275 * z)) < 1e-4)
            // Two lines up: 17 dB / Bark; two lines down 0.4 * 76 + 6 = 36.4 dB / Bark.
            let up = model.bark[bin + 2] - z
            let down = z - model.bark[bin - 2]
            #expect(abs(decibels(threshold[bin + 2]) - (69.975 - 0.275 * z - 17 * up)) < 0.01)
            #expect(abs(decibels(threshold[bin - 2]) - (69.975 - 0.275 * z - 36.4 * down)) < 0.01)
        }
    }

    /// Any frequency between two lines: within the loss of the window at its edge (1.4 dB less
    /// three lines' sum) of the level.
    @Test func tonesBetweenLines() throws {
        let analyser = MaskingAnalyser(try MaskingModel(sampleRate: 16_000))
        let model = analyser.model
        for frequency in stride(from: 400.0, to: 7000, by: 77) {
            _ = try analyser.thresholds(
                of: try spectrum(model) { 0.1 * sin(2 * .pi * frequency * Double($0) / 16_000) })
            let strongest = analyser.maskers.max { $0.level < $1.level }
            #expect(strongest?.kind == .tonal)
            #expect(abs((strongest?.level ?? 0) - 76) < 0.8, "\(frequency) Hz")
            #expect(
                abs(Double(strongest?.bin ?? 0) * 16_000 / Double(model.size) - frequency) <= 21)
        }
    }

    /// A tone of 80 dB on line 24 and flat noise of 40 dB a line, by hand.
    @Test func toneAndNoise() throws {
        let analyser = MaskingAnalyser(try MaskingModel(sampleRate: 16_000))
        let model = analyser.model
        var power = [Double](repeating: 1e4, count: model.binCount)
        power[24] = 1e8
        let threshold = try analyser.thresholds(of: power)
        let tonal = analyser.maskers.filter { $0.kind == .tonal }
        let noise = analyser.maskers.filter { $0.kind == .noise }
        #expect(tonal.map(\.bin) == [24])
        #expect(abs((tonal.first?.level ?? 0) - decibels(1e8 + 2e4)) < 1e-9)
        // Lines 22 ... 26 belong to the tone: the band 23 ..< 26 is empty, 19 ..< 23 has 3 lines
        // left, 26 ..< 31 has 4. All else is whole. The 43 dB of the band 1 ..< 3 are below the
        // threshold in quiet at 42 Hz, 46 dB.
        #expect(
            model.bands.contains(23..<26) && model.bands.contains(19..<23)
                && model.bands.contains(26..<31))
        #expect(noise.count == model.bands.count - 2 && !noise.contains { $0.bin < 3 })
        for masker in noise {
            let band = model.bands.first { $0.contains(masker.bin) } ?? 0..<0
            let count = band.filter { $0 < 22 || $0 > 26 }.count
            #expect(abs(masker.level - decibels(1e4 * Double(count))) < 1e-9)
            #expect(
                masker.bin
                    == Int(
                        (Double(band.lowerBound) * Double(band.upperBound - 1)).squareRoot()
                            .rounded()))
        }
        for bin in 0..<model.binCount {
            #expect(
                abs(
                    decibels(threshold[bin]) - referenceThreshold(model, analyser.maskers, bin: bin)
                ) < 1e-9)
        }
    }

    /// Lines 50 and 53 lie 0.37 Bark apart, 50 and 56 lie 0.71.
    @Test func twoTonesCloserThanHalfABark() throws {
        let analyser = MaskingAnalyser(try MaskingModel(sampleRate: 16_000))
        let model = analyser.model
        #expect(model.bark[53] - model.bark[50] < 0.5 && model.bark[56] - model.bark[50] > 0.5)
        func tones(_ levels: [Int: Double]) throws -> [Int] {
            _ = try analyser.thresholds(of: lines(model, levels))
            return analyser.maskers.filter { $0.kind == .tonal }.map(\.bin)
        }
        #expect(try tones([50: 70, 53: 60]) == [50])
        #expect(try tones([50: 60, 53: 70]) == [53])
        #expect(try tones([50: 70, 56: 60]) == [50, 56])
        // The middle one is driven out by the strongest and drives out nobody, in either order.
        #expect(try tones([50: 80, 53: 70, 56: 60]) == [50, 56])
        #expect(try tones([50: 60, 53: 70, 56: 80]) == [50, 56])
        #expect(try tones([50: 60, 53: 70, 56: 60]) == [53])
    }

    /// A line is tonal from 7 dB above its neighbourhood on, which is wider at high frequencies.
    @Test func neighbourhood() throws {
        let analyser = MaskingAnalyser(try MaskingModel(sampleRate: 16_000))
        let model = analyser.model
        #expect([20, 62, 64, 70, 120, 132, 140].map { model.reach[$0] } == [2, 2, 2, 3, 3, 6, 6])
        for (bin, reach) in [(40, 2), (90, 3), (150, 6)] {
            for offset in 2...reach + 1 {
                for side in [-1, 1] {
                    for (margin, within) in [(6.9, true), (7.1, false)] {
                        _ = try analyser.thresholds(
                            of: lines(model, [bin: 70, bin + side * offset: 70 - margin]))
                        let found = analyser.maskers.contains { $0.kind == .tonal && $0.bin == bin }
                        #expect(
                            found == !(within && offset <= reach),
                            "line \(bin), offset \(side * offset), \(margin) dB")
                    }
                }
            }
        }
    }

    /// At 44.1 kHz the reach in hertz is that of the standard in lines: Layer II with 1,024
    /// samples, Layer I with 512.
    @Test func reachOfTheStandard() throws {
        let second = try MaskingModel(sampleRate: 44_100, size: 1024)
        for k in 3...500 {
            #expect(second.reach[k] == (k < 63 ? 2 : k < 127 ? 3 : k < 255 ? 6 : 12))
        }
        let first = try MaskingModel(sampleRate: 44_100, size: 512)
        // Line 63 of Layer I is line 126 of Layer II, where the layers disagree; so is line 127.
        for k in 3...250 where k != 63 && k != 127 {
            #expect(first.reach[k] == (k < 63 ? 2 : k < 127 ? 3 : 6))
        }
    }

    @Test func inaudibleMaskersAreDropped() throws {
        let analyser = MaskingAnalyser(try MaskingModel(sampleRate: 16_000))
        let model = analyser.model
        let quiet = decibels(model.quiet[80])
        _ = try analyser.thresholds(of: lines(model, [80: quiet - 0.1]))
        #expect(analyser.maskers.isEmpty)
        _ = try analyser.thresholds(of: lines(model, [80: quiet + 0.1]))
        #expect(analyser.maskers.map(\.bin) == [80])
    }
}
