import Foundation
import TestSupport
import LPCModule
import NeuralNetwork
import Testing

@Suite struct ContextTests {
    /// A quantiser with parameters away from their start, so that every path counts.
    static func quantiser<S: EngineScalar>(
        order: Int = 16, step: Double = 0.03, units: Int = 8, localUnits: Int = 3,
        adaptive: Bool = true, spread: Double = 0.1, _ type: S.Type = Float.self
    ) -> (LineSpectralQuantiser<S>, ParameterStore<S>) {
        let store = ParameterStore<S>(seed: 5)
        let quantiser = LineSpectralQuantiser(
            store, "q", order: order, step: step, units: units, localUnits: localUnits,
            adaptive: adaptive)
        var random = RandomSource(seed: 2)
        for p in store.parameters where p.name != "q.log_step" {
            store.set(p, store.array(p).map { $0 + S(random.uniform(-spread, spread)) })
        }
        return (quantiser, store)
    }

    @Test func contextGradients() throws {
        let (quantiser, store) = Self.quantiser(order: 4, units: 5, spread: 0.3, Double.self)
        let values = try GradientTests.spectra(2, 4, order: 4, seed: 6)
        let result = GradientCheck(step: 1e-6)([values], store: store) { g, t in
            let p = quantiser.context(t[0], g)
            return [p.mean, p.logScale, p.logStep]
        }
        #expect(result.worst < 1e-5, "\(result)")
    }

    /// Nothing from the present or the future of a position enters its prediction; everything
    /// before may.
    @Test func contextIsCausal() throws {
        let (quantiser, store) = Self.quantiser(order: 4, units: 5, spread: 0.3, Double.self)
        let values = try GradientTests.spectra(1, 5, order: 4, seed: 6)
        let graph = Graph<Double>(store: store)
        func predictions(_ x: TestArray) -> [[Double]] {
            let p = quantiser.context(x.tensor(graph), graph)
            return [p.mean.array, p.logScale.array, p.logStep.array]
        }
        let before = predictions(values)
        for i in 0..<20 {
            var moved = values
            moved.values[i] += 0.01
            for (a, b) in zip(before, predictions(moved)) {
                for j in 0...i { #expect(a[j] == b[j], "value \(i) changes prediction \(j)") }
                if i < 16 { #expect(a != b, "value \(i) changes nothing") }
            }
        }
    }

    /// The factors of the steps come from values rounded with the trained steps, which count as
    /// given.
    @Test func stepFactorGradients() throws {
        let (quantiser, store) = Self.quantiser(order: 4, units: 5, spread: 0.3, Double.self)
        let x = try GradientTests.spectra(2, 4, order: 4, seed: 6)
        let graph = Graph<Double>(store: store)
        let rounded = x.values.map { ($0 / 0.03).rounded() * 0.03 }
        let apart = try (0..<8).flatMap {
            try LineSpectralFrequencies(
                separating: Array(rounded[$0 * 4..<$0 * 4 + 4]),
                minimumGap: LineSpectralQuantiser<Double>.minimumGap
            ).values
        }
        let expected = quantiser.context(graph.input(x.shape, apart), graph).logStep.array.map {
            $0 + log(0.03)
        }
        let steps = quantiser.logSteps(x.tensor(graph), graph).array
        for (a, b) in zip(steps, expected) { #expect(abs(a - b) < 1e-9) }
        #expect(Set(steps).count > 8, "steps do not vary")
        store.setFrozen(true) { $0.name == "q.log_step" }
        let result = GradientCheck(step: 1e-6)([], store: store) { g, _ in
            [quantiser.logSteps(x.tensor(g), g)]
        }
        #expect(result.worst < 1e-5, "\(result)")
        #expect(result.count > 100)
    }

    /// The same frames through the graph and through the integers.
    @Test func integersFollowTheGraph() throws {
        let (quantiser, store) = Self.quantiser(units: 24, spread: 0.15)
        let frames = try PredictionFilterTests.frames(Make.speech(16000))
        let twin = try FixedPointLineSpectralContext(quantiser.context, store)
        let graph = Graph<Float>(store: store)
        let shape = Shape(1, frames.count, 16)
        let values = frames.map { $0.values.map { Int(($0 * 65536).rounded()) } }
        let expected = quantiser.context(
            graph.input(shape, values.flatMap { $0.map { Float($0) / 65536 } }), graph)
        var state = twin.makeState()
        var worst = (mean: 0.0, scale: 0.0, step: 0.0)
        var changes = Set<Int>()
        for t in frames.indices {
            let frame = twin.begin(&state)
            var deviation: [Int] = []
            for i in 0..<16 {
                let result = twin.expectation(i, frame, deviation)
                let at = t * 16 + i
                let mean = .pi * Double(i + 1) / 17 + Double(result.mean) / 16384
                worst.mean = max(worst.mean, abs(mean - Double(expected.mean.data[at])))
                // Scale of u = 4 w.
                worst.scale = max(
                    worst.scale,
                    abs(Double(result.logScale) / 256 - log(4) - Double(expected.logScale.data[at]))
                )
                worst.step = max(
                    worst.step,
                    abs(Double(result.logStep) / 256 - Double(expected.logStep.data[at])))
                changes.insert(result.logStep)
                deviation.append(twin.deviation(values[t][i], i, frame))
            }
            twin.finish(values[t], &state)
        }
        #expect(changes.count > 20)
        #expect(worst.mean < 2e-3 && worst.scale < 0.02 && worst.step < 0.02, "\(worst)")
    }
}
