import CMRLCodec
import NeuralNetwork

/// Noisy speech -> speech: a gain in 0 ... 1 for every coefficient of a lapped transform, from the
/// logarithms of the coefficients' powers by gated blocks and a recurrent unit. Causal but for the
/// one frame that the transform overlaps.
public struct DenoisingNetwork<S: EngineScalar>: SequenceLayer, Sendable {
    public let configuration: DenoiserConfiguration
    private let transform: LappedTransformLayer<S>
    private let enter: Conv1D<S>
    private let blocks: [GatedBlock<S>]
    private let context: GRU<S>
    private let gain: Conv1D<S>

    public init(_ store: ParameterStore<S>, _ configuration: DenoiserConfiguration) {
        self.configuration = configuration
        let hidden = configuration.hidden
        transform = LappedTransformLayer(store, "transform", hop: configuration.hop)
        enter = Conv1D(store, "enter", configuration.hop, hidden)
        blocks = (0..<configuration.blocks).map {
            GatedBlock(store, "block\($0)", input: hidden, output: hidden, hidden: hidden)
        }
        context = GRU(store, "context", hidden, configuration.context)
        gain = Conv1D(
            store, "gain", hidden + configuration.context, configuration.hop, gain: 0.1)
    }

    /// [batch, n, 1] -> the same shape; n a whole number of hops.
    public func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let c = transform.analyse(x, graph)
        // Coefficients of speech are near 1, those of silence far below.
        let power = graph.unary(.log(floor: 1e-4), graph.unary(.square, c))
        var inner = enter(graph.affine(power, scale: 0.2), graph)
        for block in blocks { inner = graph.add(inner, block(inner, graph)) }
        let both = graph.concatenate([inner, context(inner, graph)])
        // At the start most of everything passes.
        let gains = graph.unary(
            .sigmoid, graph.affine(gain(both, graph), scale: 1, shift: 2))
        return transform.synthesise(graph.multiply(c, gains), graph)
    }
}
