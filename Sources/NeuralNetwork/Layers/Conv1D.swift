/// Dense 1-D convolution with bias over [batch, frames, channels]; a linear layer is the case of
/// one tap.
public struct Conv1D<S: EngineScalar>: Sendable {
    public let weight: Parameter
    public let bias: Parameter?
    public let geometry: ConvolutionGeometry
    public let inputChannels: Int
    public let outputChannels: Int

    /// - Parameters:
    ///   - zero: start from zero weights (the last layer of a residual branch)
    ///   - gain: factor on the Glorot-uniform bound
    public init(
        _ store: ParameterStore<S>, _ name: String, _ input: Int, _ output: Int,
        _ geometry: ConvolutionGeometry = ConvolutionGeometry(taps: 1),
        bias: Bool = true, zero: Bool = false, gain: Double = 1
    ) {
        let rows = geometry.taps * input
        weight =
            zero
            ? store.add(
                name + ".weight", [geometry.taps, input, output], constant: 0, isMatrix: true)
            : store.addGlorot(
                name + ".weight", [geometry.taps, input, output], fanIn: rows,
                fanOut: geometry.taps * output, gain: gain, isMatrix: true)
        self.bias = bias ? store.add(name + ".bias", [output], constant: 0) : nil
        self.geometry = geometry
        inputChannels = input
        outputChannels = output
    }

    /// All of the layer.
    public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }

    @_specialize(where S == Float)
    public func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        graph.convolution(
            x, weight: graph.parameter(weight), bias: bias.map(graph.parameter), geometry)
    }
}
