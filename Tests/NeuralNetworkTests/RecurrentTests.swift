import BLASBackend
import NeuralNetwork
import Testing

@Suite struct RecurrentTests {
    @Test(arguments: [(1, 1, 1), (2, 5, 3), (3, 2, 7), (1, 6, 4)]) func gru(
        _ size: (batch: Int, frames: Int, hidden: Int)
    ) {
        let h = size.hidden
        let gates = TestArray.random(size.batch, size.frames, 3 * h, seed: 1, scale: 1.5)
        let w = TestArray.random(1, h, 3 * h, seed: 2)
        let bias = TestArray.random(1, 1, 3 * h, seed: 3)
        let expected = Reference.gru(gates, w.values, bias.values)
        func run<S>(_ g: Graph<S>, _ t: [Tensor<S>]) -> Tensor<S> {
            g.gru(t[0], recurrent: t[1], bias: t[2])
        }
        let doubles = Graph<Double>()
        let floats = Graph<Float>()
        let blas = Graph<Float>(backend: BLASBackend())
        #expect(
            deviation(run(doubles, [gates, w, bias].map { $0.tensor(doubles) }), expected) < 1e-14)
        #expect(
            deviation(run(floats, [gates, w, bias].map { $0.tensor(floats) }), expected) < 4e-6)
        #expect(deviation(run(blas, [gates, w, bias].map { $0.tensor(blas) }), expected) < 4e-6)
        let result = GradientCheck()([gates, w, bias]) { g, t in [run(g, t)] }
        #expect(result.worst < 1e-6, "\(result)")
    }

    @Test func eachInputAloneIsTracked() {
        let arrays = [
            TestArray.random(2, 4, 9, seed: 1), .random(1, 3, 9, seed: 2),
            .random(1, 1, 9, seed: 3),
        ]
        for only in 0..<3 {
            let result = GradientCheck()([arrays[only]]) { g, t in
                let all = (0..<3).map { $0 == only ? t[0] : arrays[$0].tensor(g) }
                return [g.gru(all[0], recurrent: all[1], bias: all[2])]
            }
            #expect(result.worst < 1e-6, "only \(only): \(result)")
        }
    }
}
