import NeuralNetwork
import Testing

/// Does the checker itself see errors?
@Suite struct GradientCheckTests {
    @Test func acceptsARightGradient() {
        let result = GradientCheck()([.random(2, 3, 4, seed: 1)]) { g, x in [g.unary(.square, x[0])]
        }
        #expect(result.worst < 1e-8)
        #expect(result.count == 24)
    }

    @Test func seesAMissingGradient() {
        #expect(
            GradientCheck()([.random(1, 3, 2, seed: 1)]) { g, x in
                [g.add(x[0], g.unary(.square, x[0].detached))]
            }.worst > 0.1)
    }

    @Test func seesAWrongSign() {
        // Straight-through gives slope +1 where the true derivative of -x is -1.
        #expect(
            GradientCheck()([.random(1, 3, 2, seed: 1)]) { g, x in
                [g.straightThrough(x[0], values: x[0].array.map { -$0 })]
            }.worst > 1)
    }

    @Test func seesOneWrongParameter() {
        let store = ParameterStore<Double>(seed: 1)
        let a = store.add("a", [1, 3], values: [0.5, -1, 2])
        let result = GradientCheck()([.random(2, 4, 3, seed: 1)], store: store) { g, x in
            let v = g.parameter(a)
            return [
                g.multiplyChannels(
                    x[0], g.concatenate([g.channels(v, 0..<2), g.channels(v.detached, 2..<3)]))
            ]
        }
        #expect(result.worst > 0.1)
        #expect(result.place == "a[2]")
    }
}
