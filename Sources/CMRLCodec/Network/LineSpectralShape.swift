import LPCModule
import NeuralNetwork

/// The envelope of a block by linear prediction: line spectral frequencies and a level, in place of
/// mel bands.
///
/// The frequencies are analysed from the samples (no gradient, they are what a signal has); behind
/// the quantiser everything is differentiable, so the decoder's error moves the steps of the
/// frequencies: collaborative quantisation (Zhen et al. 2020), with the gradient that the published
/// code lacks.
package struct LineSpectralShape<S: EngineScalar>: Sendable {
    /// Dequantised description of a pass.
    struct Output {
        /// Log amplitude at every coefficient [batch, blocks, hop].
        let wide: Tensor<S>
        /// Frequencies in units, level in units [batch, blocks, order + 1].
        let values: Tensor<S>
        let scaled: Tensor<S>
        let symbols: Tensor<S>
    }

    package let order: Int
    let hop: Int
    private let analysis: LPCConfiguration
    private let centres: [S]

    /// Units per radian: a customary step of 0.03 rad is then about as large as one of the bands'.
    static var unitsPerRadian: Double { 8 }
    /// Log amplitude per dB.
    private static var perDecibel: Double { 0.1151292546497023 }

    package init(order: Int, hop: Int, framesPerBlock: Int) {
        self.order = order
        self.hop = hop
        var analysis = LPCConfiguration()
        // The samples that the block's transform frames see, no others: no delay of its own.
        analysis.order = order
        analysis.hop = hop * framesPerBlock
        analysis.window = hop * (framesPerBlock + 1)
        analysis.lookAhead = 0
        self.analysis = analysis
        centres = (1...order).map { S(.pi * Double($0) / Double(order + 1)) }
    }

    /// log of steps per unit for a step in radians.
    static func logGain(step: Double) -> Double {
        -Approximation.log2(step * unitsPerRadian) * 0.6931471805599453
    }

    /// Line spectral frequencies of every block, radians [batch, blocks, order]. Samples that are
    /// no numbers count as 0.
    package func analyse(_ x: Tensor<S>, blocks: Int) -> [S] {
        var result: [S] = []
        result.reserveCapacity(x.shape.batch * blocks * order)
        let n = x.shape.frames
        for item in 0..<x.shape.batch {
            let samples = (0..<blocks * analysis.hop).map { i -> Float in
                let value = i < n ? Float(Double(x.data[item * n + i])) : 0
                return value.isFinite ? value : 0
            }
            var frames: [LPCAnalyser.Frame] = []
            if var analyser = try? LPCAnalyser(analysis) {
                frames = ((try? analyser.step(samples)) ?? []) + ((try? analyser.flush()) ?? [])
            }
            for block in 0..<blocks {
                if block < frames.count {
                    result += frames[block].lineSpectrum.values.map { S($0) }
                } else {
                    result += centres
                }
            }
        }
        return result
    }

    /// - Parameters:
    ///   - x: samples [batch, n, 1]
    ///   - power: mean power of the block's coefficients [batch, blocks, hop]
    ///   - floor: power below which a level is not told
    func callAsFunction(
        _ x: Tensor<S>, power: Tensor<S>, floor: Double, steps: EnvelopeCoder<S>.Steps,
        _ graph: Graph<S>
    ) -> Output {
        let blocks = power.shape.frames
        let batch = power.shape.batch
        let flat = graph.input(Shape(1, 1, order), centres)
        let frequencies = graph.input(Shape(batch, blocks, order), analyse(x, blocks: blocks))
        let units = graph.affine(
            graph.addChannels(frequencies, graph.affine(flat, scale: -1)),
            scale: Self.unitsPerRadian)
        let scaledFrequencies = graph.multiply(units, graph.channels(steps.perUnit, 0..<order))
        let frequencySymbols = graph.unary(.round, scaledFrequencies)
        let rounded = graph.multiply(frequencySymbols, graph.channels(steps.unit, 0..<order))
        let radians = graph.separated(
            lineSpectrum: graph.addChannels(
                graph.affine(rounded, scale: 1 / Self.unitsPerRadian), flat),
            gap: LineSpectralQuantiser<S>.minimumGap)
        let kept = graph.affine(
            graph.addChannels(radians, graph.affine(flat, scale: -1)), scale: Self.unitsPerRadian)
        let shape = graph.affine(
            graph.envelopeDecibels(lineSpectrum: radians, points: hop), scale: Self.perDecibel)
        // Level: power of the coefficients behind the inverse filter.
        let flattened = graph.multiply(power, graph.unary(.exp, graph.affine(shape, scale: -2)))
        let mean = graph.input(Shape(1, hop, 1), [S](repeating: 1 / S(hop), count: hop))
        let one = ConvolutionGeometry(taps: 1)
        let energy = graph.affine(
            graph.convolution(flattened, weight: mean, bias: nil, one), scale: 1, shift: floor)
        let level = graph.affine(graph.unary(.log(floor: 1e-30), energy), scale: 0.5)
        let scaledLevel = graph.multiply(level, graph.channels(steps.perUnit, order..<order + 1))
        let levelSymbols = graph.unary(.round, scaledLevel)
        let keptLevel = graph.multiply(levelSymbols, graph.channels(steps.unit, order..<order + 1))
        let ones = graph.input(Shape(1, 1, hop), [S](repeating: 1, count: hop))
        return Output(
            wide: graph.add(shape, graph.convolution(keptLevel, weight: ones, bias: nil, one)),
            values: graph.concatenate([kept, keptLevel]),
            scaled: graph.concatenate([scaledFrequencies, scaledLevel]),
            symbols: graph.concatenate([frequencySymbols, levelSymbols]))
    }
}
