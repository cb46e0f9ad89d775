/// Gated recurrent unit over frames (Cho et al. 2014, reset gate after the recurrent product),
/// state starts at zero.
public struct GRU<S: EngineScalar>: Sendable {
    public let input: Conv1D<S>
    public let recurrent: Parameter
    public let bias: Parameter
    public let hidden: Int

    public init(_ store: ParameterStore<S>, _ name: String, _ inputChannels: Int, _ hidden: Int) {
        input = Conv1D(store, name + ".input", inputChannels, 3 * hidden)
        recurrent = store.addGlorot(
            name + ".recurrent", [hidden, 3 * hidden], fanIn: hidden, fanOut: hidden, gain: 0.7,
            isMatrix: true)
        bias = store.add(name + ".recurrent_bias", [3 * hidden], constant: 0)
        self.hidden = hidden
    }

    /// All of the layer.
    public var parameters: [Parameter] { input.parameters + [recurrent, bias] }

    public func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        graph.gru(
            input(x, graph), recurrent: graph.parameter(recurrent), bias: graph.parameter(bias))
    }
}
