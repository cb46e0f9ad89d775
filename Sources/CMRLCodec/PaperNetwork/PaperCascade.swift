import NeuralNetwork

/// What the quantisers of a cascade do.
package enum PaperQuantisation: Sendable {
    /// Codes pass unquantised: the first steps of training.
    case off
    /// Soft assignment: training.
    case soft
    /// Soft assignment in the penalties, nearest centroid in the signal: late training.
    case straightThrough
    /// Nearest centroid only: evaluation.
    case hard
}

/// One autoencoder with its quantiser.
package struct PaperModule<S: EngineScalar>: Sendable {
    package let encoder: PaperEncoder<S>
    package let quantiser: SoftToHardQuantiser<S>
    package let decoder: PaperDecoder<S>

    package init(
        _ store: ParameterStore<S>, _ name: String, _ module: PaperNetworkConfiguration.Module
    ) {
        encoder = PaperEncoder(store, name + ".encoder", module)
        quantiser = SoftToHardQuantiser(store, name + ".quantiser", centroids: module.centroids)
        decoder = PaperDecoder(store, name + ".decoder", module)
    }

    /// A module's pass over a batch of frames.
    package struct Output {
        /// [batch, 512, 1]
        package let decoded: Tensor<S>
        /// Soft assignment [batch, code length, K]; nil where the quantiser is off or hard.
        package let weights: Tensor<S>?
        /// Centroid of every code value, row-major; nil where the quantiser is off or soft.
        package let symbols: [Int]?
    }

    /// - Parameter x: frames [batch, 512, 1], about in [-1, 1]
    package func callAsFunction(
        _ x: Tensor<S>, _ quantisation: PaperQuantisation, _ graph: Graph<S>
    )
        -> Output
    {
        let code = encoder(x, graph)
        switch quantisation {
        case .off: return Output(decoded: decoder(code, graph), weights: nil, symbols: nil)
        case .soft:
            let soft = quantiser.soft(code, graph)
            return Output(decoded: decoder(soft.values, graph), weights: soft.weights, symbols: nil)
        case .straightThrough:
            let soft = quantiser.soft(code, graph)
            let hard = quantiser.hard(code, soft: soft.values, graph)
            return Output(
                decoded: decoder(hard.values, graph), weights: soft.weights, symbols: hard.symbols)
        case .hard:
            let hard = quantiser.hard(code, graph)
            return Output(decoded: decoder(hard.values, graph), weights: nil, symbols: hard.symbols)
        }
    }
}

/// Cross-module residual learning (Zhen et al. 2019; Docs/papers.md, D.1): module i + 1 codes what
/// the modules up to i left, the outputs add up.
package struct PaperCascade<S: EngineScalar>: Sendable {
    package let configuration: PaperNetworkConfiguration
    package let modules: [PaperModule<S>]

    package init(_ store: ParameterStore<S>, _ configuration: PaperNetworkConfiguration) {
        self.configuration = configuration
        modules = configuration.modules.enumerated().map {
            PaperModule(store, "module\($0 + 1)", $1)
        }
    }

    /// A pass through the first modules.
    package struct Output {
        /// Sum of the modules up to each one [batch, 512, 1].
        package let decoded: [Tensor<S>]
        package let modules: [PaperModule<S>.Output]
    }

    /// - Parameters:
    ///   - x: frames [batch, 512, 1]
    ///   - layers: how many modules run, at most all
    package func callAsFunction(
        _ x: Tensor<S>, layers: Int, _ quantisation: PaperQuantisation, _ graph: Graph<S>
    ) -> Output {
        var residual = x
        var decoded: [Tensor<S>] = []
        var outputs: [PaperModule<S>.Output] = []
        for (i, module) in modules.prefix(layers).enumerated() {
            let scale = i == 0 ? 1 : configuration.residualScale
            let out = module(
                scale == 1 ? residual : graph.affine(residual, scale: scale), quantisation, graph)
            let part = scale == 1 ? out.decoded : graph.affine(out.decoded, scale: 1 / scale)
            let sum = decoded.last.map { graph.add($0, part) } ?? part
            decoded.append(sum)
            outputs.append(out)
            residual = graph.subtract(x, sum)
        }
        return Output(decoded: decoded, modules: outputs)
    }
}
