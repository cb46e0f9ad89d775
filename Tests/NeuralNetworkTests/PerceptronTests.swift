import NeuralNetwork
import Testing

@Suite struct PerceptronTests {
    /// Against the operations it replaces, in both precisions and with strict kernels; gradients
    /// against differences.
    @Test(arguments: [
        (9, 16, 10, 3), (12, 16, 160, 1), (1, 1, 1, 5), (5, 3, 7, 20), (32, 11, 4, 9),
        (17, 16, 2, 33),
    ])
    func isItsComposition(_ size: (inputs: Int, hidden: Int, positions: Int, rows: Int)) {
        let points = size.positions * size.rows
        let x = TestArray.random(2, points, size.inputs, seed: 1)
        let w = TestArray.random(1, size.inputs, size.hidden, seed: 2)
        let bias = TestArray.random(1, size.positions, size.hidden, seed: 3)
        let output = TestArray.random(1, size.hidden, 1, seed: 4)
        let expected = TestArray.make(Shape(2, points, 1)) { b, i, _ in
            (0..<size.hidden).reduce(0.0) { sum, h in
                let unit = (0..<size.inputs).reduce(bias[0, i % size.positions, h]) {
                    $0 + x[b, i, $1] * w[0, $1, h]
                }
                return sum + max(unit, 0) * output[0, h, 0]
            }
        }
        func run<S>(_ g: Graph<S>, _ t: [Tensor<S>]) -> Tensor<S> {
            g.perceptron(t[0], weight: t[1], bias: t[2], output: t[3])
        }
        let arrays = [x, w, bias, output]
        let doubles = Graph<Double>()
        let floats = Graph<Float>()
        let strict = Graph<Float>.inference(nil)
        #expect(deviation(run(doubles, arrays.map { $0.tensor(doubles) }), expected) < 1e-14)
        #expect(deviation(run(floats, arrays.map { $0.tensor(floats) }), expected) < 2e-6)
        #expect(deviation(run(strict, arrays.map { $0.tensor(strict) }), expected) < 2e-6)
        // A step so small that hardly any unit passes its kink.
        let result = GradientCheck(step: 1e-7, stride: 3)(arrays) { g, t in [run(g, t)] }
        #expect(result.worst < 1e-5, "\(result)")
        for only in 0..<4 {
            let alone = GradientCheck(step: 1e-7, stride: 3)([arrays[only]]) { g, t in
                [run(g, (0..<4).map { $0 == only ? t[0] : arrays[$0].tensor(g) })]
            }
            #expect(alone.worst < 1e-5, "only \(only): \(alone)")
        }
    }
}
