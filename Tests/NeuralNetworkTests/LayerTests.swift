import BLASBackend
import NeuralNetwork
import Testing

@Suite struct LayerTests {
    /// Gives every parameter a value other than zero, so that zero-initialised layers take part.
    static func stir<S>(_ store: ParameterStore<S>, seed: UInt64 = 5) {
        var random = RandomSource(seed: seed)
        for parameter in store.parameters {
            store.set(parameter, store.array(parameter).map { $0 + S(random.uniform(-0.3, 0.3)) })
        }
    }

    @Test func conv1D() {
        let store = ParameterStore<Double>(seed: 1)
        let layer = Conv1D(store, "c", 8, 3, .same(taps: 5))
        let one = Conv1D(store, "d", 3, 2, bias: false)
        Self.stir(store)
        let x = TestArray.random(2, 6, 8, seed: 2)
        let result = GradientCheck()([x], store: store) { g, t in [one(layer(t[0], g), g)] }
        #expect(result.worst < 1e-6, "\(result)")
        #expect(result.count == x.shape.count + store.count && store.count == 5 * 8 * 3 + 3 + 3 * 2)
    }

    @Test func gru() {
        let store = ParameterStore<Double>(seed: 1)
        let layer = GRU(store, "g", 4, 3)
        Self.stir(store)
        let result = GradientCheck()([.random(2, 5, 4, seed: 2)], store: store) { g, t in
            [layer(t[0], g)]
        }
        #expect(result.worst < 1e-6, "\(result)")
    }

    @Test(arguments: [0, 1, 2]) func gatedBlock(_ ahead: Int) {
        let store = ParameterStore<Double>(seed: 1)
        let layer = GatedBlock(store, "b", input: 8, output: 5, hidden: 4, taps: 3, ahead: ahead)
        let x = TestArray.random(2, 6, 8, seed: 2)
        let graph = Graph<Double>(store: store)
        graph.reset()
        #expect(
            layer(x.tensor(graph), graph).array.allSatisfy { $0 == 0 }, "a new block adds nothing")
        Self.stir(store)
        let result = GradientCheck()([x], store: store) { g, t in [layer(t[0], g)] }
        #expect(result.worst < 1e-6, "\(result)")
        // The output at frame 2 depends on frames 2 - (taps - 1 - ahead) ... 2 + ahead, no others.
        graph.reset()
        let base = layer(x.tensor(graph), graph).array
        for moved in 0..<6 {
            var changed = x
            changed[0, moved, 1] += 1
            let other = layer(changed.tensor(graph), graph).array
            let differs = base[2 * 5..<3 * 5] != other[2 * 5..<3 * 5]
            #expect(differs == (moved >= 2 - (2 - ahead) && moved <= 2 + ahead), "frame \(moved)")
        }
    }

    @Test func initialValuesRepeatAndAreBounded() {
        let a = ParameterStore<Float>(seed: 9)
        let b = ParameterStore<Float>(seed: 9)
        let c = ParameterStore<Float>(seed: 10)
        for store in [a, b, c] { _ = Conv1D(store, "c", 40, 30, .same(taps: 9)) }
        #expect(a.values == b.values && a.values != c.values)
        let bound = (6 / Double(9 * 40 + 9 * 30)).squareRoot()
        let weights = a.values.dropLast(30)
        let largest = weights.map { abs(Double($0)) }.max() ?? 0
        let power = weights.reduce(0.0) { $0 + Double($1 * $1) } / Double(weights.count)
        #expect(largest <= bound && largest > 0.99 * bound)
        #expect(abs(power - bound * bound / 3) < 0.05 * bound * bound / 3)
        #expect(a.values.suffix(30).allSatisfy { $0 == 0 })
    }
}
