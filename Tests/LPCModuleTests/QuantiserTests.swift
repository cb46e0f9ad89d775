import Foundation
import TestSupport
import LPCModule
import NeuralNetwork
import Testing

@Suite struct QuantiserTests {
    /// `count` centroids for each position, `spacing` apart.
    static func centroids(_ order: Int, count: Int, first: Double, between: Double, spacing: Double)
        -> [[Double]]
    {
        (0..<order).map { (i: Int) -> [Double] in
            let start = first + between * Double(i)
            return (0..<count).map { (k: Int) -> Double in start + spacing * Double(k) }
        }
    }

    /// Rising, at least the minimum gap apart, whatever the input.
    static func isSeparated(_ values: some Collection<Double>, tolerance: Double = 1e-6) -> Bool {
        var below = 0.0
        for value in Array(values) + [.pi] {
            if value - below < LineSpectralQuantiser<Float>.minimumGap - tolerance { return false }
            below = value
        }
        return true
    }

    /// The rate as a function of everything that is trained, without the straight-through rounding.
    @Test func stepGradients() throws {
        let store = ParameterStore<Double>(seed: 3)
        let quantiser = LineSpectralQuantiser(
            store, "q", order: 4, step: 0.05, units: 3, adaptive: false)
        let x = try GradientTests.spectra(1, 3, order: 4, seed: 9)
        let graph = Graph<Double>(store: store)
        let result = quantiser(x.tensor(graph, tracked: true), noise: nil, graph)
        graph.backward(graph.sum(result.values))
        // d value / d log step = symbol step - x: the rounding error (straight through), for values
        // that were not moved.
        let symbols = result.symbols.array
        let values = result.values.array
        for i in 0..<4 {
            var expected = 0.0
            for t in 0..<3 { expected += symbols[t * 4 + i] * 0.05 - x.values[t * 4 + i] }
            #expect(abs(graph.parameterGradients[quantiser.logStep.offset + i] - expected) < 1e-9)
        }
        for i in values.indices { #expect(abs(values[i] - x.values[i]) <= 0.025 + 1e-9) }
    }

    /// Reconstruction moves the codebook: the gradient reaches steps and centroids through the
    /// synthesis filter.
    @Test func reconstructionReachesTheCodebook() throws {
        let x = Make.speech(1600).map(Double.init)
        let lsf = try PredictionFilterTests.frames(Make.speech(1600)).flatMap(\.values)
        let store = ParameterStore<Double>(seed: 1)
        let quantiser = LineSpectralQuantiser(store, "q", step: 0.04, units: 4)
        let soft = SoftToHardLineSpectralQuantiser(
            store, "s",
            initial: Self.centroids(16, count: 8, first: 0.1, between: 0.17, spacing: 0.04),
            sharpness: 40)
        for kind in 0..<2 {
            let graph = Graph<Double>(store: store)
            let l = graph.input(Shape(1, 5, 16), lsf)
            let values =
                kind == 0
                ? quantiser(l, noise: nil, graph).values : soft(l, hard: false, graph).values
            let a = graph.linearPredictor(lineSpectrum: graph.interpolatedFrames(values, steps: 4))
            let signal = graph.input(Shape(1, 1600, 1), x)
            let r = graph.predictionResidual(signal, predictor: a)
            // A coarse residual coder: rounding to 1/64.
            let coded = graph.affine(
                graph.unary(.round, graph.affine(r, scale: 64)), scale: 1.0 / 64)
            let error = graph.subtract(graph.synthesis(coded, predictor: a), signal)
            graph.backward(graph.mean(graph.unary(.square, error)))
            let parameter = kind == 0 ? quantiser.logStep : soft.centroids
            let gradient: [Double] = (0..<parameter.count).map {
                graph.parameterGradients[parameter.offset + $0]
            }
            let largest = gradient.reduce(0) { max($0, abs($1)) }
            #expect(largest.isFinite && largest > 1e-12)
            #expect(gradient.allSatisfy { $0.isFinite })
        }
    }

    @Test func softToHardGradientsAndHardValues() throws {
        let store = ParameterStore<Double>(seed: 1)
        let initial = Self.centroids(4, count: 5, first: 0.3, between: 0.5, spacing: 0.13)
        let quantiser = SoftToHardLineSpectralQuantiser(store, "s", initial: initial, sharpness: 9)
        let x = TestArray(Shape(1, 2, 4), [0.41, 0.98, 1.55, 2.2, 0.52, 1.13, 1.47, 1.99])
        let result = GradientCheck(step: 1e-6)([x], store: store) { g, t in
            let y = quantiser(t[0], hard: false, g)
            return [y.values, y.bits]
        }
        #expect(result.worst < 1e-5, "\(result)")
        let graph = Graph<Double>(store: store)
        let hard = quantiser(x.tensor(graph), hard: true, graph)
        for i in 0..<8 {
            let nearest = initial[i % 4].min { abs($0 - x.values[i]) < abs($1 - x.values[i]) } ?? 0
            #expect(abs(hard.values.array[i] - nearest) < 1e-12)
            #expect(initial[i % 4][Int(hard.symbols.array[i])] == nearest)
        }
    }

    /// Any symbols give an ordered, stable frame.
    @Test func anySymbolsAreOrdered() throws {
        for (trellis, adaptive) in [(false, false), (true, false), (false, true), (true, true)] {
            let (quantiser, store) = ContextTests.quantiser(adaptive: adaptive, spread: 0.5)
            let model = try LineSpectralSymbolModel(quantiser, store, trellis: trellis)
            var state = model.makeState()
            var noise = RandomChannel()
            for _ in 0..<300 {
                var symbols: [Int] = []
                #expect(
                    Self.isSeparated(
                        model.pass(&symbols, state: &state, channel: &noise).values, tolerance: 1e-9
                    ))
            }
        }
    }

