import Foundation
import QualityMetrics
import Testing

private func speech(_ seed: UInt64, seconds: Double = 2, rate: Int = 16000) -> [Double] {
    SyntheticSpeech.speech(seed: seed, rate: rate, count: Int(seconds * Double(rate)))
}

private func pair(_ r: [Double], _ d: [Double], rate: Int = 16000) throws -> SignalPair {
    try SignalPair(reference: r, degraded: d, sampleRate: rate)
}

@Suite struct MetricPropertyTests {
    @Test func identicalSignalsArePerfect() throws {
        let x = speech(1)
        let same = try pair(x, x)
        #expect(try SignalToNoiseRatio().score(same) == .infinity)
        #expect(try SegmentalSNR().score(same) == 35)
        #expect(try ScaleInvariantSDR().score(same) > 200)
        #expect(try LogSpectralDistance().score(same) == 0)
        #expect(try MelDistance().score(same) == 0)
        #expect(abs(try STOI().score(same) - 1) < 1e-12)
        #expect(abs(try STOI(extended: true).score(same) - 1) < 1e-12)
    }

    @Test func knownValues() throws {
        let x = speech(2)
        // Half the amplitude: the difference has a quarter of the energy.
        let half = try pair(x, x.map { $0 / 2 })
        let sixDecibels = 10 * log10(4.0)
        #expect(abs(try SignalToNoiseRatio().score(half) - sixDecibels) < 1e-9)
        #expect(abs(try SegmentalSNR().score(half) - sixDecibels) < 1e-9)
        #expect(try ScaleInvariantSDR().score(half) > 200)
        #expect(abs(try STOI().score(half) - 1) < 1e-12)
        // Opposite sign: 6 dB more noise than signal.
        #expect(
            abs(try SignalToNoiseRatio().score(try pair(x, x.map { -$0 })) + sixDecibels) < 1e-9)
        // Silence for speech: exactly 0 dB.
        let silence = try pair(x, x.map { _ in 0 })
        #expect(try SignalToNoiseRatio().score(silence) == 0)
        #expect(try SegmentalSNR().score(silence) == 0)
        // One tenth more amplitude in every bin, and all levels above the floor.
        var numbers = Numbers(state: 4)
        let noise = (0..<8000).map { _ in numbers.next() * 0.5 }
        #expect(
            abs(
                try LogSpectralDistance().score(try pair(noise, noise.map { $0 * 1.1 })) - 20
                    * log10(1.1)) < 1e-9)
        // SI-SDR of r + g q with q orthogonal to r is 20 log10(1 / g).
        let r = (0..<16000).map { sin(2 * Double.pi * 100 * Double($0) / 16000) }
        let q = (0..<16000).map { 0.1 * cos(2 * Double.pi * 300 * Double($0) / 16000) }
        #expect(
            abs(
                try ScaleInvariantSDR().score(try pair(r, zip(r, q).map { 3 * ($0 + $1) + 0.2 }))
                    - 20) < 1e-9)
    }

    @Test func segmentalSNRLeavesSilenceOutAndLimitsFrames() throws {
        // Frame 0 loud with 20 dB, frame 1 silent in the reference, frame 2 much too noisy, an
        // incomplete frame at the end.
        let loud = [Double](repeating: 0.5, count: 320)
        let r =
            loud + [Double](repeating: 0.0049, count: 320) + loud
            + [Double](repeating: 0.5, count: 319)
        let d =
            loud.map { $0 * 0.9 } + [Double](repeating: 0.7, count: 320) + loud.map { $0 * 20 }
            + [Double](repeating: 9, count: 319)
        #expect(abs(try SegmentalSNR().score(try pair(r, d)) - (20 - 10) / 2) < 1e-9)
    }

    @Test func measuresFallAsNoiseRises() throws {
        let x = speech(5)
        var previous: [Double]?
        for level in [40.0, 25, 10, -5] {
            let noisy = try pair(
                x,
                SyntheticSpeech.degraded(x, kind: "noise", parameter: level, rate: 16000, seed: 5))
            // Tonality says what noise is like, not how much of it there is.
            let measures = QualityMetrics.all.filter { !($0 is NoiseTonality) }
            let scores = try measures.map { metric in
                (metric.higherIsBetter ? 1 : -1) * (try metric.score(noisy))
            }
            if let previous { for (now, before) in zip(scores, previous) { #expect(now < before) } }
            previous = scores
        }
    }

    @Test func unusableSignalsAreErrors() throws {
        let x = speech(6)
        let zeros = x.map { _ in 0.0 }
        #expect(throws: QualityMetricError.lengthsDiffer(reference: 3, degraded: 2)) {
            try pair([1, 2, 3], [1, 2])
        }
        #expect(throws: QualityMetricError.tooShort(samples: 0, required: 1)) { try pair([], []) }
        #expect(throws: QualityMetricError.nonFinite(.degraded, index: 1)) {
            try pair([1, 2, 3], [1, .nan, 3])
        }
        #expect(throws: QualityMetricError.nonFinite(.reference, index: 2)) {
            try pair([1, 2, .infinity], [1, 2, 3])
        }
        #expect(throws: QualityMetricError.unsupportedSampleRate(0)) { try pair([1], [1], rate: 0) }
        let silentReference = try pair(zeros, x)
        for metric in QualityMetrics.all
        where !(metric is MelDistance || metric is NoiseToMaskRatio) {
            #expect(throws: QualityMetricError.silent(.reference)) {
                try metric.score(silentReference)
            }
        }
        #expect(throws: QualityMetricError.silent(.degraded)) {
            try ScaleInvariantSDR().score(try pair(x, zeros))
        }
        #expect(try STOI().score(try pair(x, zeros)) == 0)
        #expect(abs(try STOI(extended: true).score(try pair(x, zeros))) < 0.1)

        #expect(throws: QualityMetricError.tooShort(samples: 319, required: 320)) {
            try SegmentalSNR().score(try pair(Array(x[..<319]), Array(x[..<319])))
        }
        #expect(throws: QualityMetricError.tooShort(samples: 511, required: 512)) {
            try LogSpectralDistance().score(try pair(Array(x[..<511]), Array(x[..<511])))
        }
        #expect(throws: QualityMetricError.tooShort(samples: 1024, required: 1025)) {
            try MelDistance().score(try pair(Array(x[..<1024]), Array(x[..<1024])))
        }
        let short = try pair(Array(x[1000..<4000]), Array(x[1000..<4000]))
        #expect(throws: QualityMetricError.self) { try STOI().score(short) }
        #expect(throws: QualityMetricError.tooShort(samples: 256, required: 257)) {
            try STOI().score(try pair(Array(x[..<256]), Array(x[..<256]), rate: 10000))
        }
    }

    @Test func measuresHaveOneValue() throws {
        let x = speech(9)
        let noisy = try pair(
            x, SyntheticSpeech.degraded(x, kind: "babble", parameter: 3, rate: 16000, seed: 9))
        for metric in QualityMetrics.all { #expect(try metric.score(noisy) == metric.score(noisy)) }
    }
}

