/// A map from frames to frames, defined once by operations of a graph. Training and streams
/// (`Graph.run`; a whole sequence is a stream of one piece) run this one definition, whatever it is
/// made of: convolutions of any kind, activations, gates, sums of branches, recurrent units.
public protocol SequenceLayer<S> {
    associatedtype S: EngineScalar
    /// [batch, frames, channels] -> [batch, other frames, other channels].
    func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S>
}

extension Conv1D: SequenceLayer {}
extension DepthwiseSeparableConv1D: SequenceLayer {}
extension GatedBlock: SequenceLayer {}
extension GRU: SequenceLayer {}

extension Graph where S == Float {
    /// A graph for streams: nothing is recorded, and results depend neither on how a sequence is
    /// divided nor on the processor nor on a library.
    /// - Parameter weights: nil = none
    public static func inference(_ weights: InferenceWeights?) -> Graph {
        let graph = Graph(
            store: nil, backend: PanelMatrixBackend(), kernels: .inference,
            fixedParameter: { parameter in
                guard let weights else { preconditionFailure("graph without parameters") }
                return weights.tensor(parameter)
            },
            chunkCount: 1 << 14)
        graph.isRecording = false
        return graph
    }
}
