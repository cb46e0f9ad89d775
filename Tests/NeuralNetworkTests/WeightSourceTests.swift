import NeuralNetwork
import TestSupport
import Testing

/// Weights that are no plain numbers: a layer does not know of it, in training, inference and
/// streams.
@Suite struct WeightSourceTests {
    private static func noise(_ count: Int, seed: UInt64) -> [Float] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in Float(random.uniform(-1, 1)) }
    }

    /// Matrices of a gated block in another form, and the block with the same values as plain
    /// numbers.
    private static func blocks(
        _ source: ([Float], Int) -> any FixedWeights<Float>
    ) -> (layer: GatedBlock<Float>, sourced: ParameterStore<Float>, plain: ParameterStore<Float>) {
        let sourced = ParameterStore<Float>(seed: 1)
        let plain = ParameterStore<Float>(seed: 2)
        let layer = GatedBlock(sourced, "b", input: 7, output: 5, hidden: 6, ahead: 1)
        _ = GatedBlock(plain, "b", input: 7, output: 5, hidden: 6, ahead: 1)
        for parameter in sourced.parameters {
            let values = noise(parameter.count, seed: UInt64(parameter.index))
            guard parameter.isMatrix else {
                sourced.set(parameter, values)
                plain.set(parameter, values)
                continue
            }
            let weights = source(values, parameter.columns)
            sourced.setSource(weights, of: parameter)
            plain.set(parameter, weights.values)
        }
        return (layer, sourced, plain)
    }

    @Test func int8LayersStream() {
        let (layer, sourced, plain) = Self.blocks {
            ScaledInt8Weights<Float>(rounding: $0, columns: $1)
        }
        let x = Self.noise(7 * 50, seed: 99)
        let weights = InferenceWeights(sourced)
        let whole = layer.infer(x, channels: 7, weights: weights)
        #expect(whole == layer.infer(x, channels: 7, weights: InferenceWeights(plain)))
        let stream = LayerStream(layer, channels: 7, weights: weights)
        var streamed: [Float] = []
        for start in stride(from: 0, to: 50, by: 3) {
            streamed += stream.step(Array(x[start * 7..<min(start + 3, 50) * 7]))
        }
        streamed += stream.flush()
        #expect(streamed == whole && whole.count == 5 * 50)
        let graph = Graph<Float>(store: sourced)
        let trained = layer(graph.input(Shape(1, 50, 7), x), graph).array
        #expect(deviation(whole, trained) < 1e-5)
    }

    @Test func halfLayersStream() {
        let (layer, sourced, plain) = Self.blocks { values, _ in
            HalfWeights<Float>(rounding: values)
        }
        let x = Self.noise(7 * 20, seed: 99)
        #expect(
            layer.infer(x, channels: 7, weights: InferenceWeights(sourced))
                == layer.infer(x, channels: 7, weights: InferenceWeights(plain)))
    }

    /// 127 steps on both sides of zero in every column; columns of zeros stay zero.
    @Test func int8RoundsToTheNearestStep() {
        let columns = 3
        var values = Self.noise(300, seed: 4)
        for row in 0..<100 { values[row * columns + 1] *= 100 }
        for row in 0..<100 { values[row * columns + 2] = 0 }
        let weights = ScaledInt8Weights<Float>(rounding: values, columns: columns)
        for (i, value) in weights.values.enumerated() {
            #expect(abs(value - values[i]) <= 0.5001 * weights.scales[i % columns])
        }
        #expect(weights.integers.contains(127) || weights.integers.contains(-127))
        #expect(weights.scales[1] > 50 * weights.scales[0])
        #expect(weights.values.enumerated().allSatisfy { $0.offset % 3 != 2 || $0.element == 0 })
    }

    /// A file stores them as integers and scales and gives the same values back; floats and halves
    /// are read by the same call.
    @Test func filesHoldThem() throws {
        let values = Self.noise(6 * 4, seed: 7)
        let weights = ScaledInt8Weights<Float>(rounding: values, columns: 4)
        var writer = try WeightFileWriter(metadata: Array("{}".utf8))
        try writer.add("a", shape: [2, 3, 4], weights: weights)
        try writer.add("b", shape: [6, 4], halves: values)
        try writer.add("c", shape: [24], floats: values)
        try writer.add("d", shape: [24], int8s: weights.integers)
        let file = try WeightFile(writer.bytes())
        #expect(try file.weights("a", shape: [2, 3, 4]) == weights.values)
        #expect(
            try file.weights("b", shape: [6, 4]) == HalfWeights<Float>(rounding: values).values)
        #expect(try file.weights("c", shape: [24]) == values)
        #expect(throws: WeightFileError.missingTensor("d.scales")) {
            try file.weights("d", shape: [24])
        }
        #expect(
            throws: WeightFileError.shapeMismatch(tensor: "a", expected: [6, 4], found: [2, 3, 4])
        ) {
            try file.weights("a", shape: [6, 4])
        }
    }

    /// A frozen base and an adapter of low rank: base + left right.
    private struct LowRank<S: EngineScalar>: WeightSource {
        let left: Parameter
        let right: Parameter

        func values(of parameter: Parameter, _ graph: Graph<S>) -> Tensor<S> {
            graph.add(
                graph.ownValues(parameter).reshaped(1, parameter.rows, parameter.columns),
                graph.convolution(
                    graph.parameter(left), weight: graph.parameter(right), bias: nil,
                    ConvolutionGeometry(taps: 1)))
        }
    }

    /// Gradients reach what the weights are made of, once however often the layer runs; the base
    /// has none.
    @Test func gradientsReachAnAdapter() {
        let store = ParameterStore<Double>(seed: 1)
        let layer = Conv1D(store, "c", 4, 3, ConvolutionGeometry(taps: 2, padBefore: 1))
        let left = store.addGlorot("left", [8, 2], fanIn: 8, fanOut: 2)
        let right = store.addGlorot("right", [2, 3], fanIn: 2, fanOut: 3)
        store.setFrozen(true) { $0.name == "c.weight" }
        store.setSource(LowRank<Double>(left: left, right: right), of: layer.weight)
        let x = Self.noise(4 * 9, seed: 8).map { Double($0) }
        func loss(_ graph: Graph<Double>) -> Tensor<Double> {
            let x = graph.input(Shape(1, 9, 4), x)
            let sum = graph.add(layer(x, graph), graph.affine(layer(x, graph), scale: 0.5))
            return graph.sum(graph.unary(.square, sum))
        }
        let graph = Graph<Double>(store: store)
        graph.backward(loss(graph))
        let gradients = Array(graph.parameterGradients)
        let weight = layer.weight.offset..<layer.weight.offset + layer.weight.count
        #expect(gradients[weight].allSatisfy { $0 == 0 })
        let step = 1e-5
        for index in [left, right].flatMap({ $0.offset..<$0.offset + $0.count }) {
            let values = store.values
            func moved(_ change: Double) -> Double {
                var other = values
                other[index] += change
                store.assign(other)
                let graph = Graph<Double>(store: store)
                return withExtendedLifetime(graph) { loss(graph).data[0] }
            }
            let slope = (moved(step) - moved(-step)) / (2 * step)
            store.assign(values)
            #expect(abs(slope - gradients[index]) < 1e-6 * max(1, abs(slope)), "\(index)")
        }
    }
}
