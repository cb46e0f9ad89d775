import Foundation
import NeuralNetwork
import Testing

@Suite struct ElementwiseTests {
    struct Function: Sendable, CustomStringConvertible {
        var name: String
        var function: UnaryFunction
        var exact: @Sendable (Double) -> Double
        /// Values tried; kinks lie between them.
        var values: [Double]
        /// Derivative, where it is not that of `exact`.
        var hasTrueGradient = true
        var description: String { name }
    }

    static let spread: [Double] = [
        -30, -8, -3.1, -1.2, -0.7, -0.01, 0.02, 0.4, 0.9, 1.7, 4.4, 12, 40,
    ]
    static let positive: [Double] = [1e-8, 1e-3, 0.02, 0.4, 0.9, 1.7, 4.4, 12, 400, 1e6]
    static let functions = [
        Function(name: "tanh", function: .tanh, exact: { tanh($0) }, values: spread),
        Function(
            name: "sigmoid", function: .sigmoid, exact: { 1 / (1 + exp(-$0)) }, values: spread),
        Function(
            name: "exp", function: .exp, exact: { exp($0) },
            values: [-30, -8, -1.2, -0.01, 0.4, 2, 5]),
        Function(name: "asinh", function: .asinh, exact: { asinh($0) }, values: spread),
        Function(name: "abs", function: .abs, exact: { abs($0) }, values: spread),
        Function(name: "square", function: .square, exact: { $0 * $0 }, values: spread),
        Function(name: "relu", function: .relu, exact: { max($0, 0) }, values: spread),
        Function(
            name: "softplus", function: .softplus, exact: { max($0, 0) + log1p(exp(-abs($0))) },
            values: spread),
        Function(
            name: "log", function: .log(floor: 0.01), exact: { log(max($0, 0.01)) },
            values: [-3, 0, 0.005, 0.02, 0.7, 3, 1000]),
        Function(
            name: "leakyReLU", function: .leakyReLU(slope: 0.2), exact: { $0 > 0 ? $0 : 0.2 * $0 },
            values: spread),
        Function(
            name: "squareRoot", function: .squareRoot(offset: 0.25),
            exact: { ($0 + 0.25).squareRoot() }, values: [0, 0.01, 0.5, 3, 100]),
        Function(
            name: "round", function: .round, exact: { $0.rounded(.toNearestOrEven) },
            values: spread + [0.5, 1.5, 2.5, -0.5, -1.5], hasTrueGradient: false),
        Function(
            name: "clamp", function: .clamp(bound: 2), exact: { min(max($0, -2), 2) },
            values: spread),
    ]

