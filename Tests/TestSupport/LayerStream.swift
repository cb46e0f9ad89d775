import NeuralNetwork

/// Operations of a graph as a layer.
public struct OperationLayer<S: EngineScalar>: SequenceLayer {
    private let body: (Tensor<S>, Graph<S>) -> Tensor<S>

    public init(_ body: @escaping (Tensor<S>, Graph<S>) -> Tensor<S>) { self.body = body }

    public func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> { body(x, graph) }
}

extension SequenceLayer<Float> {
    /// The layer over a whole sequence at once.
    /// - Parameter x: rows of `channels` values, one a frame
    public func infer(_ x: [Float], channels: Int, weights: InferenceWeights?) -> [Float] {
        let stream = LayerStream(self, channels: channels, weights: weights)
        return stream.step(x) + stream.flush()
    }
}

/// A layer over a sequence that comes in pieces of any size, empty ones too. All pieces of the
/// output together are, bit for bit, what `infer` gives.
///
/// Frames come out as soon as all frames that they look at are known.
public final class LayerStream {
    private let layer: any SequenceLayer<Float>
    private let channels: Int
    private let graph: Graph<Float>
    private let state = StreamState<Float>()

    /// - Parameters:
    ///   - channels: values in a frame of the input
    ///   - weights: those of the layer, which any number of streams may share; nil = it has none
    public init(
        _ layer: some SequenceLayer<Float>, channels: Int, weights: InferenceWeights?
    ) {
        precondition(channels > 0, "frames of \(channels) values")
        self.layer = layer
        self.channels = channels
        graph = .inference(weights)
    }

    /// Takes the next frames.
    /// - Parameter x: any number of rows of `channels` values
    /// - Returns: the output frames that are now known
    public func step(_ x: [Float]) -> [Float] { run(x, isEnding: false) }

    /// Ends the sequence. The next `step` begins a new one.
    /// - Returns: the output frames that waited for more
    public func flush() -> [Float] {
        defer { state.reset() }
        return run([], isEnding: true)
    }

    /// Forgets the sequence.
    public func reset() { state.reset() }

    private func run(_ x: [Float], isEnding: Bool) -> [Float] {
        precondition(
            x.count % channels == 0,
            "\(x.count) values are no whole number of frames of \(channels)")
        graph.releaseTensors()
        return graph.run(state, isEnding: isEnding) {
            layer(graph.input(Shape(1, x.count / channels, channels), x), graph).array
        }
    }
}
