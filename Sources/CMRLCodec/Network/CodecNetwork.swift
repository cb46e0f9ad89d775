import NeuralNetwork

/// The noise that decoders fill in: a hash of the coefficient's number since the last key packet,
/// the same everywhere.
public enum NoiseFilling {
    public static let seed: UInt64 = 0x6e_77_63
    /// sqrt(12): unit variance from a uniform distribution of width 1.
    public static let scale = 3.4641016151377544
}

/// The default codec as a differentiable network: lapped transform, envelope (layer 0), cascade of
/// NWC modules on residuals (layers 1...).
public struct CodecNetwork<S: EngineScalar>: Sendable {
    public let configuration: NetworkConfiguration
    public let transform: LappedTransformLayer<S>
    public let envelope: EnvelopeLayer<S>
    /// Exponent of the envelope that coefficients are divided by, by rate: shapes the quantisation
    /// noise.
    public let exponent: RateTable<S>
    public let modules: [NWCModule<S>]

    /// What a pass through the codec yields.
    public struct Output {
        /// Decoded samples after each layer [batch, samples, 1]; index l = layers 1...l+1.
        public let decoded: [Tensor<S>]
        /// Bits of envelope and of each module, per item [batch, 1, 1].
        public let envelopeBits: Tensor<S>
        public let moduleBits: [Tensor<S>]
        /// Quantiser symbols, for statistics.
        public let envelopeSymbols: Tensor<S>
        public let moduleSymbols: [Tensor<S>]
    }

    public init(_ store: ParameterStore<S>, _ configuration: NetworkConfiguration) {
        self.configuration = configuration
        transform = LappedTransformLayer(store, "transform", hop: configuration.hop)
        envelope = EnvelopeLayer(store, "envelope", configuration)
        exponent = RateTable(
            store, "exponent", knots: configuration.rateKnots, width: configuration.hop
        ) { _, _ in 0.6 }
        modules = configuration.modules.indices.map {
            NWCModule(store, "module\($0 + 1)", configuration, module: $0)
        }
    }

    /// - Parameters:
    ///   - x: samples [batch, n, 1]; n + hop a whole number of blocks
    ///   - positions: rate position of each item (outer index) and module (inner index), in [0, 1]
    ///   - layers: how many modules run
    ///   - random: source of the noise in rate and noise filling
    ///   - randomSigns: as in the configuration, for training that tries both; nil = the
    ///     configuration's
    ///   - hard: count the rate on rounded symbols instead of noisy ones, and fill with the noise
    ///     that decoders use
    public func callAsFunction(
        _ x: Tensor<S>, positions: [[Double]], layers: Int, random: inout RandomSource,
        hard: Bool = false, randomSigns: Bool? = nil, _ graph: Graph<S>
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
        let c = transform.analyse(x, graph)
        let frames = c.shape.frames
        let perBlock = configuration.framesPerBlock
        precondition(frames % perBlock == 0, "\(frames) frames are no whole number of blocks")
        func noise(_ shape: Shape) -> Tensor<S>? {
            let seed = random.next()
            return hard ? nil : graph.uniformNoise(shape, seed: seed)
        }
        let side0 = envelope(x, c, knots: knots[0], noise: noise, graph)
        let perFrame = graph.repeatFrames(side0.bands, perBlock)
        let wide = graph.repeatFrames(side0.wide, perBlock)
        let gamma = graph.broadcastFrames(exponent(knots[0], graph), frames)
        let shape = graph.multiply(wide, gamma)
        let spread = graph.subtract(wide, shape)
        var normalised = graph.multiply(c, graph.unary(.exp, graph.affine(shape, scale: -1)))
        var restore = graph.unary(.exp, shape)
        let fillingSeed = random.next()
        if randomSigns ?? configuration.randomSigns == true {
            let signs = graph.randomSigns(c.shape, seed: random.next())
            normalised = graph.multiply(normalised, signs)
            restore = graph.multiply(restore, signs)
        }
        // Unit variance from uniform noise of width 1.
        let filling = graph.affine(
            graph.uniformNoise(c.shape, seed: hard ? NoiseFilling.seed : fillingSeed),
            scale: NoiseFilling.scale)
        var side = graph.affine(perFrame, scale: 0.25)
        var residual = normalised
        var sum: Tensor<S>?
        var decoded: [Tensor<S>] = []
        var bits: [Tensor<S>] = []
        var symbols: [Tensor<S>] = []
        for layer in 0..<layers {
            side = graph.concatenate([side, graph.broadcastFrames(knots[layer], frames)])
            let out = modules[layer](
                residual, knots: knots[layer], side: side, spread: spread, below: symbols.last,
                noise: noise(residual.shape),
                filling: filling, graph)
            let total = sum.map { graph.add($0, out.decoded) } ?? out.decoded
            sum = total
            if layer + 1 < layers { residual = graph.subtract(normalised, total) }
            let filled = out.noise.map { graph.add(total, $0) } ?? total
            decoded.append(transform.synthesise(graph.multiply(filled, restore), graph))
            bits.append(graph.sumPerItem(out.bits))
            symbols.append(out.symbols)
        }
        return Output(
            decoded: decoded, envelopeBits: graph.sumPerItem(side0.bits), moduleBits: bits,
            envelopeSymbols: side0.symbols, moduleSymbols: symbols)
    }
}
