import Foundation
import LPCModule
import NeuralNetwork
import Testing

@Suite struct LineSpectralFrequencyTests {
    @Test func roundTripsOverRandomPredictors() throws {
        var random = RandomSource(seed: 1)
        var worst = 0.0
        var worstBack = 0.0
        for trial in 0..<400 {
            let a = try Make.predictor(
                &random, order: [2, 6, 10, 16, 24][trial % 5], limit: trial % 3 == 0 ? 0.95 : 0.6)
            let lsf = try a.lineSpectralFrequencies()
            for (x, y) in zip(lsf.predictor.coefficients, a.coefficients) {
                worst = max(worst, abs(x - y) / max(1, abs(y)))
            }
            let again = try lsf.predictor.lineSpectralFrequencies()
            for (x, y) in zip(lsf.values, again.values) { worstBack = max(worstBack, abs(x - y)) }
        }
        #expect(worst < 1e-9, "coefficients \(worst)")
        #expect(worstBack < 1e-7, "frequencies \(worstBack)")
    }

    /// At every frequency the polynomial it belongs to vanishes, evaluated term by term.
    @Test func frequenciesAreRootsOfTheirPolynomials() throws {
        var random = RandomSource(seed: 5)
        for _ in 0..<50 {
            let predictor = try Make.predictor(&random)
            let a = [1] + predictor.coefficients + [0]
            for (i, w) in try predictor.lineSpectralFrequencies().values.enumerated() {
                var re = 0.0
                var im = 0.0
                for k in 0...17 {
                    let c = i % 2 == 0 ? a[k] + a[17 - k] : a[k] - a[17 - k]
                    re += c * cos(w * Double(k))
                    im -= c * sin(w * Double(k))
                }
                #expect((re * re + im * im).squareRoot() < 1e-11)
            }
        }
    }

    @Test func flatIsEquallySpaced() throws {
        let flat = try LineSpectralFrequencies(flat: 16)
        for a in flat.predictor.coefficients { #expect(abs(a) < 1e-12) }
        let found = try LinearPredictor(Array(repeating: 0, count: 16)).lineSpectralFrequencies()
        for (x, y) in zip(found.values, flat.values) { #expect(abs(x - y) < 1e-14) }
    }

    /// Every ordered set is a stable filter, however close its members.
    @Test func orderedMeansStable() throws {
        var random = RandomSource(seed: 8)
        for gap in [0.2, 0.03, 0.005, 1e-3] {
            for _ in 0..<100 {
                let raw = (0..<16).map { _ in random.uniform(-0.3, 3.4) }.sorted()
                guard gap < .pi / 17 else { continue }
                let lsf = try LineSpectralFrequencies(separating: raw, minimumGap: gap)
                #expect(lsf.smallestGap > gap - 1e-12)
                if gap > 2e-3 { #expect(lsf.predictor.isStable, "gap \(gap)") }
            }
        }
    }

    @Test func narrowPairsAreFound() throws {
        // Pairs 0.0002 apart, far below the first grid.
        let values: [Double] = (0..<8).flatMap { (i: Int) -> [Double] in
            [0.2 + 0.35 * Double(i), 0.2002 + 0.35 * Double(i)]
        }
        let lsf = try LineSpectralFrequencies(values)
        let found = try lsf.predictor.lineSpectralFrequencies()
        for (x, y) in zip(found.values, values) { #expect(abs(x - y) < 1e-6) }
        // Three in a row within 0.002: two roots of one polynomial in one cell of the first grid.
        let others: [Double] = (0..<13).map { 0.5 + 0.19 * Double($0) }
        let triple = [0.3, 0.301, 0.302] + others
        let other = try LineSpectralFrequencies(triple).predictor.lineSpectralFrequencies()
        for (x, y) in zip(other.values, triple) { #expect(abs(x - y) < 1e-6) }
    }

    @Test func badInputIsRefused() throws {
        #expect(throws: LPCError.notOrdered(index: 1, below: 1, value: 0.5)) {
            try LineSpectralFrequencies([1, 0.5])
        }
        #expect(throws: LPCError.notOrdered(index: 1, below: 1, value: 4)) {
            try LineSpectralFrequencies([1, 4])
        }
        #expect(throws: LPCError.notOrdered(index: 0, below: 0, value: 0)) {
            try LineSpectralFrequencies([0, 1])
        }
        #expect(throws: LPCError.invalidOrder(3)) { try LineSpectralFrequencies([0.1, 0.2, 0.3]) }
        #expect(throws: LPCError.notFinite(name: "line spectral frequencies", index: 0)) {
            try LineSpectralFrequencies([.nan, 1])
        }
        #expect(throws: LPCError.self) {
            try LineSpectralFrequencies(separating: [1, 2], minimumGap: 2)
        }
        #expect(throws: LPCError.self) { try LinearPredictor([0, 1.5]).lineSpectralFrequencies() }
        #expect(throws: LPCError.invalidOrder(34)) {
            try LinearPredictor(Array(repeating: 0, count: 34))
        }
        #expect(!(try LinearPredictor([0, 1])).isStable)
    }

    @Test func separationMovesOnlyWhatItMust() {
        var values = [0.5, 0.4, 1, 3.2]
        LineSpectralSeparation.separate(&values, gap: 0.1, top: .pi)
        for (x, y) in zip(values, [0.5, 0.6, 1, .pi - 0.1]) { #expect(abs(x - y) < 1e-15) }
        var integers = [40, 40, 41, 5]
        LineSpectralSeparation.separate(&integers, gap: 3, top: 50)
        #expect(integers == [38, 41, 44, 47])
    }
}
