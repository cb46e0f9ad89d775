import Foundation
import NeuralNetwork
import Testing

@Suite struct QuantisationTests {
    static let symbols: [Double] = [-12, -3, -1, -0.4, 0, 0.3, 1, 2, 5, 20]
    static let logScales: [Double] = [-3, -1.5, -0.5, 0, 1, 3, 6.5, 8, 12]

    @Test func logisticBitsAreTheMassOfTheBin() {
        let graph = Graph<Double>()
        let floats = Graph<Float>()
        for logScale in Self.logScales {
            for q in Self.symbols {
                let expected = Reference.logisticBits(q, scale: exp(logScale))
                // The reference itself loses digits by its difference of two close numbers.
                let loss = 1e-15 * exp2(expected)
                guard expected.isFinite else { continue }
                let bits = graph.logisticBits(
                    graph.input(Shape(1, 1, 1), [q]),
                    logScale: graph.input(Shape(1, 1, 1), [logScale])
                ).array[0]
                #expect(
                    abs(bits - expected) < 1e-7 * max(expected, 1) + loss,
                    "q \(q), log scale \(logScale): \(bits), expected \(expected)")
                let single = floats.logisticBits(
                    floats.input(Shape(1, 1, 1), [Float(q)]),
                    logScale: floats.input(Shape(1, 1, 1), [Float(logScale)])
                ).array[0]
                #expect(
                    abs(Double(single) - expected) < 1e-4 * max(expected, 1) + loss,
                    "single: q \(q), log scale \(logScale): \(single), \(expected)")
            }
        }
    }

    /// All bins together hold all the mass.
    @Test func probabilitiesSumToOne() {
        let graph = Graph<Double>()
        for logScale in [-4.0, -1, 0, 2] {
            let q = (-2000...2000).map(Double.init)
            let shape = Shape(1, q.count, 1)
            let bits = graph.logisticBits(
                graph.input(shape, q), mean: graph.input(shape, q.map { _ in 0.37 }),
                logScale: graph.input(shape, q.map { _ in logScale }))
            #expect(abs(bits.array.reduce(0) { $0 + exp2(-$1) } - 1) < 1e-9)
        }
    }

    /// Far tails and extreme scales stay finite, and cost what the tail of a logistic density
    /// costs: about |q| / (s ln 2).
    @Test func extremesStayFinite() {
        func check<S: EngineScalar>(_ graph: Graph<S>) {
            for (q, logScale) in [
                (1e6, 0.0), (-1e6, 0), (3, -8), (0, -8), (0, -30), (1, 30), (0, 30), (0.5, -10),
                (500, 10),
            ] {
                let x = graph.input(Shape(1, 1, 1), CollectionOfOne(S(q)), tracked: true)
                let s = graph.input(Shape(1, 1, 1), CollectionOfOne(S(logScale)), tracked: true)
                let bits = graph.logisticBits(x, logScale: s)
                graph.backward(bits)
                let value = Double(bits.array[0])
                let scale = exp(logScale)
                #expect(value.isFinite && value >= 0, "\(S.self): \(q), \(logScale): \(value)")
                #expect(
                    x.gradientArray?[0].isFinite == true && s.gradientArray?[0].isFinite == true,
                    "\(S.self): \(q), \(logScale)")
                if abs(q) > 1, scale < abs(q) / 50 {
                    #expect(abs(value - (abs(q) - 0.5) / scale / log(2)) < 0.01 * value)
                }
                graph.reset()
            }
        }
        check(Graph<Double>())
        check(Graph<Float>())
    }

    @Test func logisticBitsGradients() {
        // Each scale apart: the derivatives differ by orders of magnitude.
        for logScale in Self.logScales + [-6] {
            let n = Self.symbols.count
            let q = TestArray(Shape(1, n, 1), Self.symbols)
            let mean = TestArray.random(1, n, 1, seed: 1)
            let s = TestArray(
                Shape(1, n, 1), Self.symbols.indices.map { logScale + 0.01 * Double($0) })
            let both = GradientCheck(step: 1e-4)([q, mean, s]) { g, t in
                [g.logisticBits(t[0], mean: t[1], logScale: t[2])]
            }
            #expect(both.worst < 1e-5, "log scale \(logScale): \(both)")
            let noMean = GradientCheck(step: 1e-4)([q, s]) { g, t in
                [g.logisticBits(t[0], logScale: t[1])]
            }
            #expect(noMean.worst < 1e-5, "log scale \(logScale): \(noMean)")
        }
    }

    @Test func softAssignment() {
        let x = TestArray.random(2, 4, 2, seed: 1, scale: 1.2)
        let c = TestArray(Shape(1, 1, 5), [-1, -0.45, 0.03, 0.5, 1.1])
        for sharpness in [0.0, 3, 40] {
            let alpha = TestArray(Shape(1, 1, 1), [sharpness])
            let graph = Graph<Double>()
            let floats = Graph<Float>()
            let weights = TestArray.make(Shape(2, 8, 5)) { b, i, k in
                let value = x.values[b * 8 + i]
                return exp(-sharpness * abs(value - c.values[k]))
                    / c.values.reduce(0) { $0 + exp(-sharpness * abs(value - $1)) }
            }
            let values = TestArray.make(x.shape) { b, t, n in
                (0..<5).reduce(0) { $0 + weights[b, t * 2 + n, $1] * c.values[$1] }
            }
            let y = graph.softAssign(
                x.tensor(graph), centroids: c.tensor(graph), sharpness: alpha.tensor(graph))
            #expect(deviation(y.values, values) < 1e-14 && deviation(y.weights, weights) < 1e-14)
            let single = floats.softAssign(
                x.tensor(floats), centroids: c.tensor(floats), sharpness: alpha.tensor(floats))
            #expect(
                deviation(single.values, values) < 1e-5 && deviation(single.weights, weights) < 1e-5
            )
            for part in 0..<3 {
                let result = GradientCheck(step: 1e-6)([x, c, alpha]) { g, t in
                    let y = g.softAssign(t[0], centroids: t[1], sharpness: t[2])
                    return part == 0
                        ? [y.values]
                        : part == 1 ? [y.weights] : [y.values, g.unary(.square, y.weights)]
                }
                #expect(result.worst < 1e-6, "sharpness \(sharpness), part \(part): \(result)")
            }
        }
    }

    /// The papers' sharpness: no overflow, and away from cell boundaries the nearest centroid.
    @Test func sharpAssignmentIsTheNearestCentroid() {
        let centroids = (0..<32).map { Float(-1 + 2 * Double($0) / 31) }
        let graph = Graph<Float>()
        let values: [Float] = [-1.5, -0.98, -0.02, 0.025, 0.49, 0.99, 3]
        let y = graph.softAssign(
            graph.input(Shape(1, values.count, 1), values),
            centroids: graph.input(Shape(1, 1, 32), centroids),
            sharpness: graph.input(Shape(1, 1, 1), [300]))
        for (i, value) in values.enumerated() {
            let nearest = centroids.min { abs($0 - value) < abs($1 - value) } ?? 0
            #expect(abs(y.values.array[i] - nearest) < 2e-3, "\(value)")
            #expect(abs(y.weights.array[i * 32..<i * 32 + 32].reduce(0, +) - 1) < 1e-6)
        }
    }

    @Test func noiseIsUniformAndRepeatable() {
        let graph = Graph<Float>()
        let n = 100_000
        let a = graph.uniformNoise(Shape(1, n, 1), seed: 5).array
        #expect(a == graph.uniformNoise(Shape(1, n, 1), seed: 5).array)
        #expect(a != graph.uniformNoise(Shape(1, n, 1), seed: 6).array)
        #expect(a.allSatisfy { $0 >= -0.5 && $0 < 0.5 })
        let mean = a.reduce(0.0) { $0 + Double($1) } / Double(n)
        let power = a.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(n)
        let lag = zip(a, a.dropFirst()).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / Double(n)
        #expect(abs(mean) < 0.005 && abs(power - 1.0 / 12) < 0.002 && abs(lag) < 0.002)
    }
}