    @Test func anyCentroidsAreOrdered() throws {
        let store = ParameterStore<Float>(seed: 5)
        let soft = SoftToHardLineSpectralQuantiser(
            store, "s",
            initial: Self.centroids(16, count: 8, first: 0.1, between: 0.17, spacing: 0.04))
        let model = try CentroidSymbolModel(soft, store)
        var state = model.makeState()
        var noise = RandomChannel()
        for _ in 0..<300 {
            var symbols: [Int] = []
            #expect(
                Self.isSeparated(
                    model.pass(&symbols, state: &state, channel: &noise).values, tolerance: 1e-9))
        }
        let frame = try LineSpectralFrequencies((0..<16).map { 0.121 + 0.17 * Double($0) })
        #expect(
            try model.symbols(of: [frame], costs: .logistic) == [Array(repeating: 1, count: 16)])
    }

    @Test func badModelsAreRefused() throws {
        let store = ParameterStore<Float>(seed: 5)
        let quantiser = LineSpectralQuantiser(store, "q", step: 2, units: 8)
        #expect(throws: LPCError.self) { try LineSpectralSymbolModel(quantiser, store) }
        store.set(quantiser.logStep, Array(repeating: .nan, count: 16))
        #expect(throws: LPCError.notFinite(name: "q.log_step", index: 0)) {
            try LineSpectralSymbolModel(quantiser, store)
        }
        store.set(quantiser.logStep, Array(repeating: -3, count: 16))
        let large = ParameterStore<Float>(seed: 1)
        #expect(
            throws: LPCError.invalidSetting(
                name: "recurrent units", value: 513, allowed: "1 ... 512")
        ) {
            try LineSpectralSymbolModel(LineSpectralQuantiser(large, "q", units: 513), large)
        }
        let model = try LineSpectralSymbolModel(quantiser, store)
        #expect(
            throws: LPCError.wrongCount(name: "line spectral frequencies", expected: 16, found: 8)
        ) {
            try model.symbols(of: [LineSpectralFrequencies(flat: 8)], costs: .logistic)
        }
    }

    struct RandomChannel: LineSpectralChannel {
        var random = RandomSource(seed: 4)
        mutating func pass(_ difference: Int, table: Int) -> Int {
            precondition((0..<LineSpectralTableLayout.tables).contains(table))
            return random.below(10) == 0 ? random.below(1 << 21) - (1 << 20) : random.below(9) - 4
        }
    }
}
