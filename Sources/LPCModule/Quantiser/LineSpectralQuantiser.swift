import NeuralNetwork

/// What a quantiser of line spectral frequencies yields in the graph.
public struct QuantisedLineSpectrum<S> {
    /// Quantised values, radians [batch, frames, p]: rising, at least the minimum gap apart.
    public let values: Tensor<S>
    /// Symbols as real numbers [batch, frames, p].
    public let symbols: Tensor<S>
    /// Bits: [batch, frames, p] of the trained steps; one scalar, the mean per symbol, of the
    /// soft-to-hard quantiser.
    public let bits: Tensor<S>
}

/// Uniform quantiser with trained steps: symbol q_i = round(w_i / step_i), value q_i step_i, moved
/// apart to the minimum gap.
///
/// A position's step is a trained value times a factor that the context chooses from what is
/// decoded already: fine where the envelope is sensitive (neighbours close together), coarse
/// elsewhere. In the graph the factors come from a first pass of the context over values rounded
/// with the trained steps alone; the integer twin uses the decoded values.
///
/// Gradients: straight through the rounding (Bengio et al. 2013), exact for the steps and the
/// separation; the rate sees uniform noise in place of rounding (Balle et al. 2017) or the symbols
/// themselves.
public struct LineSpectralQuantiser<S: EngineScalar>: Sendable {
    public let order: Int
    /// Logarithm of the step in radians, one per position.
    public let logStep: Parameter
    public let context: LineSpectralContext<S>
    /// Whether the context varies the steps.
    public let adaptive: Bool

    /// Distance that quantised neighbours keep, radians: 25 Hz at 16 kHz. A multiple of 2^-16, so
    /// that integers keep it too.
    public static var minimumGap: Double { Double(LineSpectralSymbolModel.minimumGap) / 65536 }

    /// - Parameters:
    ///   - step: first step of every position, radians
    ///   - units: recurrent units of the entropy model
    ///   - localUnits: rectified units of each position
    public init(
        _ store: ParameterStore<S>, _ name: String, order: Int = 16, step: Double = 0.03,
        units: Int = 32, localUnits: Int = 8, adaptive: Bool = false
    ) {
        self.order = order
        self.adaptive = adaptive
        logStep = store.add(
            name + ".log_step", [order], constant: S(Elementary.naturalLogarithm(step)))
        context = LineSpectralContext(
            store, name + ".context", order: order, units: units, localUnits: localUnits)
    }

    /// - Parameters:
    ///   - x: line spectral frequencies [batch, frames, p], radians; frame 0 of every item has no
    ///     past
    ///   - noise: uniform noise in [-1/2, 1/2) for the rate, same shape; nil = hard symbols
    public func callAsFunction(_ x: Tensor<S>, noise: Tensor<S>?, _ graph: Graph<S>)
        -> QuantisedLineSpectrum<S>
    {
        let log = logSteps(x, graph)
        let step = graph.unary(.exp, log)
        let inverseLog = graph.affine(log, scale: -1)
        let inverse = graph.unary(.exp, inverseLog)
        let scaled = graph.multiply(x, inverse)
        let symbols = graph.unary(.round, scaled)
        let values = graph.separated(
            lineSpectrum: graph.multiply(symbols, step), gap: Self.minimumGap)
        let prediction = context(values, graph)
        let bits = graph.logisticBits(
            noise.map { graph.add(scaled, $0) } ?? symbols,
            mean: graph.multiply(prediction.mean, inverse),
            logScale: graph.add(prediction.logScale, inverseLog))
        return QuantisedLineSpectrum(values: values, symbols: symbols, bits: bits)
    }

    /// Logarithm of the step of every value.
    package func logSteps(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let log = graph.parameter(logStep).reshaped(1, 1, order)
        guard adaptive else { return graph.addChannels(graph.zeros(x.shape), log) }
        let steps = (0..<order).map { S(Elementary.exponential(Double(log.data[$0]))) }
        let rough = (0..<x.count).map {
            (x.data[$0] / steps[$0 % order]).rounded() * steps[$0 % order]
        }
        let values = graph.separated(
            lineSpectrum: graph.input(x.shape, rough), gap: Self.minimumGap)
        return graph.addChannels(context(values, graph).logStep, log)
    }
}
