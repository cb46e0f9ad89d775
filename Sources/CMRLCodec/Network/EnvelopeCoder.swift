import NeuralNetwork

/// Trained steps and conditional entropy model of the values that describe a block's envelope,
/// whatever they are.
///
/// Prediction of value b: the previous block's value + GRU output + a trained combination of the
/// changes already seen in the values below b.
package struct EnvelopeCoder<S: EngineScalar>: Sendable {
    /// Quantiser steps of a pass, for every block [batch, blocks, width].
    struct Steps {
        /// log of steps per unit, steps per unit, units per step.
        let log: Tensor<S>
        let perUnit: Tensor<S>
        let unit: Tensor<S>
    }

    package let width: Int
    /// log of quantiser steps per unit, by rate.
    package let gain: RateTable<S>
    package let context: GRU<S>
    /// GRU state -> mean (width), log scale (width).
    package let output: Conv1D<S>
    /// Changes of lower values -> mean and log scale: rows of 2 width, only entries below the
    /// diagonal act.
    package let lower: Parameter
    /// Entries of `lower` that may act.
    private let mask: [S]

    /// - Parameter initial: first log of steps per unit, of a knot and a value
    init(
        _ store: ParameterStore<S>, _ name: String, _ configuration: NetworkConfiguration,
        width: Int, initial: (_ knot: Int, _ value: Int) -> Double
    ) {
        self.width = width
        let knots = configuration.rateKnots
        gain = RateTable(store, name + ".gain", knots: knots, width: width, initial: initial)
        context = GRU(store, name + ".context", width + knots, configuration.envelopeContext)
        output = Conv1D(
            store, name + ".output", configuration.envelopeContext, 2 * width, gain: 0.1)
        lower = store.add(name + ".lower", [width, 2 * width], constant: 0)
        mask = (0..<width).flatMap { j in
            (0..<2 * width).map { column in S(j < column % width ? 1 : 0) }
        }
    }

    /// - Parameter knots: rate weights [batch, 1, knots]
    func steps(_ knots: Tensor<S>, blocks: Int, _ graph: Graph<S>) -> Steps {
        let row = gain(knots, graph)
        return Steps(
            log: graph.broadcastFrames(row, blocks),
            perUnit: graph.broadcastFrames(graph.unary(.exp, row), blocks),
            unit: graph.broadcastFrames(graph.unary(.exp, graph.affine(row, scale: -1)), blocks))
    }

    /// - Parameters:
    ///   - rated: what the rate is counted on: scaled values with noise, or symbols [batch, blocks,
    ///     width]
    ///   - values: dequantised values, as decoders know them
    /// - Returns: bits of every value.
    func bits(
        _ rated: Tensor<S>, values: Tensor<S>, steps: Steps, knots: Tensor<S>, _ graph: Graph<S>
    ) -> Tensor<S> {
        let previous = graph.delay(values, by: 1)
        let change = graph.subtract(values, previous)
        let rate = graph.broadcastFrames(knots, values.shape.frames)
        let state = context(
            graph.concatenate([
                graph.affine(previous, scale: EntropySpecification.envelopeScale), rate,
            ]), graph)
        let prediction = graph.add(output(state, graph), fromLower(change, graph))
        let mean = graph.multiply(
            graph.add(previous, graph.channels(prediction, 0..<width)), steps.perUnit)
        let logScale = graph.affine(
            graph.channels(prediction, width..<2 * width), scale: 1,
            shift: EntropySpecification.Envelope.logScaleOffset)
        let bound = EntropySpecification.Envelope.logScaleBound
        return graph.logisticBits(
            rated, mean: mean,
            logScale: graph.add(graph.unary(.clamp(bound: bound), logScale), steps.log))
    }

    /// Mean from signed, scale from absolute changes of the values below.
    private func fromLower(_ change: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let masked = graph.multiply(
            graph.parameter(lower), graph.input(Shape(1, width, 2 * width), mask))
        let one = ConvolutionGeometry(taps: 1)
        let mean = graph.convolution(
            change, weight: graph.channels(masked, 0..<width), bias: nil, one)
        let scale = graph.convolution(
            graph.unary(.abs, change), weight: graph.channels(masked, width..<2 * width), bias: nil,
            one)
        return graph.concatenate([mean, scale])
    }
}
