import NeuralNetwork

/// Decoder half of a paper module: code to frames of 512 samples (Docs/papers.md, B.1, rows D1 to
/// D7). Sub-pixel shuffles halve the channels.
package struct PaperDecoder<S: EngineScalar>: SequenceLayer, Sendable {
    /// The convolution before a shuffle.
    package enum UpSampling: Sendable {
        case separable(DepthwiseSeparableConv1D<S>)
        case full(Conv1D<S>)
    }

    /// One stack before each stage and one behind the last; the first begins with one channel.
    package let stacks: [PaperResidualStack<S>]
    package let up: [UpSampling]
    package let output: Conv1D<S>

    package init(
        _ store: ParameterStore<S>, _ name: String, _ module: PaperNetworkConfiguration.Module
    ) {
        stacks = (0...module.stages).map {
            PaperResidualStack(
                store, "\(name).stack\($0)", module, input: $0 == 0 ? 1 : module.wide >> $0,
                wide: module.wide >> $0)
        }
        up = (0..<module.stages).map {
            let channels = module.wide >> $0
            let name = "\(name).up\($0)"
            let geometry = ConvolutionGeometry.same(taps: 9)
            return switch module.layout {
            case .gated:
                .separable(DepthwiseSeparableConv1D(store, name, channels, channels, geometry))
            case .bottleneck: .full(Conv1D(store, name, channels, channels, geometry))
            }
        }
        output = Conv1D(
            store, name + ".output", module.wide >> module.stages, 1, .same(taps: module.outputTaps)
        )
    }

    /// [batch, 512 / 2^stages, 1] -> [batch, 512, 1].
    package func callAsFunction(_ code: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        var h = code
        for (stage, stack) in stacks.enumerated() {
            h = stack(h, graph)
            guard stage < up.count else { break }
            let wide =
                switch up[stage] {
                case .separable(let layer): layer(h, graph)
                case .full(let layer): layer(h, graph)
                }
            h = graph.subPixelShuffle(
                graph.unary(.leakyReLU(slope: PaperResidualBlock<S>.slope), wide), 2)
        }
        return output(h, graph)
    }
}