    @Test(arguments: functions) func unary(_ f: Function) {
        let x = TestArray(Shape(1, f.values.count, 1), f.values)
        let doubles = Graph<Double>()
        let floats = Graph<Float>()
        let y = doubles.unary(f.function, x.tensor(doubles)).array
        let single = floats.unary(f.function, x.tensor(floats)).array
        for (i, value) in f.values.enumerated() {
            let exact = f.exact(value)
            #expect(abs(y[i] - exact) <= 1e-14 * max(abs(exact), 1), "\(f)(\(value))")
            // Rounding the argument to single precision moves the value too.
            let rounded = f.exact(Double(Float(value)))
            #expect(
                abs(Double(single[i]) - rounded) <= 4e-7 * max(abs(rounded), 1),
                "\(f)(\(value)) single: \(single[i]), exact \(rounded)")
        }
        guard f.hasTrueGradient else { return }
        // One value at a time: a large derivative must not hide a small one.
        for value in f.values {
            let result = GradientCheck(step: 1e-6 * max(1, abs(value)))([
                TestArray(Shape(1, 1, 1), [value])
            ]) { g, t in [g.unary(f.function, t[0])] }
            #expect(result.worst < 1e-6, "\(f)'(\(value)): \(result)")
        }
    }

    @Test func singleAndDoubleGradientsAgree() {
        for f in Self.functions {
            func gradient<S>(_ graph: Graph<S>) -> [S] {
                let x = graph.input(
                    Shape(1, f.values.count, 1), f.values.map { S($0) }, tracked: true)
                graph.backward(graph.sum(graph.unary(f.function, x)))
                return x.gradientArray ?? []
            }
            for (a, b) in zip(gradient(Graph<Float>()), gradient(Graph<Double>())) {
                #expect(abs(Double(a) - b) <= 2e-6 * max(abs(b), 1), "\(f): \(a), \(b)")
            }
        }
    }

    @Test func roundPassesTheGradientStraightThrough() {
        let graph = Graph<Double>()
        let x = graph.input(Shape(1, 4, 1), [0.2, -1.7, 0.5, 3], tracked: true)
        graph.backward(graph.weightedSum(graph.unary(.round, x), weights: [1, 2, 3, 4]))
        #expect(x.gradientArray == [1, 2, 3, 4])
    }

    @Test func straightThroughReplacesValuesOnly() {
        let graph = Graph<Double>()
        let x = graph.input(Shape(1, 3, 1), [0.2, -1.7, 0.5], tracked: true)
        let y = graph.straightThrough(x, values: [7, 8, 9])
        #expect(y.array == [7, 8, 9])
        graph.backward(graph.weightedSum(y, weights: [1, -2, 3]))
        #expect(x.gradientArray == [1, -2, 3])
        #expect(graph.straightThrough(x.detached, values: [1, 2, 3]).grad == nil)
    }

    @Test func arithmetic() {
        let a = TestArray.random(2, 3, 4, seed: 1)
        let b = TestArray.random(2, 3, 4, seed: 2)
        let v = TestArray.random(1, 1, 4, seed: 3)
        let g = Graph<Double>()
        let (ta, tb, tv) = (a.tensor(g), b.tensor(g), v.tensor(g))
        #expect(g.add(ta, tb).array == zip(a.values, b.values).map { $0 + $1 })
        #expect(g.subtract(ta, tb).array == zip(a.values, b.values).map { $0 - $1 })
        #expect(g.multiply(ta, tb).array == zip(a.values, b.values).map { $0 * $1 })
        #expect(
            deviation(g.affine(ta, scale: -2, shift: 0.5).array, a.values.map { -2 * $0 + 0.5 })
                < 1e-15)
        #expect(
            deviation(g.multiplyChannels(ta, tv), .make(a.shape) { a[$0, $1, $2] * v[0, 0, $2] })
                < 1e-15)
        #expect(
            deviation(g.addChannels(ta, tv), .make(a.shape) { a[$0, $1, $2] + v[0, 0, $2] }) < 1e-15
        )
        let result = GradientCheck()([a, b, v]) { g, t in
            [
                g.add(t[0], t[1]), g.subtract(t[0], t[1]), g.multiply(t[0], t[1]),
                g.affine(t[1], scale: -2, shift: 0.5), g.multiplyChannels(t[0], t[2]),
                g.addChannels(t[1], t[2]), g.multiply(t[0], t[0]), g.add(t[1], t[1]),
                g.subtract(t[0], t[0]),
            ]
        }
        #expect(result.worst < 1e-7, "\(result)")
    }

    @Test func prelu() {
        let x = TestArray.random(2, 5, 3, seed: 1, gap: 0.01)
        let slope = TestArray(Shape(1, 1, 3), [0.25, -0.5, 1.5])
        let g = Graph<Double>()
        let expected = TestArray.make(x.shape) {
            x[$0, $1, $2] > 0 ? x[$0, $1, $2] : slope.values[$2] * x[$0, $1, $2]
        }
        #expect(deviation(g.prelu(x.tensor(g), slope: slope.tensor(g)), expected) < 1e-15)
        let result = GradientCheck()([x, slope]) { g, t in [g.prelu(t[0], slope: t[1])] }
        #expect(result.worst < 1e-7, "\(result)")
        for only in [0, 1] {
            let part = GradientCheck()([[x, slope][only]]) { g, t in
                [
                    only == 0
                        ? g.prelu(t[0], slope: slope.tensor(g)) : g.prelu(x.tensor(g), slope: t[0])
                ]
            }
            #expect(part.worst < 1e-7, "\(part)")
        }
    }

    @Test func gatedProduct() {
        let x = TestArray.random(2, 5, 6, seed: 1, scale: 2)
        let g = Graph<Double>()
        let expected = TestArray.make(Shape(2, 5, 3)) { x[$0, $1, $2] * tanh(x[$0, $1, $2 + 3]) }
        #expect(deviation(g.gatedProduct(x.tensor(g)), expected) < 1e-15)
        let result = GradientCheck()([x]) { g, t in [g.gatedProduct(t[0])] }
        #expect(result.worst < 1e-7, "\(result)")
    }
}
