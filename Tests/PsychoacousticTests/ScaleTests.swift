import Foundation
import Psychoacoustic
import Testing

@Suite struct ScaleTests {
    /// Rows of table D.1 of ISO 11172-3 (Layer I, 44.1 and 48 kHz): Hz, Bark, dB SPL.
    private static let rows = [
        (86.13, 0.850, 25.87), (93.75, 0.925, 24.17), (187.5, 1.842, 13.87), (516.80, 4.882, 6.11),
        (1033.59, 8.723, 3.25), (1981.05, 13.042, -0.17),
        (3359.18, 16.260, -4.98), (4995.70, 18.534, 0.47), (8268.75, 21.457, 5.35),
        (12058.59, 23.213, 21.64), (15159.38, 23.952, 53.21),
        (16192.97, 24.124, 68.00), (19982.81, 24.573, 68.00),
    ]

    @Test func formulasGiveTheTablesOfTheStandard() {
        for (hertz, bark, level) in Self.rows {
            #expect(abs(CriticalBandRate.bark(hertz: hertz) - bark) < 0.002, "\(hertz) Hz")
            #expect(abs(AbsoluteThreshold.level(hertz: hertz) - level) < 0.03, "\(hertz) Hz")
        }
    }

    @Test func quietThresholdIsFiniteEverywhere() {
        for hertz in stride(from: 0.0, through: 24_000, by: 10) {
            let level = AbsoluteThreshold.level(hertz: hertz)
            #expect(level > -6 && level < 90)
        }
    }

    /// vf of a masker of 80 dB: slopes 0.4 * 80 + 6 = 38 and 17 - 0.15 * 80 = 5 dB / Bark.
    @Test func spreadingFunctionByHand() {
        func vf(_ distance: Double) -> Double {
            SpreadingFunction.level(distance: distance, masker: 80)
        }
        #expect(vf(-3.01) == -.infinity)
        #expect(abs(vf(-3) - (17 * -2 - 38)) < 1e-12)
        #expect(abs(vf(-2) - (-17 - 38)) < 1e-12)
        #expect(abs(vf(-1) + 38) < 1e-12)
        #expect(abs(vf(-0.5) + 19) < 1e-12)
        #expect(vf(0) == 0)
        #expect(abs(vf(0.5) + 8.5) < 1e-12)
        #expect(abs(vf(1) + 17) < 1e-12)
        #expect(abs(vf(3) + 17 + 10) < 1e-12)
        #expect(vf(8) == -.infinity)
        #expect(abs(SpreadingFunction.maskingIndex(.tonal, bark: 10) + 8.775) < 1e-12)
        #expect(abs(SpreadingFunction.maskingIndex(.noise, bark: 10) + 3.775) < 1e-12)
    }

    /// At any distance the threshold rises with the masker, beyond the levels for which the
    /// standard was written too.
    @Test func louderMaskersMaskMore() {
        for distance in stride(from: -3.0, to: 8, by: 0.25) {
            var before = -Double.infinity
            for level in stride(from: -40.0, through: 200, by: 1) {
                let threshold = level + SpreadingFunction.level(distance: distance, masker: level)
                #expect(threshold > before, "\(distance) Bark, \(level) dB")
                before = threshold
            }
        }
    }

    @Test func settingsAreChecked() {
        #expect(throws: MaskingModelError.unsupportedSampleRate(7_999)) {
            try MaskingModel(sampleRate: 7_999)
        }
        #expect(throws: MaskingModelError.unsupportedSampleRate(96_000)) {
            try MaskingModel(sampleRate: 96_000)
        }
        #expect(throws: MaskingModelError.self) { try MaskingModel(sampleRate: .nan) }
        #expect(throws: MaskingModelError.unsupportedSize(511, sampleRate: 16_000)) {
            try MaskingModel(sampleRate: 16_000, size: 511)
        }
        #expect(throws: MaskingModelError.unsupportedSize(8, sampleRate: 16_000)) {
            try MaskingModel(sampleRate: 16_000, size: 8)
        }
        #expect(throws: MaskingModelError.unsupportedSize(-2, sampleRate: 16_000)) {
            try MaskingModel(sampleRate: 16_000, size: -2)
        }
        #expect(throws: MaskingModelError.unsupportedLevel(200)) {
            try MaskingModel(sampleRate: 16_000, fullScaleLevel: 200)
        }
    }

    @Test func everyLineIsInOneBand() throws {
        for rate in [8_000.0, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000] {
            let model = try MaskingModel(sampleRate: rate)
            #expect(model.bands.flatMap { Array($0) } == Array(1..<model.binCount))
            for band in model.bands {
                #expect(Int(model.bark[band.lowerBound]) == Int(model.bark[band.upperBound - 1]))
            }
        }
    }
}
