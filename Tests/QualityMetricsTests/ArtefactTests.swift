import Foundation
import QualityMetrics
import Testing

/// One pair of TestVectors/metrics/artefacts.json, by Scripts/golden-artefacts.py.
struct GoldenArtefacts: Decodable, Sendable, CustomTestStringConvertible {
    let seed: UInt64
    let count: Int
    let kind: String
    let parameter: Double
    let voicing_sums: [Double]
    let voiced_frames: Int
    let noise_correlation: Double?
    let noise_lines: Double
    let onset_before_db: [Double]
    let onset_first_db: [Double]
    let reference_energy: Double
    let degraded_energy: Double

    var testDescription: String { "\(kind) \(parameter), seed \(seed)" }

    static let all: [GoldenArtefacts] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../TestVectors/metrics/artefacts.json")
        guard let data = try? Data(contentsOf: file.standardizedFileURL) else { return [] }
        return (try? JSONDecoder().decode([GoldenArtefacts].self, from: data)) ?? []
    }()
}

@Suite("Artefacts") struct ArtefactTests {
    private let rate = 16_000

    private func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-6 * max(1, abs(b)) }

    @Test("There are pairs with every measure")
    func enoughPairs() {
        #expect(GoldenArtefacts.all.count >= 8)
        #expect(GoldenArtefacts.all.allSatisfy { $0.voiced_frames > 50 })
        #expect(GoldenArtefacts.all.reduce(0) { $0 + $1.onset_before_db.count } >= 20)
    }

    @Test(
        "Voicing, noise and onsets agree with an independent implementation",
        arguments: GoldenArtefacts.all)
    func agree(_ golden: GoldenArtefacts) throws {
        let reference = SyntheticSpeech.speech(seed: golden.seed, rate: rate, count: golden.count)
        let degraded = SyntheticSpeech.degraded(
            reference, kind: golden.kind, parameter: golden.parameter, rate: rate,
            seed: golden.seed)
        try #require(close(reference.reduce(0) { $0 + $1 * $1 }, golden.reference_energy))
        try #require(close(degraded.reduce(0) { $0 + $1 * $1 }, golden.degraded_energy))
        let pair = try SignalPair(reference: reference, degraded: degraded, sampleRate: rate)

        let voicing = VoicingPeriodicity()
        let pools = try voicing.pools(pair)
        #expect(voicing.columns.count == golden.voicing_sums.count)
        for (column, sum) in zip(voicing.columns, golden.voicing_sums) {
            let pool = try #require(pools[column.pool])
            #expect(pool.count == golden.voiced_frames && close(pool.sum, sum))
        }
        let correlation = try #require(golden.noise_correlation)
        #expect(close(try NoiseTonality(.correlation).score(pair), correlation))
        #expect(close(try NoiseTonality(.lines).score(pair), golden.noise_lines))
        let onsets = try OnsetError().pools(pair)
        for (name, expected) in [
            ("onset_before_db", golden.onset_before_db), ("onset_first_db", golden.onset_first_db),
        ] {
            let found = try #require(onsets[name]?.values)
            #expect(found.count == expected.count)
            for (a, b) in zip(found, expected) { #expect(close(a, b)) }
        }
    }

    /// White noise, and the same under a pattern of random gains of single bins in every frame.
    private func patterned(_ noise: [Double]) -> [Double] {
        // A fixed filter of 16 ms with a ragged response: a sum of echoes.
        var numbers = Numbers(state: 7)
        let echoes = (0..<24).map { _ in
            (Int(numbers.between(20, 256)), numbers.between(-0.35, 0.35))
        }
        return noise.indices.map { n in
            echoes.reduce(noise[n]) { n >= $1.0 ? $0 + $1.1 * noise[n - $1.0] : $0 }
        }
    }

    @Test("Noise with a fixed pattern is told from noise")
    func tonality() throws {
        let noise = NoiseRipple.noise(samples: 10 * rate).map(Double.init)
        let other = NoiseRipple.noise(samples: 10 * rate, seed: 2).map(Double.init)
        let real = try SignalPair(reference: noise, degraded: other, sampleRate: rate)
        let tonal = try SignalPair(reference: noise, degraded: patterned(other), sampleRate: rate)
        #expect(abs(try NoiseTonality(.correlation).score(real)) < 0.02)
        #expect(try NoiseTonality(.correlation).score(tonal) > 0.1)
        #expect(abs(try NoiseTonality(.lines).score(real) - 1) < 0.3)
        #expect(try NoiseTonality(.lines).score(tonal) > 3)
        let flat = try NoiseRipple(of: noise, sampleRate: rate)
        #expect(flat.largest < 1 && flat.highest > 0 && flat.lowest < 0)
        let comb = try NoiseRipple(of: patterned(noise), sampleRate: rate)
        #expect(comb.largest > 3)
        // A tilt is no ripple.
        let tilted = noise.indices.map { noise[$0] - 0.7 * ($0 > 0 ? noise[$0 - 1] : 0) }
        #expect(try NoiseRipple(of: tilted, sampleRate: rate).largest < 1)
    }

    @Test("An original is its own mark, and noise before an onset shows in dB")
    func onsets() throws {
        // Silence with a little noise, and tone bursts of 60 ms that set in at once.
        var numbers = Numbers(state: 3)
        let x = (0..<2 * rate).map { n -> Double in
            let inBurst = n % 4_000 >= 2_000 && n % 4_000 < 2_960
            return 0.0005 * numbers.next() + (inBurst ? 0.3 * sin(0.9 * Double(n)) : 0)
        }
        func pools(_ y: [Double]) throws -> [String: MetricPool] {
            try OnsetError().pools(SignalPair(reference: x, degraded: y, sampleRate: rate))
        }
        let same = try pools(x)
        #expect(same["onset_before_db"]?.values == [Double](repeating: 0, count: 8))
        // Ten times the noise, everywhere outside the bursts.
        let loud = x.map { abs($0) < 0.00051 ? 10 * $0 : $0 }
        let before = try #require(try pools(loud)["onset_before_db"]?.values)
        for value in before { #expect(abs(value - 20) < 0.5) }
        // Half of the amplitude of everything.
        let quiet = try #require(try pools(x.map { $0 / 2 })["onset_first_db"]?.values)
        for value in quiet { #expect(abs(value + 6.02) < 0.1) }
    }

    @Test("Pools of several files are put together frame by frame and event by event")
    func pooling() throws {
        let text = """
            [{"sum": 3, "count": 4}, {"sum": 9, "count": 8, "values": [4, 1]},
             {"sum": 0, "count": 3, "values": [9, 2, 3]}]
            """
        let pools = try JSONDecoder().decode([MetricPool].self, from: Data(text.utf8))
        #expect(PoolStatistic.mean.value(of: pools) == 12.0 / 15)
        #expect(PoolStatistic.quantile(0.5).value(of: pools) == 3)
        #expect(PoolStatistic.quantile(0.9).value(of: pools) == 7)
        #expect(PoolStatistic.mean.value(of: []) == nil)
        #expect(PoolStatistic.quantile(0.9).value(of: pools.prefix(1)) == nil)
    }

    @Test("What has no voiced frame, no onset or no noise is a reason, not a number")
    func reasons() throws {
        let tone = (0..<rate).map { 0.1 * sin(2.5 * Double($0)) }
        let pair = try SignalPair(reference: tone, degraded: tone, sampleRate: rate)
        #expect(throws: QualityMetricError.self) { try OnsetError().pools(pair) }
        #expect(throws: QualityMetricError.self) { try NoiseTonality().score(pair) }
        let hiss = NoiseRipple.noise(samples: rate).map(Double.init)
        let unvoiced = try SignalPair(reference: hiss, degraded: hiss, sampleRate: rate)
        #expect(throws: QualityMetricError.self) { try VoicingPeriodicity().pools(unvoiced) }
        let zeros = [Double](repeating: 0, count: rate)
        let silent = try SignalPair(reference: zeros, degraded: tone, sampleRate: rate)
        #expect(throws: QualityMetricError.silent(.reference)) { try OnsetError().pools(silent) }
        #expect(throws: QualityMetricError.silent(.reference)) {
            try VoicingPeriodicity().pools(silent)
        }
        #expect(throws: QualityMetricError.silent(.reference)) { try NoiseTonality().score(silent) }
        #expect(throws: QualityMetricError.silent(.degraded)) {
            try NoiseRipple(of: zeros, sampleRate: rate)
        }
    }

    @Test("A pair of another rate is converted")
    func otherRate() throws {
        let x = SyntheticSpeech.speech(seed: 300, rate: 48_000, count: 96_000)
        let pair = try SignalPair(reference: x, degraded: x, sampleRate: 48_000)
        #expect(try VoicingPeriodicity().pools(pair).count == 3)
    }
}
