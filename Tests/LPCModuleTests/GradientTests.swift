import Foundation
import TestSupport
import LPCModule
import NeuralNetwork
import Testing

@Suite struct GradientTests {
    static func spectra(_ batch: Int, _ frames: Int, order: Int, seed: UInt64) throws -> TestArray {
        var random = RandomSource(seed: seed)
        let rows = try (0..<batch * frames).flatMap { _ in
            try Make.predictor(&random, order: order, limit: 0.6).lineSpectralFrequencies().values
        }
        return TestArray(Shape(batch, frames, order), rows)
    }

    @Test func predictorOperationIsTheLibraryFunction() throws {
        let x = try Self.spectra(2, 3, order: 16, seed: 1)
        let graph = Graph<Double>()
        let floats = Graph<Float>()
        let expected = try (0..<6).flatMap {
            try LineSpectralFrequencies(Array(x.values[$0 * 16..<$0 * 16 + 16])).predictor
                .coefficients
        }
        #expect(graph.linearPredictor(lineSpectrum: x.tensor(graph)).array == expected)
        #expect(
            deviation(floats.linearPredictor(lineSpectrum: x.tensor(floats)).array, expected) < 1e-5
        )
    }

    @Test func predictorGradient() throws {
        for order in [2, 8, 16] {
            let result = GradientCheck(step: 1e-6)([try Self.spectra(2, 2, order: order, seed: 4)])
            { g, t in [g.linearPredictor(lineSpectrum: t[0])] }
            #expect(result.worst < 1e-6, "order \(order): \(result)")
        }
    }

    @Test func residualAndSynthesisGradients() throws {
        let x = TestArray.random(2, 48, 1, seed: 2)
        let lsf = try Self.spectra(2, 3, order: 6, seed: 7)
        // To the signal and the coefficients, then through the coefficients to the line spectrum:
        // option (c) of collaborative quantisation.
        let a = Graph<Double>()
        let coefficients = TestArray(
            lsf.shape, a.linearPredictor(lineSpectrum: lsf.tensor(a)).array)
        let residual = GradientCheck()([x, coefficients]) { g, t in
            [g.predictionResidual(t[0], predictor: t[1])]
        }
        #expect(residual.worst < 1e-6, "\(residual)")
        let synthesis = GradientCheck()([x, coefficients]) { g, t in
            [g.synthesis(t[0], predictor: t[1])]
        }
        #expect(synthesis.worst < 1e-6, "\(synthesis)")
        let whole = GradientCheck(step: 1e-6)([x, lsf]) { g, t in
            let predictor = g.linearPredictor(lineSpectrum: g.interpolatedFrames(t[1], steps: 2))
            let r = g.predictionResidual(t[0], predictor: predictor)
            // Something happens to the residual, so that the pair does not cancel.
            return [r, g.synthesis(g.unary(.tanh, r), predictor: predictor)]
        }
        #expect(whole.worst < 1e-5, "\(whole)")
    }

    /// The operations are the streaming filters.
    @Test func operationsAgreeWithTheStreams() throws {
        let x = Make.speech(1600)
        let lsf = try PredictionFilterTests.frames(x)
        let graph = Graph<Double>()
        let floats = Graph<Float>()
        var analysis = try PredictionErrorFilter()
        var synthesis = try SynthesisFilter()
        let residual = try analysis.step(x, frames: lsf)
        let y = try synthesis.step(residual.map { $0 * 0.9 + 0.01 }, frames: lsf)
        func check<S: EngineScalar>(_ g: Graph<S>, _ limit: Double) {
            let l = g.input(Shape(1, 5, 16), lsf.flatMap { $0.values.map { S($0) } })
            let a = g.linearPredictor(lineSpectrum: g.interpolatedFrames(l, steps: 4))
            let r = g.predictionResidual(g.input(Shape(1, 1600, 1), x.map { S($0) }), predictor: a)
            #expect(deviation(r.array, residual) < limit)
            #expect(
                deviation(g.synthesis(g.affine(r, scale: 0.9, shift: 0.01), predictor: a).array, y)
                    < limit)
            #expect(deviation(g.synthesis(r, predictor: a).array, x) < limit)
        }
        check(graph, 1e-5)
        check(floats, 3e-3)
    }

    @Test func separationAndInterpolationGradients() throws {
        let values = TestArray(Shape(1, 2, 4), [0.5, 0.4, 1, 3.2, 0.02, 0.9, 0.95, 2])
        let result = GradientCheck(step: 1e-6)([values]) { g, t in
            [g.separated(lineSpectrum: t[0], gap: 0.1)]
        }
        #expect(result.worst < 1e-6, "\(result)")
        let graph = Graph<Double>()
        let y = graph.separated(lineSpectrum: values.tensor(graph), gap: 0.1).array
        for row in 0..<2 {
            var expected = Array(values.values[row * 4..<row * 4 + 4])
            LineSpectralSeparation.separate(&expected, gap: 0.1, top: .pi)
            for (a, b) in zip(y[row * 4..<row * 4 + 4], expected) { #expect(abs(a - b) < 1e-15) }
        }
        let between = GradientCheck()([.random(2, 3, 4, seed: 5)]) { g, t in
            [g.interpolatedFrames(t[0], steps: 4)]
        }
        #expect(between.worst < 1e-8, "\(between)")
    }
}
