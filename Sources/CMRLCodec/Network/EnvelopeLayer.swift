import NeuralNetwork
import SignalProcessing

/// Layer 0: the spectral envelope of a block, log amplitude in mel-spaced bands, quantised with trained steps and coded given its past.
///
/// Prediction of band b: previous block's value + GRU output + a trained combination of the changes already seen in the bands below b.
public struct EnvelopeLayer<S: EngineScalar>: Sendable {
    /// What a forward pass yields; blocks are frames of 20 ms.
    public struct Output {
        /// Dequantised envelope [batch, blocks, bands], natural logarithm of amplitude.
        public let envelope: Tensor<S>
        /// Bits per value [batch, blocks, bands].
        public let bits: Tensor<S>
        /// Quantiser symbols as real numbers [batch, blocks, bands].
        public let symbols: Tensor<S>
    }

    public let bands: Int
    public let hop: Int
    public let framesPerBlock: Int
    /// log of quantiser steps per unit, by rate.
    public let gain: RateTable<S>
    public let context: GRU<S>
    /// GRU state -> mean (bands), log scale (bands).
    public let output: Conv1D<S>
    /// Changes of lower bands -> mean and log scale: bands rows of 2 bands, only entries below the diagonal act.
    public let lower: Parameter
    /// [hop * framesPerBlock, bands]: mean power of a block per band.
    let averaging: [S]
    /// [bands, hop]: from bands to coefficients, piecewise linear in mel.
    let widening: [S]
    /// Entries of `lower` that may act.
    private let mask: [S]
    /// Power added before the logarithm: about -80 dB of full scale per coefficient.
    static var floor: Double { 1e-4 }

    public init(_ store: ParameterStore<S>, _ name: String, _ configuration: NetworkConfiguration) {
        bands = configuration.bands
        hop = configuration.hop
        framesPerBlock = configuration.framesPerBlock
        let knots = configuration.rateKnots
        gain = RateTable(store, name + ".gain", knots: knots, width: bands) { knot in 0.2 + 0.6 * Double(knot) / Double(knots - 1) }
        context = GRU(store, name + ".context", bands + knots, configuration.envelopeContext)
        output = Conv1D(store, name + ".output", configuration.envelopeContext, 2 * bands, gain: 0.1)
        lower = store.add(name + ".lower", [bands, 2 * bands], constant: 0)
        let up = MelScale.interpolation(bands: bands, bins: hop, sampleRate: 16000), bandCount = bands
        let sums = up.map { $0.reduce(0, +) * Double(configuration.framesPerBlock) }
        averaging = (0..<configuration.framesPerBlock).flatMap { _ in
            (0..<configuration.hop).flatMap { k in (0..<bandCount).map { S(up[$0][k] / sums[$0]) } }
        }
        widening = up.flatMap { $0.map { S($0) } }
        mask = (0..<bandCount).flatMap { j in (0..<2 * bandCount).map { column in S(j < column % bandCount ? 1 : 0) } }
    }

    /// Log amplitude of each band: 0.5 log(sum_k w[b, k] mean over the block's frames of c^2 + floor), w = interpolation weights of sum 1.
    func measure(_ c: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let blocks = c.shape.frames / framesPerBlock
        let power = graph.unary(.square, c).reshaped(c.shape.batch, blocks, hop * framesPerBlock)
        let matrix = graph.input(Shape(1, hop * framesPerBlock, bands), averaging)
        let energy = graph.convolution(power, weight: matrix, bias: nil, ConvolutionGeometry(taps: 1))
        return graph.affine(graph.unary(.log(floor: 1e-30), graph.affine(energy, scale: 1, shift: Self.floor)), scale: 0.5)
    }

    /// Envelope at every coefficient: [batch, blocks, bands] -> [batch, blocks, hop].
    func widen(_ envelope: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let matrix = graph.input(Shape(1, bands, hop), widening)
        return graph.convolution(envelope, weight: matrix, bias: nil, ConvolutionGeometry(taps: 1))
    }

    /// - Parameters:
    ///   - c: coefficients [batch, frames, hop], a whole number of blocks
    ///   - knots: rate weights [batch, 1, knots]
    ///   - noise: uniform noise in [-1/2, 1/2) for the rate, [batch, blocks, bands]; nil = hard symbols
    public func callAsFunction(_ c: Tensor<S>, knots: Tensor<S>, noise: Tensor<S>?, _ graph: Graph<S>) -> Output {
        let blocks = c.shape.frames / framesPerBlock
        let logGain = gain(knots, graph)
        let steps = graph.broadcastFrames(graph.unary(.exp, logGain), blocks)
        let inverse = graph.broadcastFrames(graph.unary(.exp, graph.affine(logGain, scale: -1)), blocks)
        let scaled = graph.multiply(measure(c, graph), steps)
        let symbols = graph.unary(.round, scaled)
        let envelope = graph.multiply(symbols, inverse)
        let previous = graph.delay(envelope, by: 1)
        let change = graph.subtract(envelope, previous)
        let rate = graph.broadcastFrames(knots, blocks)
        let state = context(graph.concatenate([graph.affine(previous, scale: 0.25), rate]), graph)
        let prediction = graph.add(output(state, graph), fromLower(change, graph))
        let mean = graph.multiply(graph.add(previous, graph.channels(prediction, 0..<bands)), steps)
        let logScale = graph.affine(graph.channels(prediction, bands..<2 * bands), scale: 1, shift: -0.5)
        let rated = noise.map { graph.add(scaled, $0) } ?? symbols
        let bits = graph.logisticBits(rated, mean: mean, logScale: graph.add(graph.unary(.clamp(bound: 4), logScale), graph.broadcastFrames(logGain, blocks)))
        return Output(envelope: envelope, bits: bits, symbols: symbols)
    }

    /// Mean from signed, scale from absolute changes of the bands below.
    private func fromLower(_ change: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let masked = graph.multiply(graph.parameter(lower), graph.input(Shape(1, bands, 2 * bands), mask))
        let one = ConvolutionGeometry(taps: 1)
        let mean = graph.convolution(change, weight: graph.channels(masked, 0..<bands), bias: nil, one)
        let scale = graph.convolution(graph.unary(.abs, change), weight: graph.channels(masked, bands..<2 * bands), bias: nil, one)
        return graph.concatenate([mean, scale])
    }
}
