import Foundation
import TestSupport
import LPCModule
import NeuralNetwork
import Testing

@Suite struct EnvelopeGradientTests {
    /// The product formula against the transform of the predictor.
    @Test func envelopeIsThatOfThePredictor() throws {
        let x = try GradientTests.spectra(1, 4, order: 16, seed: 3)
        let graph = Graph<Double>()
        let y = graph.envelopeDecibels(lineSpectrum: x.tensor(graph), points: 50).array
        for t in 0..<4 {
            let predictor = try LineSpectralFrequencies(Array(x.values[t * 16..<t * 16 + 16]))
                .predictor
            for (a, b) in zip(y[t * 50..<t * 50 + 50], predictor.envelopeDecibels(points: 50)) {
                #expect(abs(a - b) < 1e-8)
            }
        }
    }

    @Test func envelopeGradient() throws {
        for order in [2, 6, 16] {
            let result = GradientCheck(step: 1e-6)([
                try GradientTests.spectra(1, 3, order: order, seed: 5)
            ]) { g, t in
                [g.envelopeDecibels(lineSpectrum: t[0], points: 24)]
            }
            #expect(result.worst < 1e-5, "order \(order): \(result)")
        }
    }
}
