/// Depthwise-separable 1-D convolution: every channel with its own taps (no bias), then a 1x1
/// convolution with bias (Chollet 2017; the up-sampling layer of Docs/papers.md, B.1, row D3).
public struct DepthwiseSeparableConv1D<S: EngineScalar>: Sendable {
    /// [taps, input channels]
    public let depthwise: Parameter
    public let pointwise: Conv1D<S>
    public let geometry: ConvolutionGeometry

    public init(
        _ store: ParameterStore<S>, _ name: String, _ input: Int, _ output: Int,
        _ geometry: ConvolutionGeometry
    ) {
        depthwise = store.addGlorot(
            name + ".depthwise", [geometry.taps, input], fanIn: geometry.taps, fanOut: geometry.taps
        )
        pointwise = Conv1D(store, name + ".pointwise", input, output)
        self.geometry = geometry
    }

    /// [batch, frames, input] -> [batch, outputFrames, output].
    public func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        pointwise(
            graph.depthwiseConvolution(x, weight: graph.parameter(depthwise), geometry), graph)
    }
}
