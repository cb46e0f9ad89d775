import Foundation
import QualityMetrics
import Testing

@Suite struct NoiseToMaskTests {
    private func nmr(
        _ r: [Double], _ d: [Double], rate: Int = 16000,
        _ statistic: NoiseToMaskRatio.Statistic = .mean
    ) throws -> Double {
        try NoiseToMaskRatio(statistic).score(
            try SignalPair(reference: r, degraded: d, sampleRate: rate))
    }

    @Test func equalSignalsHaveNoNoise() throws {
        let x = SyntheticSpeech.speech(seed: 1, rate: 16000, count: 16000)
        #expect(try nmr(x, x) == -.infinity)
        #expect(try nmr(x, x, .audibleShare) == 0)
        let silence = [Double](repeating: 0, count: 4000)
        #expect(try nmr(silence, silence) == -.infinity)
    }

    /// A tone in silence at 1 kHz, where the threshold in quiet is 3.37 dB SPL: amplitude a is 96 +
    /// 20 log10(a) dB SPL.
    @Test func aToneAgainstTheThresholdInQuiet() throws {
        for rate in [8000, 16000, 48000] {
            let silence = [Double](repeating: 0, count: rate / 2)
            func tone(_ level: Double) -> [Double] {
                (0..<rate / 2).map {
                    pow(10, (level - 96) / 20) * cos(2 * .pi * 1000 * Double($0) / Double(rate))
                }
            }
            #expect(try nmr(silence, tone(2), rate: rate, .audibleShare) == 0)
            // Heard in one band of all.
            let share = try nmr(silence, tone(9), rate: rate, .audibleShare)
            // Frames of 24 ms every 12 ms inside 500 ms.
            let bands =
                try NoiseToMaskRatio.ratios(
                    SignalPair(reference: silence, degraded: tone(9), sampleRate: rate)
                ).count / 40
            #expect(abs(share - 1 / Double(bands)) < 1e-12, "\(rate) Hz")
        }
    }

    /// 20 dB more noise are 20 dB more; more noise is never heard less.
    @Test func noiseCounts() throws {
        let x = SyntheticSpeech.speech(seed: 2, rate: 16000, count: 16000)
        var numbers = Numbers(state: 3)
        let noise = x.map { _ in numbers.next() - 0.5 }
        func at(_ gain: Double, _ statistic: NoiseToMaskRatio.Statistic) throws -> Double {
            try nmr(x, zip(x, noise).map { $0 + gain * $1 }, statistic)
        }
        #expect(abs(try at(0.1, .mean) - at(0.01, .mean) - 20) < 1e-6)
        var before = 0.0
        for exponent in stride(from: -5.0, through: 0, by: 0.5) {
            let share = try at(pow(10, exponent), .audibleShare)
            #expect(share >= before)
            before = share
        }
        #expect(try at(1e-6, .audibleShare) == 0)
        #expect(before > 0.9)
    }

    /// Noise below a loud tone in its own critical band is masked; the same noise far from it is
    /// not.
    @Test func maskedNoiseIsNotHeard() throws {
        let tone = (0..<16000).map { 0.3 * sin(2 * .pi * 1000 * Double($0) / 16000) }
        func with(_ frequency: Double) throws -> Double {
            try nmr(
                tone,
                tone.indices.map {
                    tone[$0] + 0.003 * sin(2 * .pi * frequency * Double($0) / 16000)
                }, .audibleShare)
        }
        #expect(try with(1020) == 0)
        #expect(try with(4000) > 0.04)
    }

    @Test func limits() throws {
        let x = [Double](repeating: 0.1, count: 383)
        #expect(throws: QualityMetricError.tooShort(samples: 383, required: 384)) { try nmr(x, x) }
        #expect(
            throws: QualityMetricError.unusableSetting(
                "masking model: sample rate of 96000.0 Hz is outside 8,000 ... 48,000 Hz")
        ) {
            try nmr(x, x, rate: 96000)
        }
    }
}
