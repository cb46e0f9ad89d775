/// Gated branch over frames, zero at the start: 1x1 -> PReLU -> k-tap convolution to (u, g) -> u
/// tanh(g) -> 1x1.
///
/// Gating as in Docs/papers.md, B.2 with the wide layers reduced to one; the caller adds the output
/// to what it corrects.
public struct GatedBlock<S: EngineScalar>: Sendable {
    public let enter: Conv1D<S>
    public let slope: Parameter
    public let filter: Conv1D<S>
    public let leave: Conv1D<S>

    /// - Parameter ahead: how many of the `taps` frames lie in the future.
    public init(
        _ store: ParameterStore<S>, _ name: String, input: Int, output: Int, hidden: Int,
        taps: Int = 3, ahead: Int = 0
    ) {
        enter = Conv1D(store, name + ".enter", input, hidden)
        slope = store.add(name + ".slope", [hidden], constant: 0.25)
        filter = Conv1D(
            store, name + ".filter", hidden, 2 * hidden,
            ConvolutionGeometry(taps: taps, padBefore: taps - 1 - ahead, padAfter: ahead))
        leave = Conv1D(store, name + ".leave", hidden, output, zero: true)
    }

    /// All of the layer.
    public var parameters: [Parameter] {
        enter.parameters + [slope] + filter.parameters + leave.parameters
    }

    @_specialize(where S == Float)
    public func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let inner = graph.prelu(enter(x, graph), slope: graph.parameter(slope))
        return leave(graph.gatedProduct(filter(inner, graph)), graph)
    }
}
