import NeuralNetwork
import SignalProcessing

/// Layer 0: the spectral envelope of a block, quantised with trained steps and coded given its
/// past.
///
/// By log amplitudes in mel-spaced bands, which the default model uses, or by line spectral
/// frequencies and a level (`LineSpectralShape`).
package struct EnvelopeLayer<S: EngineScalar>: Sendable {
    /// What a forward pass yields; blocks are frames of 20 ms.
    package struct Output {
        /// Dequantised envelope in bands [batch, blocks, bands], natural logarithm of amplitude:
        /// what networks are told.
        package let bands: Tensor<S>
        /// Dequantised envelope at every coefficient [batch, blocks, width]: what coefficients are
        /// divided by.
        package let wide: Tensor<S>
        /// Bits per value [batch, blocks, bands], or order + 1 values.
        package let bits: Tensor<S>
        /// Quantiser symbols as real numbers, same shape as the bits.
        package let symbols: Tensor<S>
    }

    /// Values of the envelope, of all channels of a group.
    package let bands: Int
    /// Coefficients of a frame, of all channels of a group.
    package let width: Int
    package let framesPerBlock: Int
    package let coder: EnvelopeCoder<S>
    /// nil = bands.
    package let lineSpectrum: LineSpectralShape<S>?
    /// Channels of a group; each has bands of its own.
    private let channels: Int
    /// [width * framesPerBlock, bands]: mean power of a block per band.
    private let averaging: ConstantMatrix<S>
    /// [width, bands]: mean over the coefficients of a band.
    private let narrowing: ConstantMatrix<S>?
    /// [bands of a channel, hop]: from the bands of a channel to its coefficients, piecewise linear
    /// in mel. Models store it: computing it needs a mathematical library.
    package internal(set) var interpolation: [S] {
        didSet { widening = Self.widening(interpolation, channels, bands: bands, width: width) }
    }
    /// [bands, width]: the same for all channels.
    private(set) var widening: ConstantMatrix<S>
    package var wideningValues: [S] { widening.values }
    /// Power added before the logarithm: about -80 dB of full scale per coefficient.
    static var floor: Double { 1e-4 }

    package init(_ store: ParameterStore<S>, _ name: String, _ configuration: NetworkConfiguration)
    {
        bands = configuration.envelopeWidth
        width = configuration.frameWidth
        channels = configuration.signal.channels
        framesPerBlock = configuration.framesPerBlock
        let knots = configuration.rateKnots
        let first = { (knot: Int) in 0.2 + 0.6 * Double(knot) / Double(knots - 1) }
        if let prediction = configuration.lineSpectrum {
            let order = prediction.order
            lineSpectrum = LineSpectralShape(
                order: order, hop: configuration.hop, framesPerBlock: configuration.framesPerBlock)
            coder = EnvelopeCoder(store, name, configuration, width: order + 1) { knot, value in
                value < order
                    ? LineSpectralShape<S>.logGain(step: prediction.step(value)) : first(knot)
            }
        } else {
            lineSpectrum = nil
            coder = EnvelopeCoder(store, name, configuration, width: configuration.envelopeWidth) {
                knot, _ in first(knot)
            }
        }
        let own = configuration.bands
        let hop = configuration.hop
        let up = MelScale.interpolation(
            bands: own, bins: hop, sampleRate: Double(configuration.signal.sampleRate))
        let sums = up.map { $0.reduce(0, +) * Double(configuration.framesPerBlock) }
        let narrow = Self.blockDiagonal(
            (0..<hop).flatMap { k in (0..<own).map { S(up[$0][k] / sums[$0]) } }, channels,
            rows: width, columns: bands)
        averaging = ConstantMatrix(
            rows: width * configuration.framesPerBlock, columns: bands,
            values: (0..<configuration.framesPerBlock).flatMap { _ in narrow })
        let share = S(configuration.framesPerBlock)
        narrowing =
            configuration.lineSpectrum == nil
            ? nil
            : ConstantMatrix(rows: width, columns: bands, values: narrow.map { $0 * share })
        interpolation = up.flatMap { $0.map { S($0) } }
        widening = Self.widening(interpolation, channels, bands: bands, width: width)
    }

    private static func widening(_ channel: [S], _ channels: Int, bands: Int, width: Int)
        -> ConstantMatrix<S>
    {
        ConstantMatrix(
            rows: bands, columns: width,
            values: blockDiagonal(channel, channels, rows: bands, columns: width))
    }

    /// The matrix of a channel, once for each channel: [rows, columns] in all, zero elsewhere.
    private static func blockDiagonal(_ channel: [S], _ channels: Int, rows: Int, columns: Int)
        -> [S]
    {
        guard channels > 1 else { return channel }
        let height = rows / channels
        let width = columns / channels
        var values = [S](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            let first = row * columns + row / height * width
            let own = row % height * width
            for column in 0..<width { values[first + column] = channel[own + column] }
        }
        return values
    }

    /// Log amplitude of each band: 0.5 log(sum_k w[b, k] mean over the block's frames of c^2 +
    /// floor), w = interpolation weights of sum 1.
    private func measure(_ power: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let energy = graph.multiply(power, averaging)
        return graph.affine(
            graph.unary(.log(floor: 1e-30), graph.affine(energy, scale: 1, shift: Self.floor)),
            scale: 0.5)
    }

    /// Power of every coefficient, a row a block: [batch, frames, width] -> [batch, blocks,
    /// framesPerBlock * width].
    private func power(_ c: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        graph.unary(.square, c).reshaped(
            c.shape.batch, c.shape.frames / framesPerBlock, width * framesPerBlock)
    }

    /// The envelope in bands before rounding, in quantiser steps [batch, blocks, bands].
    /// - Parameters:
    ///   - c: coefficients [batch, frames, width], a whole number of blocks
    ///   - perUnit: quantiser steps per unit [batch, blocks, bands]
    func unrounded(_ c: Tensor<S>, perUnit: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        graph.multiply(measure(power(c, graph), graph), perUnit)
    }

    /// Envelope at every coefficient: [batch, blocks, bands] -> [batch, blocks, width].
    func widen(_ envelope: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        graph.multiply(envelope, widening)
    }

    /// - Parameters:
    ///   - x: samples [batch, n, channels], for linear prediction
    ///   - c: coefficients [batch, frames, width], a whole number of blocks
    ///   - knots: rate weights [batch, 1, knots]
    ///   - noise: gives uniform noise in [-1/2, 1/2) of a shape for the rate; nil = hard symbols
    package func callAsFunction(
        _ x: Tensor<S>, _ c: Tensor<S>, knots: Tensor<S>, noise: (Shape) -> Tensor<S>?,
        _ graph: Graph<S>
    ) -> Output {
        let blocks = c.shape.frames / framesPerBlock
        let shape = Shape(c.shape.batch, blocks, coder.width)
        let steps = coder.steps(knots, blocks: blocks, graph)
        guard let lineSpectrum, let narrowing else {
            let scaled = unrounded(c, perUnit: steps.perUnit, graph)
            let symbols = graph.unary(.round, scaled)
            let envelope = graph.multiply(symbols, steps.unit)
            let rated = noise(shape).map { graph.add(scaled, $0) } ?? symbols
            let bits = coder.bits(rated, values: envelope, steps: steps, knots: knots, graph)
            return Output(
                bands: envelope, wide: widen(envelope, graph), bits: bits, symbols: symbols)
        }
        let power = self.power(c, graph)
        let frames = (0..<framesPerBlock).map {
            graph.channels(power, $0 * width..<($0 + 1) * width)
        }
        let mean = graph.affine(
            frames.dropFirst().reduce(frames[0]) { graph.add($0, $1) },
            scale: 1 / Double(framesPerBlock))
        let out = lineSpectrum(x, power: mean, floor: Self.floor, steps: steps, graph)
        let rated = noise(shape).map { graph.add(out.scaled, $0) } ?? out.symbols
        let bits = coder.bits(rated, values: out.values, steps: steps, knots: knots, graph)
        let narrow = graph.multiply(out.wide, narrowing)
        return Output(bands: narrow, wide: out.wide, bits: bits, symbols: out.symbols)
    }
}
