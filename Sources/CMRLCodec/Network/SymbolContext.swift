import NeuralNetwork

/// Conditional model of the quantised coefficients of one module: the scale of each symbol from
/// past frames (GRU), the envelope, the rate, its decoded neighbours in time and frequency, and the
/// module below.
package struct SymbolContext<S: EngineScalar>: Sendable {
    package let past: Conv1D<S>
    package let side: Conv1D<S>
    package let below: Conv1D<S>?
    package let gru: GRU<S>
    package let output: Conv1D<S>
    /// Per-coefficient network: neighbourhood features -> `local` rectified units (biases differ
    /// per coefficient) -> correction of the log scale.
    package let localInput: Conv1D<S>
    package let localBias: Parameter
    package let localOutput: Conv1D<S>
    package let width: Int
    package let local: Int

    package init(
        _ store: ParameterStore<S>, _ name: String, _ configuration: NetworkConfiguration,
        module: Int
    ) {
        let sizes = configuration.modules[module]
        let knots = configuration.rateKnots * (module + 1)
        width = configuration.frameWidth
        local = sizes.local
        past = Conv1D(store, name + ".past", width, sizes.context)
        side = Conv1D(store, name + ".side", configuration.envelopeWidth + knots, sizes.context)
        below = module > 0 ? Conv1D(store, name + ".below", width, sizes.context) : nil
        gru = GRU(store, name + ".gru", sizes.context, sizes.context)
        output = Conv1D(
            store, name + ".output", sizes.context + configuration.envelopeWidth + knots, width,
            gain: 0.1)
        let features = EntropySpecification.Coefficients.featureCount(hasBelow: module > 0)
        localInput = Conv1D(store, name + ".local.input", features, sizes.local, bias: false)
        localBias = store.add(name + ".local.bias", [width, sizes.local], constant: 0)
        localOutput = Conv1D(store, name + ".local.output", sizes.local, 1, bias: false, zero: true)
    }

    /// - Parameters:
    ///   - symbols: this module's symbols [batch, frames, width] (real numbers on the integers)
    ///   - below: symbols of the module below
    ///   - side: envelope and rate [batch, frames, bands + knots]
    ///   - prior: log scale expected from the envelope alone [batch, frames, width]
    /// - Returns: log scale of every symbol.
    package func callAsFunction(
        symbols: Tensor<S>, below lower: Tensor<S>?, side sideTensor: Tensor<S>, prior: Tensor<S>,
        _ graph: Graph<S>
    ) -> Tensor<S> {
        let batch = symbols.shape.batch
        let frames = symbols.shape.frames
        let magnitude = graph.unary(.asinh, graph.unary(.abs, symbols))
        var entered = graph.add(past(graph.delay(magnitude, by: 1), graph), side(sideTensor, graph))
        let magnitudeBelow = lower.map { graph.unary(.asinh, graph.unary(.abs, $0)) }
        if let below, let magnitudeBelow {
            entered = graph.add(entered, below(magnitudeBelow, graph))
        }
        let state = gru(graph.unary(.tanh, entered), graph)
        let base = graph.add(output(graph.concatenate([state, sideTensor]), graph), prior)
        var taps =
            [(map: base, dt: 0, dk: 0)]
            + EntropySpecification.Coefficients.neighbours.map {
                (map: magnitude, dt: $0.dt, dk: $0.dk)
            }
        if let magnitudeBelow {
            taps += EntropySpecification.Coefficients.neighboursBelow.map {
                (map: magnitudeBelow, dt: $0.dt, dk: $0.dk)
            }
        }
        let features = graph.neighbourhood(taps)
        let correction = graph.perceptron(
            features, weight: graph.parameter(localInput.weight), bias: graph.parameter(localBias),
            output: graph.parameter(localOutput.weight))
        return graph.unary(
            .clamp(bound: EntropySpecification.Coefficients.logScaleBound),
            graph.add(base, correction.reshaped(batch, frames, width)))
    }
}
