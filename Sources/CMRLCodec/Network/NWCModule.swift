import NeuralNetwork

/// One NWC module in the transform domain: gated residual blocks around a quantiser with trained
/// steps. Without training the blocks are zero and the module is plain scalar quantisation of the
/// normalised coefficients.
public struct NWCModule<S: EngineScalar>: Sendable {
    public struct Output {
        /// Decoded normalised coefficients [batch, frames, hop].
        public let decoded: Tensor<S>
        /// Noise to add where this module is the last one decoded, normalised as `decoded`; nil
        /// without noise filling.
        public let noise: Tensor<S>?
        /// Symbols (real numbers on the integers; straight-through gradient).
        public let symbols: Tensor<S>
        /// Bits of every symbol.
        public let bits: Tensor<S>
    }

    /// log of quantiser steps per unit, by rate.
    public let gain: RateTable<S>
    public let encoder: [GatedBlock<S>]
    public let decoder: [GatedBlock<S>]
    public let context: SymbolContext<S>

    public init(
        _ store: ParameterStore<S>, _ name: String, _ configuration: NetworkConfiguration,
        module: Int
    ) {
        let sizes = configuration.modules[module]
        let hop = configuration.hop
        let knots = configuration.rateKnots
        let side = configuration.bands + knots * (module + 1)
        gain = RateTable(store, name + ".gain", knots: knots, width: hop) { knot, _ in
            -1.6 + 2.4 * Double(knot) / Double(knots - 1)
        }
        encoder = (0..<sizes.encoderBlocks).map {
            GatedBlock(
                store, "\(name).encoder.\($0)", input: hop + side, output: hop, hidden: sizes.hidden
            )
        }
        decoder = (0..<sizes.decoderBlocks).map {
            GatedBlock(
                store, "\(name).decoder.\($0)", input: hop + side,
                output: sizes.noiseFilling && $0 == sizes.decoderBlocks - 1 ? 2 * hop : hop,
                hidden: sizes.hidden, ahead: $0 == 0 && module == 0 ? 1 : 0)
        }
        context = SymbolContext(store, name + ".context", configuration, module: module)
    }

    /// - Parameters:
    ///   - x: normalised coefficients, or what the modules below left of them [batch, frames, hop]
    ///   - knots: rate weights of this module [batch, 1, knots]
    ///   - side: envelope and rates [batch, frames, bands + knots * (module + 1)]
    ///   - spread: log amplitude that the envelope leaves in normalised coefficients [batch,
    ///     frames, hop]
    ///   - below: symbols of the module below
    ///   - noise: uniform noise for the rate; nil = hard symbols
    ///   - filling: noise of unit variance for noise filling
    public func callAsFunction(
        _ x: Tensor<S>, knots: Tensor<S>, side: Tensor<S>, spread: Tensor<S>, below: Tensor<S>?,
        noise: Tensor<S>?,
        filling: Tensor<S>, _ graph: Graph<S>
    ) -> Output {
        let row = gain(knots, graph)
        let logGain = graph.broadcastFrames(row, x.shape.frames)
        var z = graph.multiply(x, graph.unary(.exp, logGain))
        for block in encoder {
            z = graph.add(z, block(graph.concatenate([graph.unary(.asinh, z), side]), graph))
        }
        let symbols = graph.unary(.round, z)
        let bits = rate(
            noise.map { graph.add(z, $0) } ?? symbols, symbols: symbols, logGain: logGain,
            side: side, spread: spread, below: below, graph)
        let out = decode(symbols, gain: row, side: side, filling: filling, graph)
        return Output(decoded: out.decoded, noise: out.noise, symbols: symbols, bits: bits)
    }

    /// Bits of symbols, or of values with noise in their place, given what is decoded before them.
    public func rate(
        _ rated: Tensor<S>, symbols: Tensor<S>, logGain: Tensor<S>, side: Tensor<S>,
        spread: Tensor<S>, below: Tensor<S>?, _ graph: Graph<S>
    ) -> Tensor<S> {
        let prior = graph.affine(graph.add(spread, logGain), scale: 1, shift: -0.7)
        return graph.logisticBits(
            rated,
            logScale: context(symbols: symbols, below: below, side: side, prior: prior, graph))
    }

    /// Decoder of the module.
    /// - Parameter row: log of quantiser steps per unit at the rate of the symbols [batch, 1, hop]
    public func decode(
        _ symbols: Tensor<S>, gain row: Tensor<S>, side: Tensor<S>, filling: Tensor<S>,
        _ graph: Graph<S>
    ) -> (decoded: Tensor<S>, noise: Tensor<S>?) {
        var d = symbols
        var added: Tensor<S>?
        let inverse = graph.broadcastFrames(
            graph.unary(.exp, graph.affine(row, scale: -1)), symbols.shape.frames)
        let hop = symbols.shape.channels
        for block in decoder {
            let out = block(graph.concatenate([graph.unary(.asinh, d), side]), graph)
            d = graph.add(d, out.shape.channels == hop ? out : graph.channels(out, 0..<hop))
            if out.shape.channels > hop {
                added = graph.multiply(
                    graph.multiply(graph.channels(out, hop..<2 * hop), filling), inverse)
            }
        }
        return (graph.multiply(d, inverse), added)
    }
}
