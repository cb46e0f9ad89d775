import CMRLCodec
import Foundation
import LPCModule
import NeuralNetwork
import TestSupport
import Testing

/// The envelope by linear prediction: against the formulas, its gradients, its refusal where there
/// is no bitstream.
@Suite struct LineSpectralEnvelopeTests {
    static func configuration(order: Int = 8) -> NetworkConfiguration {
        var configuration = NetworkConfiguration(modules: [
            .init(encoderBlocks: 1, decoderBlocks: 1, hidden: 4, context: 4, local: 2)
        ])
        (configuration.bands, configuration.envelopeContext, configuration.rateKnots) = (6, 4, 2)
        configuration.lineSpectrum = .init(order: order)
        return configuration
    }

    private static func samples(_ count: Int) -> [Double] {
        SpeechLikeSignal.samples(seconds: 1).dropFirst(4000).prefix(count).map(Double.init)
    }

    private struct Pass {
        var output: EnvelopeLayer<Double>.Output
        var coefficients: [Double]
    }

    /// The envelope of `blocks` blocks at a rate position, symbols rounded.
    private static func pass(
        _ layer: EnvelopeLayer<Double>, _ transform: LappedTransformLayer<Double>, blocks: Int,
        position: Double, _ graph: Graph<Double>
    ) -> Pass {
        let n = (blocks * 2 - 1) * 160
        let x = graph.input(Shape(1, n, 1), samples(n))
        let c = transform.analyse(x, graph)
        let knots = graph.input(Shape(1, 1, 2), RateScale.weights(position: position, knots: 2))
        return Pass(
            output: layer(x, c, knots: knots, noise: { _ in nil }, graph), coefficients: c.array)
    }

