import NeuralNetwork

/// The default codec as a differentiable network: lapped transform, envelope (layer 0), cascade of
/// NWC modules on residuals (layers 1...).
package struct CodecNetwork<S: EngineScalar>: Sendable {
    package let configuration: NetworkConfiguration
    package let transform: LappedTransformLayer<S>
    package internal(set) var envelope: EnvelopeLayer<S>
    /// Exponent of the envelope that coefficients are divided by, by rate: shapes the quantisation
    /// noise.
    package let exponent: RateTable<S>
    package let modules: [NWCModule<S>]

    /// What a pass through the codec yields.
    package struct Output {
        /// Decoded samples after each layer [batch, samples, channels]; index l = layers 1...l+1.
        package let decoded: [Tensor<S>]
        /// Bits of envelope and of each module, per item [batch, 1, 1].
        package let envelopeBits: Tensor<S>
        package let moduleBits: [Tensor<S>]
        /// Quantiser symbols, for statistics.
        package let envelopeSymbols: Tensor<S>
        package let moduleSymbols: [Tensor<S>]
    }

    package init(_ store: ParameterStore<S>, _ configuration: NetworkConfiguration) {
        self.configuration = configuration
        transform = LappedTransformLayer(
            store, "transform", hop: configuration.hop, channels: configuration.signal.channels)
        envelope = EnvelopeLayer(store, "envelope", configuration)
        exponent = RateTable(
            store, "exponent", knots: configuration.rateKnots, width: configuration.frameWidth
        ) { _, _ in 0.6 }
        modules = configuration.modules.indices.map {
            NWCModule(store, "module\($0 + 1)", configuration, module: $0)
        }
    }

    /// Makes the interpolation of the envelope what packed model files have: multiples of 1/4096,
    /// as the integer models round it anyway.
    package mutating func roundInterpolation() {
        envelope.interpolation = envelope.interpolation.map {
            S((Double($0) * 4096).rounded(.toNearestOrEven) / 4096)
        }
    }

    /// Parameters of the layers that streams run: all but those of entropy models and rate tables.
    package var streamedParameters: [Parameter] {
        [transform.analysis, transform.synthesis] + modules.flatMap(\.blockParameters)
    }

    /// - Parameters:
    ///   - x: samples [batch, n, channels]; n + hop a whole number of blocks
    ///   - positions: rate position of each item (outer index) and module (inner index), in [0, 1]
    ///   - layers: how many modules run
    ///   - random: source of the noise in rate and noise filling
    ///   - randomSigns: as in the configuration, for training that tries both; nil = the
    ///     configuration's
    ///   - attacks: gains around the transform; nil = none
    ///   - hard: count the rate on rounded symbols instead of noisy ones, and fill with the noise
    ///     that decoders use
    package func callAsFunction(
        _ x: Tensor<S>, positions: [[Double]], layers: Int, random: inout RandomSource,
        hard: Bool = false, randomSigns: Bool? = nil, attacks: AttackTensors<S>? = nil,
        _ graph: Graph<S>
    ) -> Output {
        let batch = x.shape.batch
        let knotCount = configuration.rateKnots
        precondition(positions.count == batch && positions.allSatisfy { $0.count >= layers })
        let knots = (0..<layers).map { layer in
            graph.input(
                Shape(batch, 1, knotCount),
                positions.flatMap {
                    RateScale.weights(position: $0[layer], knots: knotCount).map { S($0) }
                })
        }
        let c = transform.analyse(x, attacks, graph)
        let frames = c.shape.frames
        precondition(
            frames % configuration.framesPerBlock == 0,
            "\(frames) frames are no whole number of blocks")
        func noise(_ shape: Shape) -> Tensor<S>? {
            let seed = random.next()
            return hard ? nil : graph.uniformNoise(shape, seed: seed)
        }
        let side0 = envelope(x, c, knots: knots[0], noise: noise, graph)
        let fillingSeed = random.next()
        let signs =
            randomSigns ?? configuration.randomSigns == true
            ? graph.randomSigns(c.shape, seed: random.next()) : nil
        let shaping = self.shaping(
            bands: side0.bands, wide: side0.wide,
            exponent: graph.broadcastFrames(exponent(knots[0], graph), frames), signs: signs, graph)
        let spread = shaping.spread(graph)
        let normalised = shaping.normalise(c, graph)
        // Unit variance from uniform noise of width 1.
        let filling = graph.affine(
            graph.uniformNoise(c.shape, seed: hard ? NoiseFilling.seed : fillingSeed),
            scale: NoiseFilling.scale)
        var side = shaping.side
        var residual = normalised
        var first: Tensor<S>?
        var upper: Tensor<S>?
        var decoded: [Tensor<S>] = []
        var bits: [Tensor<S>] = []
        var symbols: [Tensor<S>] = []
        for (layer, module) in modules.prefix(layers).enumerated() {
            side = graph.concatenate([side, graph.broadcastFrames(knots[layer], frames)])
            let logGain = module.gain(knots[layer], graph)
            let z = module.unrounded(
                residual, perUnit: graph.unary(.exp, logGain), side: side, graph)
            let own = graph.unary(.round, z)
            let rated = noise(z.shape).map { graph.add(z, $0) } ?? own
            bits.append(
                graph.sumPerItem(
                    module.rate(
                        rated, symbols: own, logGain: logGain, side: side, spread: spread,
                        below: symbols.last, graph)))
            symbols.append(own)
            let out = module.decode(own, side: side, filling: filling, graph)
            let unit = graph.broadcastFrames(
                graph.unary(.exp, graph.affine(logGain, scale: -1)), frames)
            let filled = out.coefficients(unit: unit, isFilled: true, graph)
            let highest = upper.map { graph.add($0, filled) } ?? filled
            decoded.append(
                transform.synthesise(
                    shaping.restored(
                        first: first ?? filled, upper: first == nil ? nil : highest, graph),
                    attacks, graph))
            guard layer + 1 < layers else { break }
            let plain = out.coefficients(unit: unit, isFilled: false, graph)
            residual = graph.subtract(residual, plain)
            upper = first == nil ? nil : upper.map { graph.add($0, plain) } ?? plain
            first = first ?? plain
        }
        return Output(
            decoded: decoded, envelopeBits: graph.sumPerItem(side0.bits), moduleBits: bits,
            envelopeSymbols: side0.symbols, moduleSymbols: symbols)
    }

    /// What a decoder of the first module alone makes of its symbols: coefficients [batch, frames,
    /// hop], ready for `transform.synthesise`.
    /// - Parameters:
    ///   - unit: units per quantiser step [batch, frames, hop]
    ///   - restore: as in `Shaping`
    package func coefficients(
        symbols: Tensor<S>, unit: Tensor<S>, side: Tensor<S>, filling: Tensor<S>?,
        upper: Tensor<S>? = nil, restore: Tensor<S>, _ graph: Graph<S>
    ) -> Tensor<S> {
        let out = modules[0].decode(symbols, side: side, filling: filling, graph)
        return Shaping.restored(
            first: out.coefficients(unit: unit, isFilled: true, graph), upper: upper,
            restore: restore, graph)
    }
}
