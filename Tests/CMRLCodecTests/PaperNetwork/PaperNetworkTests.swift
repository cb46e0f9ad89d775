import CMRLCodec
import Foundation
import NeuralNetwork
import Testing

@Suite struct PaperNetworkTests {
    typealias Module = PaperNetworkConfiguration.Module

    static func random(_ count: Int, seed: UInt64, scale: Double = 1) -> [Double] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in random.uniform(-scale, scale) }
    }

    /// No parameter at its start value, so that biases take part.
    static func stir(_ store: ParameterStore<Double>) {
        var random = RandomSource(seed: 5)
        for p in store.parameters where !p.name.contains("quantiser") {
            store.set(p, store.array(p).map { $0 + random.uniform(-0.1, 0.1) })
        }
    }

    static func small(_ layout: PaperNetworkConfiguration.Layout, stages: Int = 1) -> Module {
        Module(
            layout: layout, inputTaps: 7, codeTaps: 5, outputTaps: 3, wide: 8, narrow: 3,
            stages: stages, centroids: 6)
    }

    /// Published sizes: 0.12 M for NWC's decoder, 0.45 M for a module of CMRL.
    @Test(arguments: [
        (Module.nwc, 229_841, 120_311), (Module.cmrl, 250_961, 195_591),
        (
            Module(layout: .bottleneck, inputTaps: 55, codeTaps: 55, outputTaps: 55), 260_161,
            197_891
        ),
        (Module(layout: .bottleneck, inputTaps: 55, codeTaps: 9, outputTaps: 9), 255_561, 195_591),
        (
            Module(layout: .gated, inputTaps: 55, codeTaps: 55, outputTaps: 55, stages: 2), 384_261,
            156_106
        ),
    ])
    func parameterCounts(_ module: Module, _ encoder: Int, _ decoder: Int) {
        let store = ParameterStore<Float>()
        _ = PaperEncoder(store, "encoder", module)
        #expect(store.count == encoder)
        _ = PaperDecoder(store, "decoder", module)
        #expect(store.count == encoder + decoder)
        let whole = ParameterStore<Float>()
        _ = PaperCascade(whole, PaperNetworkConfiguration(modules: [module, module]))
        #expect(
            whole.count == 2 * (encoder + decoder + 33),
            "two modules, each with 32 centroids and a sharpness")
    }

    @Test(arguments: [
        (PaperNetworkConfiguration.Layout.gated, 1), (.gated, 2), (.bottleneck, 1),
        (.bottleneck, 2),
    ])
    func moduleIsItsTable(_ layout: PaperNetworkConfiguration.Layout, _ stages: Int) {
        let store = ParameterStore<Double>(seed: 3)
        let sizes = Self.small(layout, stages: stages)
        let module = PaperModule(store, "m", sizes)
        let reference = PaperReference(store: store, module: sizes)
        Self.stir(store)
        let x = Self.random(64, seed: 8)
        let graph = Graph<Double>(store: store)
        let code = module.encoder(graph.input(Shape(1, 64, 1), x), graph)
        #expect(code.shape == Shape(1, 64 >> stages, 1))
        #expect(
            zip(code.array, reference.encode(x, "m.encoder")).allSatisfy { abs($0 - $1) < 1e-12 })
        let decoded = module.decoder(code, graph)
        #expect(decoded.shape == Shape(1, 64, 1))
        #expect(
            zip(decoded.array, reference.decode(code.array, "m.decoder")).allSatisfy {
                abs($0 - $1) < 1e-12
            })
        #expect(decoded.array.contains { abs($0) > 1e-3 })
    }

    /// Residuals, scaling and sums of Docs/papers.md, D.1, with the modules called one by one.
    @Test func cascadeCodesResiduals() {
        let configuration = PaperNetworkConfiguration(
            modules: [Self.small(.gated), Self.small(.bottleneck), Self.small(.gated)],
            residualScale: 5)
        let store = ParameterStore<Double>(seed: 3)
        let cascade = PaperCascade(store, configuration)
        Self.stir(store)
        let x = Self.random(96, seed: 8)
        let graph = Graph<Double>(store: store)
        let shape = Shape(3, 32, 1)
        let out = cascade(graph.input(shape, x), layers: 3, .hard, graph)
        var sum = [Double](repeating: 0, count: 96)
        for (i, module) in cascade.modules.enumerated() {
            let scale: Double = i == 0 ? 1 : 5
            let single = module(
                graph.input(shape, zip(x, sum).map { ($0 - $1) * scale }), .hard, graph)
            sum = zip(sum, single.decoded.array).map { $0 + $1 / scale }
            #expect(out.modules[i].symbols == single.symbols)
            #expect(zip(out.decoded[i].array, sum).allSatisfy { abs($0 - $1) < 1e-12 })
        }
        #expect(cascade(graph.input(shape, x), layers: 2, .hard, graph).decoded.count == 2)
    }

    /// Gradient of the whole cascade along random directions of all parameters, against
    /// differences.
    @Test(arguments: [PaperNetworkConfiguration.Layout.gated, .bottleneck])
    func cascadeGradient(_ layout: PaperNetworkConfiguration.Layout) {
        let store = ParameterStore<Double>(seed: 3)
        let cascade = PaperCascade(
            store,
            PaperNetworkConfiguration(
                modules: [Self.small(layout), Self.small(layout)], residualScale: 2))
        Self.stir(store)
        for module in cascade.modules { store.set(module.quantiser.sharpness, [8]) }
        let x = Self.random(2 * 16, seed: 8)
        let weights = Self.random(2 * 16, seed: 9)
        let graph = Graph<Double>(store: store)
        func loss() -> Tensor<Double> {
            graph.reset()
            let out = cascade(graph.input(Shape(2, 16, 1), x), layers: 2, .soft, graph)
            var sum = graph.weightedSum(out.decoded[1], weights: weights)
            for module in out.modules {
                guard let soft = module.weights else { continue }
                sum = graph.add(
                    sum,
                    graph.add(
                        SoftToHardQuantiser.penalty(soft, graph),
                        SoftToHardQuantiser.entropy(soft, graph)))
            }
            return sum
        }
        graph.backward(loss())
        let gradient = Array(graph.parameterGradients)
        let start = store.values
        let h = 1e-6
        for seed in 20..<26 {
            let direction = Self.random(store.count, seed: UInt64(seed))
            let expected = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
            store.assign(zip(start, direction).map { $0 + h * $1 })
            let above = loss().array[0]
            store.assign(zip(start, direction).map { $0 - h * $1 })
            let measured = (above - loss().array[0]) / (2 * h)
            store.assign(start)
            #expect(
                abs(measured - expected) < 1e-5 * max(abs(expected), 1),
                "\(measured), expected \(expected)")
        }
    }

    @Test func framesOverlapToTheSignal() {
        for count in [0, 1, 31, 32, 33, 511, 512, 513, 992, 993, 5000] {
            let x = Self.random(count, seed: 3).map { Float($0) }
            let frames = PaperFraming.cut(x)
            #expect(frames.count == PaperFraming.frameCount(samples: count) * 512)
            let y = PaperFraming.join(frames, samples: count)
            #expect(
                y.count == count && zip(x, y).allSatisfy { abs($0 - $1) < 1e-6 }, "\(count) samples"
            )
        }
        #expect(
            PaperFraming.frameCount(samples: 512) == 1 && PaperFraming.frameCount(samples: 513) == 2
                && PaperFraming.frameCount(samples: 992) == 2)
        for i in 0..<32 {
            #expect(abs(PaperFraming.rise[i] + PaperFraming.rise[31 - i] - 1) < 1e-15)
        }
        #expect(PaperFraming.rise[0] == 0 && PaperFraming.rise[31] == 1)
    }

    @Test func levels() {
        for decibels in stride(from: -90.0, through: -3, by: 0.31) {
            let deviation = pow(10, decibels / 20)
            let scale = PaperLevel.scale(index: PaperLevel.index(deviation: deviation))
            #expect(abs(20 * log10(scale * deviation * PaperLevel.peak)) <= 0.375 + 1e-9)
        }
        #expect(PaperLevel.index(deviation: 0) == 0 && PaperLevel.index(deviation: 100) == 127)
        #expect(
            abs(PaperLevel.deviation([1, -1, 1, -1]) - 1) < 1e-12
                && PaperLevel.deviation([Float]()) == 0)
    }

    /// Docs/papers.md, C: stride 2 costs 8.533 kbit/s per bit of a symbol.
    @Test func rates() {
        #expect(
            abs(PaperNetworkConfiguration.kbps(bitsPerValue: 1, codeLength: 256) - 8.5333) < 1e-3)
        #expect(Module.nwc.codeLength == 256)
    }

    @Test func badSizesAreRefused() throws {
        try PaperNetworkConfiguration(modules: [.nwc, .cmrl]).validate()
        func refused(_ change: (inout PaperNetworkConfiguration) -> Void)
            -> NetworkConfigurationError?
        {
            var configuration = PaperNetworkConfiguration(modules: [.nwc])
            change(&configuration)
            do { try configuration.validate() } catch { return error }
            return nil
        }
        #expect(
            refused { $0.modules = [] } == .outOfRange(name: "modules", value: 0, allowed: 1...8))
        #expect(
            refused { $0.modules[0].inputTaps = 0 }
                == .outOfRange(name: "inputTaps", value: 0, allowed: 1...127))
        #expect(
            refused { $0.modules[0].stages = 5 }
                == .outOfRange(name: "stages", value: 5, allowed: 1...4))
        #expect(
            refused { $0.modules[0].wide = 101 }
                == .outOfRange(name: "wide modulo 2^stages", value: 1, allowed: 0...0))
        #expect(
            refused { $0.modules[0].centroids = 1 }
                == .outOfRange(name: "centroids", value: 1, allowed: 2...256))
        #expect(refused { $0.residualScale = 0 } == .notPositive(name: "residualScale", value: 0))
    }
}
