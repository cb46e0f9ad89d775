import Foundation
import LPCModule
import NeuralNetwork
import Testing

@Suite struct PredictionFilterTests {
    static func frames(_ x: [Float]) throws -> [LineSpectralFrequencies] {
        try LPCAnalyserTests.analyse(x).map(\.lineSpectrum)
    }

    @Test func synthesisUndoesAnalysis() throws {
        for x in [
            Make.speech(20_011), Make.tone(16_000, hertz: 440), Make.noise(16_000, seed: 2),
            Make.speech(16_000).map { $0 * 1e-3 },
        ] {
            for subframes in [1, 4, 320] {
                let lsf = try Self.frames(x)
                var analysis = try PredictionErrorFilter(subframes: subframes)
                var synthesis = try SynthesisFilter(subframes: subframes)
                let residual = try analysis.step(x, frames: lsf)
                let y = try synthesis.step(residual, frames: lsf)
                #expect(residual.count == x.count && y.count == x.count)
                let snr = signalToNoise(x, y)
                #expect(snr > 100, "\(subframes) subframes: \(snr) dB")
            }
        }
    }

    /// The residual is smaller than the signal, so the filter does predict.
    @Test func residualIsSmall() throws {
        let x = Make.speech(16_000)
        var filter = try PredictionErrorFilter()
        let residual = try filter.step(x, frames: Self.frames(x))
        func energy(_ values: [Float]) -> Double {
            values.reduce(0) { $0 + Double($1) * Double($1) }
        }
        #expect(energy(residual) < 0.05 * energy(x))
    }

    /// Written out: interpolated frequencies, predictor, sum over the past.
    @Test func residualIsItsDefinition() throws {
        let x = Make.speech(960)
        let lsf = try Self.frames(x)
        var filter = try PredictionErrorFilter(subframes: 4)
        let residual = try filter.step(x, frames: lsf)
        for n in 0..<960 {
            let m = n / 320
            let weight = Double(n % 320 / 80 + 1) / 4
            let before = lsf[max(m - 1, 0)].values
            let mixed = zip(before, lsf[m].values).map { (1 - weight) * $0 + weight * $1 }
            let a = try LineSpectralFrequencies(mixed).predictor.coefficients
            var expected = Double(x[n])
            for k in 0..<min(16, n) { expected += a[k] * Double(x[n - 1 - k]) }
            #expect(abs(Double(residual[n]) - expected) < 1e-6)
        }
    }

    @Test func chunksDoNotMatter() throws {
        let x = Make.speech(6500)
        let lsf = try Self.frames(x)
        var analysis = try PredictionErrorFilter()
        var synthesis = try SynthesisFilter()
        let residual = try analysis.step(x, frames: lsf)
        let y = try synthesis.step(residual, frames: lsf)
        for (largest, ahead) in [(1, 1), (50, 3), (700, 1), (3000, 30)] {
            analysis.reset()
            synthesis.reset()
            var r: [Float] = []
            var z: [Float] = []
            // Frames and samples come in their own portions; what cannot be computed yet waits.
            var frames = Make.portions(lsf, seed: 3, largest: ahead)[...]
            for portion in Make.portions(x, seed: 4, largest: largest) {
                r += try analysis.step(portion, frames: frames.popFirst() ?? [])
            }
            while let more = frames.popFirst() { r += try analysis.step([], frames: more) }
            r += analysis.flush()
            #expect(r == residual, "residual, portions of \(largest)")
            var later = Make.portions(lsf, seed: 9, largest: ahead)[...]
            for portion in Make.portions(r, seed: 8, largest: largest) {
                z += try synthesis.step(portion, frames: later.popFirst() ?? [])
            }
            while let more = later.popFirst() { z += try synthesis.step([], frames: more) }
            z += synthesis.flush()
            #expect(z == y, "signal, portions of \(largest)")
        }
    }

    @Test func withoutFramesTheSignalWaitsAndThenPasses() throws {
        var filter = try PredictionErrorFilter()
        let x = Make.noise(500, seed: 1)
        #expect(try filter.step(x).isEmpty)
        #expect(filter.flush() == x)
        #expect(filter.flush().isEmpty)
    }

    @Test func badInputIsRefused() throws {
        #expect(
            throws: LPCError.invalidSetting(
                name: "subframes", value: 3, allowed: "divisors of the hop 320")
        ) { try SynthesisFilter(subframes: 3) }
        #expect(throws: LPCError.invalidOrder(0)) { try SynthesisFilter(order: 0) }
        #expect(throws: LPCError.self) { try PredictionErrorFilter(hop: 0) }
        var filter = try SynthesisFilter()
        #expect(throws: LPCError.notFinite(name: "samples", index: 1)) {
            try filter.step([0, .nan])
        }
        #expect(
            throws: LPCError.wrongCount(name: "line spectral frequencies", expected: 16, found: 10)
        ) {
            try filter.step([0], frames: [LineSpectralFrequencies(flat: 10)])
        }
        #expect(filter.flush().isEmpty)
    }
}
