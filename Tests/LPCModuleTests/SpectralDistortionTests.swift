import Foundation
import LPCModule
import NeuralNetwork
import Testing

@Suite struct SpectralDistortionTests {
    /// One pole pair r, -r against flat: ln |1 - r^2 e^-2jw|^2 = -2 sum r^2n cos(2nw) / n, mean
    /// square 2 sum r^4n / n^2.
    @Test func agreesWithTheClosedForm() throws {
        for r in [0.2, 0.7, 0.95] {
            let a = try LinearPredictor([0, -r * r])
            let flat = try LinearPredictor([0, 0])
            var sum = 0.0
            for n in 1...4000 { sum += pow(r, 4 * Double(n)) / Double(n * n) }
            let expected = 10 / log(10) * (2 * sum).squareRoot()
            #expect(abs(SpectralDistortion(points: 2048)(a, flat) - expected) < 1e-6 * expected)
        }
    }

    @Test func envelopeIsTheTransformOfThePredictor() throws {
        var random = RandomSource(seed: 2)
        let predictor = try Make.predictor(&random)
        let envelope = predictor.envelopeDecibels(points: 64)
        for m in 0..<64 {
            let w = (Double(m) + 0.5) * .pi / 64
            var re = 1.0
            var im = 0.0
            for (k, a) in predictor.coefficients.enumerated() {
                re += a * cos(w * Double(k + 1))
                im -= a * sin(w * Double(k + 1))
            }
            #expect(abs(envelope[m] + 10 * log10(re * re + im * im)) < 1e-9)
        }
    }

    @Test func isADistance() throws {
        var random = RandomSource(seed: 4)
        let a = try Make.predictor(&random)
        let b = try Make.predictor(&random)
        let measure = SpectralDistortion()
        #expect(measure(a, a) == 0)
        #expect(measure(a, b) == measure(b, a) && measure(a, b) > 1)
    }

    @Test func summaryCounts() {
        var summary = SpectralDistortion.Summary()
        #expect(summary.mean == 0 && summary.shareAbove2 == 0)
        for x in [0.5, 1.5, 2.5, 4.5] { summary.add(x) }
        #expect(
            summary.frames == 4 && summary.mean == 2.25 && summary.shareAbove2 == 0.5
                && summary.shareAbove4 == 0.25)
    }
}
