import Foundation
import LPCModule
import NeuralNetwork
import Testing

@Suite struct LevinsonDurbinTests {
    /// Gaussian elimination on the full Toeplitz system.
    static func reference(_ r: [Double]) -> [Double] {
        let p = r.count - 1
        var m: [[Double]] = (0..<p).map { (i: Int) -> [Double] in
            (0..<p).map { r[abs(i - $0)] } + [-r[i + 1]]
        }
        for i in 0..<p {
            for row in i + 1..<p {
                let f = m[row][i] / m[i][i]
                for c in i...p { m[row][c] -= f * m[i][c] }
            }
        }
        var a = [Double](repeating: 0, count: p)
        for i in (0..<p).reversed() {
            var sum = m[i][p]
            for c in i + 1..<p { sum -= m[i][c] * a[c] }
            a[i] = sum / m[i][i]
        }
        return a
    }

    @Test func solvesTheNormalEquations() throws {
        for order in [2, 4, 10, 16, 32] {
            let x = Make.noise(400, seed: UInt64(order)).map(Double.init)
            let y: [Double] = x.indices.map { (n: Int) -> Double in
                let one = n > 0 ? x[n - 1] : 0
                let three = n > 2 ? x[n - 3] : 0
                return x[n] + 0.8 * one - 0.3 * three
            }
            let r = Autocorrelation.windowed(
                y, window: Array(repeating: 1, count: 400), order: order)
            let solution = try LevinsonDurbin.solve(r)
            let expected = Self.reference(r)
            for (a, b) in zip(solution.predictor.coefficients, expected) {
                #expect(abs(a - b) < 1e-11)
            }
            // Error energy = r[0] + sum a_k r[k].
            let energy = zip(expected, r.dropFirst()).reduce(r[0]) { $0 + $1.0 * $1.1 }
            #expect(abs(solution.relativeError - energy / r[0]) < 1e-11)
            let down = try solution.predictor.reflectionCoefficients()
            for (a, b) in zip(down, solution.reflection) { #expect(abs(a - b) < 1e-10) }
        }
    }

    @Test func autocorrelationIsItsDefinition() {
        let x: [Double] = [1, 2, -1, 0.5]
        let w: [Double] = [0.5, 1, 1, 2]
        let products: [Double] = [6.25, -2, 1.5, 0.5, 0]
        // Weighted: 0.5, 2, -1, 1.
        #expect(Autocorrelation.windowed(x, window: w, order: 4) == products)
        let lag = Autocorrelation.lagWindow(order: 2, bandwidth: 60, sampleRate: 16000)
        let angle = 2 * Double.pi * 60 * 2 / 16000
        let expected = exp(-0.5 * angle * angle)
        #expect(lag[0] == 1 && abs(lag[2] - expected) < 1e-15)
        #expect(
            Autocorrelation.condition([2, 1], lagWindow: [1, 0.5], whiteNoise: 0.5, floor: 1) == [
                4, 0.5,
            ])
    }

    /// An autoregressive process gives its own coefficients back.
    @Test func recoversAnAutoregressiveModel() throws {
        let order = 4
        let model = [-1.2, 0.9, -0.3, 0.1]
        let e = Make.noise(60_000, seed: 9).map(Double.init)
        var x: [Double] = []
        for n in e.indices {
            var sum = e[n]
            for k in 0..<min(order, n) { sum -= model[k] * x[n - 1 - k] }
            x.append(sum)
        }
        let solution = try LevinsonDurbin.solve(
            Autocorrelation.windowed(x, window: Array(repeating: 1, count: x.count), order: order))
        for (a, b) in zip(solution.predictor.coefficients, model) { #expect(abs(a - b) < 0.02) }
    }

    @Test func whatIsNoAutocorrelationStaysStable() throws {
        #expect(try LevinsonDurbin.solve([0, 0, 0]).predictor.coefficients == [0, 0])
        #expect(try LevinsonDurbin.solve([1, 5, -3]).predictor.isStable)
        #expect(try LevinsonDurbin.solve([1, 1, 1, 1, 1]).predictor.isStable)
        #expect(try LevinsonDurbin.solve([-1, 0, 0]).predictor.coefficients == [0, 0])
        #expect(throws: LPCError.invalidOrder(3)) { try LevinsonDurbin.solve([1, 0, 0, 0]) }
        #expect(throws: LPCError.invalidOrder(-1)) { try LevinsonDurbin.solve([]) }
        #expect(throws: LPCError.notFinite(name: "autocorrelation", index: 1)) {
            try LevinsonDurbin.solve([1, .nan, 0])
        }
    }
}
