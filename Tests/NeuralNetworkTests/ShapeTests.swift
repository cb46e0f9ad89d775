import NeuralNetwork
import Testing

@Suite struct ShapeTests {
    typealias Run = @Sendable (Graph<Double>, [Tensor<Double>]) -> Tensor<Double>

    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var inputs: [TestArray]
        var run: Run
        var expected: TestArray
    }

    static let x = TestArray.random(2, 7, 6, seed: 1)
    static let y = TestArray.random(2, 7, 1, seed: 2)
    static let z = TestArray.random(2, 7, 3, seed: 3)
    static let row = TestArray.random(3, 1, 4, seed: 4)

    static let cases: [Case] = [
        Case(
            description: "concatenate", inputs: [x, y, z], run: { g, t in g.concatenate(t) },
            expected: .make(Shape(2, 7, 10)) {
                $2 < 6 ? x[$0, $1, $2] : $2 < 7 ? y[$0, $1, 0] : z[$0, $1, $2 - 7]
            }),
        Case(
            description: "concatenate with itself", inputs: [z],
            run: { g, t in g.concatenate([t[0], t[0]]) },
            expected: .make(Shape(2, 7, 6)) {
                z[$0, $1, $2 % 3]
            }),
        Case(
            description: "channels 2..<5", inputs: [x], run: { g, t in g.channels(t[0], 2..<5) },
            expected: .make(Shape(2, 7, 3)) { x[$0, $1, $2 + 2] }),
        Case(
            description: "channels, all", inputs: [x], run: { g, t in g.channels(t[0], 0..<6) },
            expected: x),
        Case(
            description: "delay 2", inputs: [x], run: { g, t in g.delay(t[0], by: 2) },
            expected: .make(x.shape) { x.padded($0, $1 - 2, $2) }),
        Case(
            description: "delay -3", inputs: [x], run: { g, t in g.delay(t[0], by: -3) },
            expected: .make(x.shape) { x.padded($0, $1 + 3, $2) }),
        Case(
            description: "delay 0", inputs: [x], run: { g, t in g.delay(t[0], by: 0) },
            expected: x),
        Case(
            description: "delay beyond the end", inputs: [x], run: { g, t in g.delay(t[0], by: 9) },
            expected: .make(x.shape) { _, _, _ in 0 }),
        Case(
            description: "delay beyond the start", inputs: [x],
            run: { g, t in g.delay(t[0], by: -9) }, expected: .make(x.shape) { _, _, _ in 0 }),
        Case(
            description: "pad", inputs: [x], run: { g, t in g.pad(t[0], before: 2, after: 3) },
            expected: .make(Shape(2, 12, 6)) { x.padded($0, $1 - 2, $2) }),
        Case(
            description: "frames 1..<4", inputs: [x], run: { g, t in g.frames(t[0], 1..<4) },
            expected: .make(Shape(2, 3, 6)) { x[$0, $1 + 1, $2] }),
        Case(
            description: "repeatFrames", inputs: [z], run: { g, t in g.repeatFrames(t[0], 3) },
            expected: .make(Shape(2, 21, 3)) { z[$0, $1 / 3, $2] }),
        Case(
            description: "broadcastFrames", inputs: [row],
            run: { g, t in g.broadcastFrames(t[0], 5) },
            expected: .make(Shape(3, 5, 4)) { b, _, c in
                row[b, 0, c]
            }),
        Case(
            description: "subPixelShuffle 2", inputs: [x],
            run: { g, t in g.subPixelShuffle(t[0], 2) },
            expected: .make(Shape(2, 14, 3)) {
                x[$0, $1 / 2, $2 * 2 + $1 % 2]
            }),
        Case(
            description: "subPixelShuffle 3", inputs: [x],
            run: { g, t in g.subPixelShuffle(t[0], 3) },
            expected: .make(Shape(2, 21, 2)) {
                x[$0, $1 / 3, $2 * 3 + $1 % 3]
            }),
        Case(
            description: "reshaped", inputs: [x], run: { g, t in t[0].reshaped(2, 21, 2) },
            expected: TestArray(Shape(2, 21, 2), x.values)),
        Case(
            description: "reshaped then cut", inputs: [x],
            run: { g, t in g.channels(t[0].reshaped(2, 21, 2), 1..<2) },
            expected: .make(Shape(2, 21, 1)) {
                x.values[($0 * 21 + $1) * 2 + 1 + $2]
            }),
    ]

    @Test(arguments: cases) func valuesAndGradients(_ c: Case) {
        let graph = Graph<Double>()
        #expect(deviation(c.run(graph, c.inputs.map { $0.tensor(graph) }), c.expected) == 0)
        // Squares after the operation: a gradient that lands at the wrong place is then wrong in
        // size too.
        let result = GradientCheck()(c.inputs) { g, t in [g.unary(.square, c.run(g, t))] }
        #expect(result.worst < 1e-7, "\(result)")
    }

    @Test func neighbourhood() {
        let a = TestArray.random(2, 5, 4, seed: 1)
        let b = TestArray.random(2, 5, 4, seed: 2)
        let lags: [(map: Int, dt: Int, dk: Int)] = [
            (0, 0, -1), (0, 0, 0), (1, -1, 2), (0, -2, 0), (1, 1, -3), (0, -7, 0), (1, 0, 9),
        ]
        let graph = Graph<Double>()
        func run(_ g: Graph<Double>, _ t: [Tensor<Double>]) -> Tensor<Double> {
            g.neighbourhood(lags.map { (map: t[$0.map], dt: $0.dt, dk: $0.dk) })
        }
        let expected = TestArray.make(Shape(2, 20, lags.count)) { item, point, f in
            let t = point / 4 + lags[f].dt
            let k = point % 4 + lags[f].dk
            guard t >= 0, t < 5, k >= 0, k < 4 else { return 0 }
            return [a, b][lags[f].map][item, t, k]
        }
        #expect(deviation(run(graph, [a.tensor(graph), b.tensor(graph)]), expected) == 0)
        let result = GradientCheck()([a, b]) { g, t in [g.unary(.square, run(g, t))] }
        #expect(result.worst < 1e-7, "\(result)")
    }

    @Test func reductions() {
        let x = TestArray.random(3, 5, 4, seed: 1)
        let w = TestArray.random(3, 5, 4, seed: 2).values
        let graph = Graph<Double>()
        let t = x.tensor(graph)
        #expect(abs(graph.sum(t).array[0] - x.values.reduce(0, +)) < 1e-14)
        #expect(abs(graph.mean(t).array[0] - x.values.reduce(0, +) / 60) < 1e-14)
        #expect(
            abs(
                graph.weightedSum(t, weights: w).array[0]
                    - zip(x.values, w).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-14)
        let items = TestArray.make(Shape(3, 1, 1)) { b, _, _ in
            x.values[b * 20..<b * 20 + 20].reduce(0, +)
        }
        #expect(deviation(graph.sumPerItem(t), items) < 1e-14)
        let result = GradientCheck()([x]) { g, t in
            let y = g.unary(.square, t[0])
            return [g.sum(y), g.mean(y), g.sumPerItem(y), g.weightedSum(y, weights: w)]
        }
        #expect(result.worst < 1e-7, "\(result)")
    }

    /// A long single-precision sum keeps about the digits of a double one.
    @Test func longSum() {
        let graph = Graph<Float>()
        let x = TestArray.random(1, 100_000, 1, seed: 1).values.map { Float($0 + 1) }
        let exact = x.reduce(0.0) { $0 + Double($1) }
        #expect(
            abs(Double(graph.sum(graph.input(Shape(1, x.count, 1), x)).array[0]) - exact) < 1e-6
                * exact)
    }
}