    /// Symbols by hand: the library's analysis of the samples that a block's frames see, divided by
    /// the step and rounded; envelope by hand: 1 / |A| of the quantised frequencies as a
    /// polynomial, times the power that its inverse filter leaves.
    @Test func againstTheFormulas() throws {
        let configuration = Self.configuration()
        let store = ParameterStore<Double>(seed: 3)
        let layer = EnvelopeLayer(store, "envelope", configuration)
        let transform = LappedTransformLayer(store, "transform", hop: 160)
        let graph = Graph<Double>(store: store)
        let blocks = 4
        let pass = Self.pass(layer, transform, blocks: blocks, position: 0, graph)
        let symbols = pass.output.symbols.array
        try withExtendedLifetime(graph) {
            for block in 0..<blocks {
                var analysis = LPCConfiguration()
                (analysis.order, analysis.window, analysis.hop, analysis.lookAhead) = (
                    8, 480, 480, 0
                )
                var analyser = try LPCAnalyser(analysis)
                var seen: [Float] = []
                let samples = Self.samples((blocks * 2 - 1) * 160)
                for i in block * 320 - 160..<block * 320 + 320 {
                    seen.append(samples.indices.contains(i) ? Float(samples[i]) : 0)
                }
                let frequencies = try #require(try analyser.step(seen).first).lineSpectrum.values
                var quantised: [Double] = []
                for i in 0..<8 {
                    let centre = .pi * Double(i + 1) / 9
                    let symbol = ((frequencies[i] - centre) / 0.04).rounded()
                    #expect(symbols[block * 9 + i] == symbol, "block \(block), frequency \(i)")
                    quantised.append(centre + 0.04 * symbol)
                }
                let shape = try LineSpectralFrequencies(
                    separating: quantised, minimumGap: LineSpectralQuantiser<Double>.minimumGap
                ).predictor
                let amplitude = shape.envelopeDecibels(points: 160).map { pow(10, $0 / 20) }
                var power = 0.0
                for k in 0..<160 {
                    let c = (0..<2).map { pass.coefficients[(block * 2 + $0) * 160 + k] }
                    power += (c[0] * c[0] + c[1] * c[1]) / 2 / (amplitude[k] * amplitude[k]) / 160
                }
                let unit = exp(-0.2)
                let level = (0.5 * log(power + 1e-4) / unit).rounded() * unit
                for k in 0..<160 {
                    let wide = pass.output.wide.array[block * 160 + k]
                    #expect(
                        abs(wide - (log(amplitude[k]) + level)) < 1e-9,
                        "block \(block), coefficient \(k): \(wide)")
                }
            }
        }
    }

    /// The decoder's error moves the steps of the frequencies. One block, and weights without a
    /// mean, so that the level has no part in it: with the symbols as they are the loss is a smooth
    /// function of the steps, which central differences measure; the way round the rounding adds
    /// its known share.
    @Test func errorMovesTheSteps() throws {
        let configuration = Self.configuration()
        let store = ParameterStore<Double>(seed: 3)
        let layer = EnvelopeLayer(store, "envelope", configuration)
        let transform = LappedTransformLayer(store, "transform", hop: 160)
        let gain = layer.coder.gain.rows
        let start = store.array(gain)
        var random = RandomSource(seed: 9)
        var weights = (0..<160).map { _ in random.uniform(-1, 1) }
        let mean = weights.reduce(0, +) / 160
        for k in weights.indices { weights[k] -= mean }
        func loss(_ gradient: Bool) throws -> (value: Double, gradient: [Double], symbols: [Double])
        {
            let graph = Graph<Double>(store: store)
            return withExtendedLifetime(graph) {
                let out = Self.pass(layer, transform, blocks: 1, position: 0, graph).output
                let sum = graph.weightedSum(out.wide, weights: weights)
                if gradient { graph.backward(sum) }
                return (
                    sum.data[0],
                    gradient
                        ? Array(graph.parameterGradients[gain.offset..<gain.offset + gain.count])
                        : [], out.symbols.array
                )
            }
        }
        let base = try loss(true)
        var compared = 0
        for i in 0..<8 where base.symbols[i] != 0 {
            func moved(_ by: Double) throws -> Double {
                var values = start
                values[i] += by
                store.set(gain, values)
                defer { store.set(gain, start) }
                let result = try loss(false)
                #expect(result.symbols == base.symbols)
                return result.value
            }
            let fixed = (try moved(1e-6) - moved(-1e-6)) / 2e-6
            // The symbol's own derivative is that of the value before rounding: (scaled - symbol)
            // in place of - symbol.
            let scaled = try Self.scaled(i)
            #expect(
                abs(base.gradient[i] - fixed * (1 - scaled / base.symbols[i])) < 1e-5
                    * max(abs(fixed), 1), "frequency \(i)")
            if abs(base.gradient[i]) > 1e-4 { compared += 1 }
        }
        #expect(compared >= 4)
    }

    /// Frequency i of block 0 in steps, before rounding.
    private static func scaled(_ i: Int) throws -> Double {
        var analysis = LPCConfiguration()
        (analysis.order, analysis.window, analysis.hop, analysis.lookAhead) = (8, 480, 480, 0)
        var analyser = try LPCAnalyser(analysis)
        let seen =
            [Float](repeating: 0, count: 160) + samples(160).map { Float($0) }
            + [Float](repeating: 0, count: 160)
        let value = try #require(try analyser.step(seen).first).lineSpectrum.values[i]
        return (value - .pi * Double(i + 1) / 9) / 0.04
    }

    /// Silence, numbers that are none: a flat envelope at the floor.
    @Test(arguments: [0, Double.nan, .infinity]) func nothingToPredict(_ value: Double) {
        let configuration = Self.configuration()
        let shape = LineSpectralShape<Double>(order: 8, hop: 160, framesPerBlock: 2)
        let graph = Graph<Double>()
        let x = graph.input(Shape(1, 160, 1), Array(repeating: value, count: 160))
        let found = withExtendedLifetime(graph) { shape.analyse(x, blocks: 1) }
        #expect(
            zip(found, 1...8).allSatisfy { abs($0 - .pi * Double($1) / 9) < 1e-6 }
                && configuration.lineSpectrum != nil)
    }

    @Test func configurations() throws {
        let configuration = Self.configuration()
        let store = ParameterStore<Float>()
        try configuration.validate()
        _ = CodecNetwork(store, configuration)
        #expect(store.count == configuration.parameterCount)
        #expect(
            try JSONDecoder().decode(
                NetworkConfiguration.self, from: JSONEncoder().encode(configuration))
                == configuration)
        #expect(throws: NetworkConfigurationError.noBitstream) {
            try configuration.validateForBitstream()
        }
        for (order, steps) in [
            (7, nil), (0, nil), (34, nil), (8, [0.04]), (2, [0.04, 0]), (2, [0.04, .nan]),
        ] as [(Int, [Double]?)] {
            var wrong = configuration
            wrong.lineSpectrum = .init(order: order, steps: steps)
            #expect(throws: NetworkConfigurationError.self, "order \(order), steps \(steps ?? [])")
            { try wrong.validate() }
        }
    }
}
