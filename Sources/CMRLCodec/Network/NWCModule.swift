import NeuralNetwork

/// One NWC module in the transform domain: gated residual blocks around a quantiser with trained
/// steps. Without training the blocks are zero and the module is plain scalar quantisation of the
/// normalised coefficients.
///
/// Training, streams of encoder and decoder, and analysis by synthesis run the functions here.
package final class NWCModule<S: EngineScalar>: Sendable {
    /// What the decoder makes of symbols, in quantiser steps.
    package struct Decoded {
        /// [batch, frames, width]
        package let values: Tensor<S>
        /// Noise to add where this module is the last one decoded; nil without noise filling.
        package let noise: Tensor<S>?

        /// Normalised coefficients.
        /// - Parameters:
        ///   - unit: units per quantiser step, of every frame [batch, frames, width]
        ///   - isFilled: with the noise
        package func coefficients(unit: Tensor<S>, isFilled: Bool, _ graph: Graph<S>) -> Tensor<S> {
            guard isFilled, let noise else { return graph.multiply(values, unit) }
            return graph.multiply(graph.add(values, noise), unit)
        }
    }

    /// log of quantiser steps per unit, by rate.
    package let gain: RateTable<S>
    package let encoder: [GatedBlock<S>]
    package let decoder: [GatedBlock<S>]
    package let context: SymbolContext<S>
    private let width: Int

    package init(
        _ store: ParameterStore<S>, _ name: String, _ configuration: NetworkConfiguration,
        module: Int
    ) {
        let sizes = configuration.modules[module]
        let width = configuration.frameWidth
        let knots = configuration.rateKnots
        let side = configuration.envelopeWidth + knots * (module + 1)
        self.width = width
        gain = RateTable(store, name + ".gain", knots: knots, width: width) { knot, _ in
            -1.6 + 2.4 * Double(knot) / Double(knots - 1)
        }
        encoder = (0..<sizes.encoderBlocks).map {
            GatedBlock(
                store, "\(name).encoder.\($0)", input: width + side, output: width,
                hidden: sizes.hidden
            )
        }
        decoder = (0..<sizes.decoderBlocks).map {
            GatedBlock(
                store, "\(name).decoder.\($0)", input: width + side,
                output: sizes.noiseFilling && $0 == sizes.decoderBlocks - 1 ? 2 * width : width,
                hidden: sizes.hidden, ahead: $0 == 0 && module == 0 ? 1 : 0)
        }
        context = SymbolContext(store, name + ".context", configuration, module: module)
    }

    /// Of encoder and decoder blocks: what streams compute with.
    package var blockParameters: [Parameter] { (encoder + decoder).flatMap(\.parameters) }

    /// Frames that the decoder looks ahead.
    var ahead: Int { decoder.reduce(0) { $0 + $1.filter.geometry.padAfter } }

    /// Encoder of the module: values before rounding [batch, frames, width].
    /// - Parameters:
    ///   - x: normalised coefficients, or what the modules below left of them [batch, frames,
    ///     width]
    ///   - perUnit: quantiser steps per unit, a row for every item [batch, 1, width]
    ///   - side: envelope and rates [batch, frames, bands + knots * (module + 1)]
    package func unrounded(
        _ x: Tensor<S>, perUnit: Tensor<S>, side: Tensor<S>, _ graph: Graph<S>
    ) -> Tensor<S> {
        var z = graph.multiplyChannels(x, perUnit)
        for block in encoder {
            z = graph.add(z, block(graph.concatenate([graph.unary(.asinh, z), side]), graph))
        }
        return z
    }

    /// Bits of symbols, or of values with noise in their place, given what is decoded before them.
    /// - Parameters:
    ///   - logGain: log of quantiser steps per unit, a row for every item [batch, 1, width]
    ///   - spread: log amplitude that the envelope leaves in normalised coefficients [batch,
    ///     frames, width]
    ///   - below: symbols of the module below
    package func rate(
        _ rated: Tensor<S>, symbols: Tensor<S>, logGain: Tensor<S>, side: Tensor<S>,
        spread: Tensor<S>, below: Tensor<S>?, _ graph: Graph<S>
    ) -> Tensor<S> {
        let prior = graph.affine(
            graph.addChannels(spread, logGain), scale: 1,
            shift: EntropySpecification.Coefficients.logScaleOffset)
        return graph.logisticBits(
            rated,
            logScale: context(symbols: symbols, below: below, side: side, prior: prior, graph))
    }

    /// Decoder of the module.
    /// - Parameter filling: noise of unit variance for noise filling [batch, frames, width]; nil =
    ///   without
    package func decode(
        _ symbols: Tensor<S>, side: Tensor<S>, filling: Tensor<S>?, _ graph: Graph<S>
    ) -> Decoded {
        var d = symbols
        var noise: Tensor<S>?
        for block in decoder {
            let out = block(graph.concatenate([graph.unary(.asinh, d), side]), graph)
            guard out.shape.channels > width else {
                d = graph.add(d, out)
                continue
            }
            d = graph.add(d, graph.channels(out, 0..<width))
            noise = filling.map { graph.multiply(graph.channels(out, width..<2 * width), $0) }
        }
        return Decoded(values: d, noise: noise)
    }
}