@Suite struct DelayTests {
    @Test(arguments: [0, 1, -1, 37, -160, 1599, -1600, 1600])
    func findsAndRemovesADelay(shift: Int) throws {
        let long = speech(12, seconds: 3)
        let start = 4000
        let reference = Array(long[start..<start + 30000])
        let degraded = Array(long[(start - shift)..<(start - shift + 29000)]).map { $0 * 0.7 }
        let found = try DelayEstimator.delay(of: degraded, from: reference, sampleRate: 16000)
        #expect(found.samples == shift)
        #expect(found.correlation > 0.8 && found.correlation <= 1 + 1e-12)
        let aligned = try DelayEstimator.align(
            reference: [reference], degraded: [degraded], sampleRate: 16000)
        #expect(aligned.delay == found)
        let pair = aligned.pair.channels[0]
        #expect(zip(pair.reference, pair.degraded).allSatisfy { $0 * 0.7 == $1 })
        #expect(aligned.pair.count == min(30000 - max(0, -shift), 29000 - max(0, shift)))
    }

    /// Channels in antiphase, whose mix is silence, and channels of which one alone would mislead.
    @Test(arguments: [-700, 0, 95]) func twoChannelsHaveOneDelay(shift: Int) throws {
        let long = speech(13, seconds: 2)
        let other = speech(14, seconds: 2).map { 0.1 * $0 }
        func cut(_ x: [Double], _ start: Int, _ count: Int) -> [Double] {
            Array(x[start..<start + count])
        }
        let reference = [cut(long, 3_000, 20_000), cut(long, 3_000, 20_000).map { -$0 }]
        let degraded = [
            cut(long, 3_000 - shift, 19_000),
            zip(cut(long, 3_000 - shift, 19_000), cut(other, 0, 19_000)).map { $1 - $0 },
        ]
        let aligned = try DelayEstimator.align(
            reference: reference, degraded: degraded, sampleRate: 16_000)
        #expect(aligned.delay.samples == shift && aligned.pair.channels.count == 2)
        let first = aligned.pair.channels[0]
        #expect(first.reference == first.degraded)
        #expect(aligned.pair.count == min(20_000 - max(0, -shift), 19_000 - max(0, shift)))
        #expect(throws: QualityMetricError.channelsDiffer(reference: 2, degraded: 1)) {
            try DelayEstimator.align(
                reference: reference, degraded: [degraded[0]], sampleRate: 16_000)
        }
    }

    @Test func degenerateSignals() throws {
        #expect(throws: QualityMetricError.silent(.degraded)) {
            try DelayEstimator.delay(of: [0, 0], from: [1, 2], sampleRate: 16000)
        }
        #expect(throws: QualityMetricError.tooShort(samples: 0, required: 1)) {
            try DelayEstimator.delay(of: [], from: [1], sampleRate: 16000)
        }
        #expect(throws: QualityMetricError.self) {
            try DelayEstimator.delay(of: [1], from: [1], sampleRate: 16000, maximum: .nan)
        }
        #expect(
            try DelayEstimator.delay(of: [1], from: [1], sampleRate: 16000, maximum: 0).samples == 0
        )
        // A constant correlates equally at many lags: the nearest to zero wins.
        #expect(try DelayEstimator.delay(of: [1, 1, 1], from: [1], sampleRate: 16000).samples == 0)
    }
}

