import NeuralNetwork

/// A residual block of the papers' modules at one rate of samples (Docs/papers.md, B.2 and B.3);
/// all convolutions keep the length.
///
/// * gated: u = LReLU(1x1 wide -> narrow); v = conv9(conv15(u) tanh(conv15(u)))
/// * bottleneck: u = LReLU(conv9 wide -> narrow); v = conv9(LReLU(conv9(u)))
///
/// Output: v + input, through LReLU except in the last block of a stack. Only the middle
/// convolutions are dilated. A block whose input has one channel adds that channel to every output
/// channel.
package struct PaperResidualBlock<S: EngineScalar>: SequenceLayer, Sendable {
    /// Negative slope of every leaky ReLU.
    static var slope: Double { 0.2 }

    package let layout: PaperNetworkConfiguration.Layout
    package let enter: Conv1D<S>
    /// For the gated layout values and gates in one: narrow -> 2 narrow.
    package let filter: Conv1D<S>
    package let leave: Conv1D<S>
    let isLast: Bool

    package init(
        _ store: ParameterStore<S>, _ name: String, layout: PaperNetworkConfiguration.Layout,
        input: Int, wide: Int, narrow: Int, dilation: Int,
        isLast: Bool
    ) {
        self.layout = layout
        self.isLast = isLast
        switch layout {
        case .gated:
            enter = Conv1D(store, name + ".enter", input, narrow)
            // Glorot's bound for each of the two convolutions alone: the joint one counts twice as
            // many outputs.
            filter = Conv1D(
                store, name + ".filter", narrow, 2 * narrow, .same(taps: 15, dilation: dilation),
                gain: 1.5.squareRoot())
        case .bottleneck:
            enter = Conv1D(store, name + ".enter", input, narrow, .same(taps: 9))
            filter = Conv1D(
                store, name + ".filter", narrow, narrow, .same(taps: 9, dilation: dilation))
        }
        leave = Conv1D(store, name + ".leave", narrow, wide, .same(taps: 9))
    }

    package func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let inner = filter(graph.unary(.leakyReLU(slope: Self.slope), enter(x, graph)), graph)
        let shaped =
            layout == .gated
            ? graph.gatedProduct(inner) : graph.unary(.leakyReLU(slope: Self.slope), inner)
        let branch = leave(shaped, graph)
        let sum = graph.add(branch, widened(x, to: branch.shape.channels, graph))
        return isLast ? sum : graph.unary(.leakyReLU(slope: Self.slope), sum)
    }

    /// The skip connection: as it is, or one channel on all.
    private func widened(_ x: Tensor<S>, to channels: Int, _ graph: Graph<S>) -> Tensor<S> {
        guard x.shape.channels != channels else { return x }
        let ones = graph.input(Shape(1, 1, channels), [S](repeating: 1, count: channels))
        return graph.convolution(x, weight: ones, bias: nil, ConvolutionGeometry(taps: 1))
    }
}

/// Two residual blocks, dilation 1 and 2: the stack that stands between changes of rate.
package struct PaperResidualStack<S: EngineScalar>: SequenceLayer, Sendable {
    package let blocks: [PaperResidualBlock<S>]

    package init(
        _ store: ParameterStore<S>, _ name: String, _ module: PaperNetworkConfiguration.Module,
        input: Int, wide: Int
    ) {
        blocks = (0..<2).map {
            PaperResidualBlock(
                store, "\(name).\($0)", layout: module.layout, input: $0 == 0 ? input : wide,
                wide: wide, narrow: module.narrow, dilation: $0 + 1,
                isLast: $0 == 1)
        }
    }

    package func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        blocks.reduce(x) { $1($0, graph) }
    }
}
