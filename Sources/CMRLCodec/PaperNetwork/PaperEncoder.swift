import NeuralNetwork

/// Encoder half of a paper module: frames of 512 samples to a code in (-1, 1) (Docs/papers.md, B.1,
/// rows E1 to E7).
package struct PaperEncoder<S: EngineScalar>: SequenceLayer, Sendable {
    package let input: Conv1D<S>
    /// One stack before each stage and one behind the last.
    package let stacks: [PaperResidualStack<S>]
    /// Convolutions of 9 taps and stride 2.
    package let down: [Conv1D<S>]
    package let code: Conv1D<S>

    package init(
        _ store: ParameterStore<S>, _ name: String, _ module: PaperNetworkConfiguration.Module
    ) {
        let wide = module.wide
        input = Conv1D(store, name + ".input", 1, wide, .same(taps: module.inputTaps))
        stacks = (0...module.stages).map {
            PaperResidualStack(store, "\(name).stack\($0)", module, input: wide, wide: wide)
        }
        down = (0..<module.stages).map {
            Conv1D(store, "\(name).down\($0)", wide, wide, .same(taps: 9, stride: 2))
        }
        code = Conv1D(store, name + ".code", wide, 1, .same(taps: module.codeTaps))
    }

    /// [batch, 512, 1] -> [batch, 512 / 2^stages, 1].
    package func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let slope = PaperResidualBlock<S>.slope
        var h = graph.unary(.leakyReLU(slope: slope), input(x, graph))
        for (stage, stack) in stacks.enumerated() {
            h = stack(h, graph)
            if stage < down.count {
                h = graph.unary(.leakyReLU(slope: slope), down[stage](h, graph))
            }
        }
        return graph.unary(.tanh, code(h, graph))
    }
}
