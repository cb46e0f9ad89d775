/// A map from frames to frames, defined once by operations of a graph. Training, inference of whole
/// sequences (`infer`) and streams (`LayerStream`) all run this one definition, whatever it is made
/// of: convolutions of any kind, activations, gates, sums of branches, recurrent units.
public protocol SequenceLayer<S> {
    associatedtype S: EngineScalar
    /// [batch, frames, channels] -> [batch, other frames, other channels].
    func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S>
}

/// Operations of a graph as a layer.
public struct OperationLayer<S: EngineScalar>: SequenceLayer {
    private let body: (Tensor<S>, Graph<S>) -> Tensor<S>

    public init(_ body: @escaping (Tensor<S>, Graph<S>) -> Tensor<S>) { self.body = body }

    public func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> { body(x, graph) }
}

extension Conv1D: SequenceLayer {}
extension DepthwiseSeparableConv1D: SequenceLayer {}
extension GatedBlock: SequenceLayer {}
extension GRU: SequenceLayer {}

extension Graph where S == Float {
    /// Nothing is recorded, and results do not depend on how a sequence is divided, on the
    /// processor or on a library.
    public static func inference(_ store: ParameterStore<Float>?) -> Graph {
        let graph = Graph(store: store, backend: StrictMatrixBackend(), kernels: .strict)
        graph.isRecording = false
        return graph
    }
}

extension SequenceLayer<Float> {
    /// The layer over a whole sequence at once.
    /// - Parameter x: rows of `channels` values, one a frame
    public func infer(_ x: [Float], channels: Int, store: ParameterStore<Float>?) -> [Float] {
        let graph = Graph.inference(store)
        return self(graph.input(Shape(1, x.count / max(channels, 1), channels), x), graph).array
    }
}

/// A layer over a sequence that comes in pieces of any size, empty ones too. All pieces of the
/// output together are, bit for bit, what `infer` gives.
///
/// Frames come out as soon as all frames that they look at are known. The weights are those at
/// `init` or at the last `reset`.
public final class LayerStream {
    private let layer: any SequenceLayer<Float>
    private let channels: Int
    private let graph: Graph<Float>
    private var state = StreamState<Float>()

    /// - Parameter channels: values in a frame of the input
    public init(_ layer: some SequenceLayer<Float>, channels: Int, store: ParameterStore<Float>?) {
        precondition(channels > 0, "frames of \(channels) values")
        self.layer = layer
        self.channels = channels
        graph = .inference(store)
    }

    /// Takes the next frames.
    /// - Parameter x: any number of rows of `channels` values
    /// - Returns: the output frames that are now known
    public func step(_ x: [Float]) -> [Float] { run(x) }

    /// Ends the sequence. The next `step` begins a new one with the same weights.
    /// - Returns: the output frames that waited for more
    public func flush() -> [Float] {
        state.isEnding = true
        defer { state = StreamState() }
        return run([])
    }

    /// Forgets the sequence, and takes the present weights of the store.
    public func reset() {
        state = StreamState()
        graph.reset()
    }

    private func run(_ x: [Float]) -> [Float] {
        precondition(
            x.count % channels == 0,
            "\(x.count) values are no whole number of frames of \(channels)")
        graph.releaseTensors()
        graph.stream = state
        defer { graph.stream = nil }
        state.begin()
        return layer(graph.input(Shape(1, x.count / channels, channels), x), graph).array
    }
}
