import Foundation
import QualityMetrics
import Testing

/// One pair of TestVectors/metrics/golden.json: how its signals are made, and its measures by
/// numpy, scipy, librosa and pystoi.
struct GoldenPair: Decodable, Sendable, CustomTestStringConvertible {
    let seed: UInt64
    let rate: Int
    let count: Int
    let kind: String
    let parameter: Double
    let reference_energy: Double
    let degraded_energy: Double
    let snr_db: Double
    let segsnr_db: Double
    let si_sdr_db: Double
    let lsd_db: Double
    let mel_distance: Double
    let stoi: Double
    let estoi: Double
    /// Largest minus smallest of twelve runs of pystoi, which is random where the degraded signal
    /// has frames of exact zeros; `estoi` is their mean.
    let estoi_spread: Double
    let delay: Int
    let delay_correlation: Double

    var testDescription: String { "\(kind) \(parameter), \(rate) Hz, seed \(seed)" }

    static let all: [GoldenPair] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../TestVectors/metrics/golden.json")
        guard let data = try? Data(contentsOf: file.standardizedFileURL) else { return [] }
        return (try? JSONDecoder().decode([GoldenPair].self, from: data)) ?? []
    }()
}

@Suite struct GoldenTests {
    @Test func thereAreEnoughPairs() {
        #expect(GoldenPair.all.count >= 50)
        #expect(GoldenPair.all.count { $0.estoi_spread < 1e-9 } >= 50)
    }

    @Test(arguments: GoldenPair.all)
    func measuresAgreeWithIndependentImplementations(_ golden: GoldenPair) throws {
        let reference = SyntheticSpeech.speech(
            seed: golden.seed, rate: golden.rate, count: golden.count)
        let degraded = SyntheticSpeech.degraded(
            reference, kind: golden.kind, parameter: golden.parameter, rate: golden.rate,
            seed: golden.seed)
        func close(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
            abs(a - b) <= tolerance
        }
        // The signals themselves are those that the other program saw.
        try #require(close(reference.reduce(0) { $0 + $1 * $1 } / golden.reference_energy, 1, 1e-9))
        try #require(close(degraded.reduce(0) { $0 + $1 * $1 } / golden.degraded_energy, 1, 1e-9))

        let pair = try SignalPair(reference: reference, degraded: degraded, sampleRate: golden.rate)
        let expected = [
            golden.snr_db, golden.segsnr_db, golden.si_sdr_db, golden.lsd_db, golden.mel_distance,
            golden.stoi, golden.estoi,
        ]
        // These have tests of their own.
        let compared = QualityMetrics.all.filter {
            !($0 is NoiseToMaskRatio) && !($0 is NoiseTonality)
        }
        #expect(compared.count == expected.count)
        for (metric, value) in zip(compared, expected) {
            let found = try metric.score(pair)
            let tolerance = metric.identifier == "estoi" ? 1e-7 + golden.estoi_spread : 1e-7
            #expect(
                close(found, value, tolerance), "\(metric.identifier): \(found), expected \(value)")
        }
        let delay = try DelayEstimator.delay(of: degraded, from: reference, sampleRate: golden.rate)
        #expect(delay.samples == golden.delay)
        #expect(close(delay.correlation, golden.delay_correlation, 1e-9))
    }
}
