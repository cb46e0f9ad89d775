import NeuralNetwork

/// What a quantiser of line spectral frequencies yields in the graph.
public struct QuantisedLineSpectrum<S> {
    /// Quantised values, radians [batch, frames, p]: rising, at least the minimum gap apart.
    public let values: Tensor<S>
    /// Symbols as real numbers [batch, frames, p].
    public let symbols: Tensor<S>
    /// Bits: [batch, frames, p] of the trained steps; one scalar, the mean per symbol, of the soft-to-hard quantiser.
    public let bits: Tensor<S>
}

/// Uniform quantiser with one trained step per position: symbol q_i = round(w_i / step_i), value q_i step_i, moved apart to the minimum gap.
///
/// Gradients: straight through the rounding (Bengio et al. 2013), exact for the steps and the separation; the rate sees uniform noise in
/// place of rounding (Balle et al. 2017) or the symbols themselves.
public struct LineSpectralQuantiser<S: EngineScalar>: Sendable {
    public let order: Int
    /// Logarithm of the step in radians, one per position.
    public let logStep: Parameter
    public let context: LineSpectralContext<S>

    /// Distance that quantised neighbours keep, radians: 25 Hz at 16 kHz. A multiple of 2^-16, so that integers keep it too.
    public static var minimumGap: Double { Double(LineSpectralSymbolModel.minimumGap) / 65536 }

    /// - Parameters:
    ///   - step: first step of every position, radians
    ///   - units: hidden units of the entropy model
    public init(_ store: ParameterStore<S>, _ name: String, order: Int = 16, step: Double = 0.03, units: Int = 32) {
        self.order = order
        logStep = store.add(name + ".log_step", [order], constant: S(Elementary.naturalLogarithm(step)))
        context = LineSpectralContext(store, name + ".context", order: order, units: units)
    }

    /// - Parameters:
    ///   - x: line spectral frequencies [batch, frames, p], radians; frame 0 of every item has no past
    ///   - noise: uniform noise in [-1/2, 1/2) for the rate, same shape; nil = hard symbols
    public func callAsFunction(_ x: Tensor<S>, noise: Tensor<S>?, _ graph: Graph<S>) -> QuantisedLineSpectrum<S> {
        let log = graph.parameter(logStep).reshaped(1, 1, order), step = graph.unary(.exp, log)
        let inverseLog = graph.affine(log, scale: -1), inverse = graph.unary(.exp, inverseLog)
        let scaled = graph.multiplyChannels(x, inverse), symbols = graph.unary(.round, scaled)
        let values = graph.separated(lineSpectrum: graph.multiplyChannels(symbols, step), gap: Self.minimumGap)
        let prediction = context(values, graph)
        let bits = graph.logisticBits(
            noise.map { graph.add(scaled, $0) } ?? symbols, mean: graph.multiplyChannels(prediction.mean, inverse),
            logScale: graph.addChannels(prediction.logScale, inverseLog))
        return QuantisedLineSpectrum(values: values, symbols: symbols, bits: bits)
    }
}
