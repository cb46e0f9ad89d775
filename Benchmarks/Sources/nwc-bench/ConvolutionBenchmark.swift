import BLASBackend
import NeuralNetwork

/// Training convolutions, forward and backward, against matrix products of OpenBLAS on one thread.
struct ConvolutionBenchmark {
    /// One layer as it is trained.
    struct Shape {
        var name: String
        var batch: Int
        var frames: Int
        var input: Int
        var output: Int
        var geometry: ConvolutionGeometry

        /// Multiply-adds forward; each of the two gradients costs the same again.
        var multiplyAdds: Double {
            Double(batch * geometry.outputFrames(frames)) * Double(geometry.taps * input * output)
        }
    }

    /// The convolutions of the default model (a shard of a step: 8 segments of 100 frames) and two
    /// of the papers' layout (Docs/papers.md, B: 512 samples).
    static let shapes = [
        Shape(
            name: "module 1 enter 1x1", batch: 8, frames: 100, input: 186, output: 112,
            geometry: .init(taps: 1)),
        Shape(
            name: "module 1 filter 3 taps", batch: 8, frames: 100, input: 112, output: 224,
            geometry: .init(taps: 3, padBefore: 2)),
        Shape(
            name: "module 1 leave 1x1", batch: 8, frames: 100, input: 112, output: 320,
            geometry: .init(taps: 1)),
        Shape(
            name: "module 1 context 1x1", batch: 8, frames: 100, input: 160, output: 112,
            geometry: .init(taps: 1)),
        Shape(
            name: "module 1 state gates 1x1", batch: 8, frames: 100, input: 112, output: 336,
            geometry: .init(taps: 1)),
        Shape(
            name: "module 2 filter 3 taps", batch: 8, frames: 100, input: 64, output: 128,
            geometry: .init(taps: 3, padBefore: 2)),
        Shape(
            name: "transform 320 taps stride 160", batch: 8, frames: 16000, input: 1, output: 160,
            geometry: .init(taps: 320, stride: 160)),
        Shape(
            name: "papers bottleneck 9 taps", batch: 16, frames: 512, input: 100, output: 20,
            geometry: .same(taps: 9)),
        Shape(
            name: "papers dilated 9 taps", batch: 16, frames: 512, input: 20, output: 20,
            geometry: .same(taps: 9, dilation: 2)),
    ]

    static func run(rounds: Int, reference: MatrixReference) -> [Row] {
        shapes.map { shape in
            let store = ParameterStore<Float>(seed: 7)
            let layer = Conv1D<Float>(store, "layer", shape.input, shape.output, shape.geometry)
            let graph = Graph(store: store, backend: BLASBackend())
            var random = RandomSource(seed: 8)
            let samples = (0..<shape.batch * shape.frames * shape.input).map { _ in
                Float(random.uniform(-1, 1))
            }
            let outputs = shape.batch * shape.geometry.outputFrames(shape.frames) * shape.output
            let weights = (0..<outputs).map { _ in Float(random.uniform(-1, 1)) }
            let work = 3 * shape.multiplyAdds
            // As many passes as make about the work of one reference product.
            let passes = max(1, Int((MatrixReference.multiplyAdds / work).rounded()))
            var costs = PairedCost()
            costs.measure(rounds: rounds) {
                var cost = Cost(wall: 0, processor: 0)
                for _ in 0..<passes {
                    graph.reset()
                    let x = graph.input(
                        NeuralNetwork.Shape(shape.batch, shape.frames, shape.input), samples,
                        tracked: true)
                    let start = Clock.now()
                    graph.backward(graph.weightedSum(layer(x, graph), weights: weights))
                    let pass = Clock.cost(since: start)
                    cost.wall += pass.wall
                    cost.processor += pass.processor
                }
                return cost
            } reference: {
                reference.run()
            }
            return Row(
                group: "convolution", name: shape.name, costs: costs,
                subjectWork: work * Double(passes), referenceWork: MatrixReference.multiplyAdds,
                unit: "GMAC/s", scale: 1e-9, target: shape.name.hasPrefix("papers") ? nil : 0.6)
        }
    }
}