@Suite struct ResamplerTests {
    @Test func countAndIdentity() throws {
        let x = speech(3, seconds: 0.2)
        #expect(try PolyphaseResampler(from: 16000, to: 16000).convert(x) == x)
        #expect(try PolyphaseResampler(from: 16000, to: 10000).convert(x).count == 2000)
        #expect(
            try PolyphaseResampler(from: 44100, to: 16000).convert(
                [Double](repeating: 0, count: 442)
            ).count == 161)
        #expect(throws: QualityMetricError.unsupportedSampleRate(10)) {
            try PolyphaseResampler(from: 10, to: 16000)
        }
    }

    @Test(arguments: [(16000, 10000), (48000, 16000), (8000, 16000), (44100, 16000)])
    func sinesKeepAmplitudeAndPhase(_ rates: (Int, Int)) throws {
        let x = (0..<rates.0).map { sin(2 * Double.pi * 440 * Double($0) / Double(rates.0)) }
        let y = try PolyphaseResampler(from: rates.0, to: rates.1).convert(x)
        #expect(y.count == rates.1)
        for n in (rates.1 / 10)..<(rates.1 * 9 / 10) {
            #expect(abs(y[n] - sin(2 * Double.pi * 440 * Double(n) / Double(rates.1))) < 3e-3)
        }
    }
}
