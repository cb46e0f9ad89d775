import BLASBackend
import NeuralNetwork
import Testing

/// The tape, its memory and its parameters.
@Suite struct GraphTests {
    /// A small network that touches most operations.
    struct Network<S: EngineScalar> {
        let store: ParameterStore<S>
        let first: Conv1D<S>
        let block: GatedBlock<S>
        let gru: GRU<S>
        let last: Conv1D<S>

        init(seed: UInt64 = 1) {
            store = ParameterStore(seed: seed)
            first = Conv1D(
                store, "first", 1, 16,
                ConvolutionGeometry(taps: 8, stride: 4, padBefore: 4, padAfter: 4))
            block = GatedBlock(store, "block", input: 16, output: 16, hidden: 12)
            gru = GRU(store, "gru", 16, 10)
            last = Conv1D(store, "last", 26, 4, .same(taps: 3))
            LayerTests.stir(store)
        }

        func loss(_ graph: Graph<S>, _ x: TestArray) -> Tensor<S> {
            let h = first(x.tensor(graph), graph)
            let r = graph.add(h, block(h, graph))
            let y = last(graph.concatenate([r, gru(r, graph)]), graph)
            return graph.mean(graph.unary(.square, graph.subPixelShuffle(y, 4)))
        }

        func step(_ graph: Graph<S>, _ x: TestArray) -> (loss: S, gradients: [S]) {
            graph.reset()
            graph.clearParameterGradients()
            let value = loss(graph, x)
            graph.backward(value)
            return (value.array[0], Array(graph.parameterGradients))
        }
    }

    static let x = TestArray.random(3, 64, 1, seed: 3)

    @Test func networkGradients() {
        let network = Network<Double>()
        let parameters = GradientCheck()([], store: network.store) { g, _ in
            [network.loss(g, .random(2, 16, 1, seed: 3))]
        }
        #expect(parameters.worst < 1e-6, "\(parameters)")
        #expect(parameters.count == network.store.count)
    }

    @Test func floatAndDoubleAgree() {
        let network = Network<Double>()
        let single = Network<Float>()
        for (a, b) in zip(network.store.parameters, single.store.parameters) {
            single.store.set(b, network.store.array(a).map { Float($0) })
        }
        let exact = network.step(Graph(store: network.store), Self.x)
        for backend in [ReferenceMatrixBackend(), BLASBackend()] as [any MatrixBackend] {
            let step = single.step(Graph(store: single.store, backend: backend), Self.x)
            #expect(deviation([step.loss], [exact.loss]) < 2e-6)
            #expect(deviation(step.gradients, exact.gradients) < 5e-6)
        }
    }

    @Test func backendsAgree() {
        let network = Network<Double>()
        let reference = network.step(
            Graph(store: network.store, backend: ReferenceMatrixBackend()), Self.x)
        let blas = network.step(Graph(store: network.store, backend: BLASBackend()), Self.x)
        #expect(deviation(blas.gradients, reference.gradients) < 1e-12)
    }

    @Test func memoryIsReusedWithoutTraces() {
        let network = Network<Float>()
        let graph = Graph(store: network.store)
        let first = network.step(graph, Self.x)
        // Another size in between leaves other numbers in the memory.
        _ = network.step(graph, .random(5, 128, 1, seed: 8, scale: 100))
        let again = network.step(graph, Self.x)
        let fresh = network.step(Graph(store: network.store), Self.x)
        #expect(first.loss == again.loss && first.gradients == again.gradients)
        #expect(first.loss == fresh.loss && first.gradients == fresh.gradients)
    }

    @Test func gradientsAccumulateUntilCleared() {
        let network = Network<Double>()
        let graph = Graph(store: network.store)
        let once = network.step(graph, Self.x).gradients
        graph.reset()
        graph.backward(network.loss(graph, Self.x))
        #expect(deviation(Array(graph.parameterGradients), once.map { 2 * $0 }) < 1e-14)
    }

    @Test func frozenParametersGetNoGradient() {
        let network = Network<Double>()
        let graph = Graph(store: network.store)
        let all = network.step(graph, Self.x).gradients
        network.store.setFrozen(true) { $0.name.hasPrefix("block") || $0.name == "gru.recurrent" }
        let some = network.step(graph, Self.x).gradients
        for parameter in network.store.parameters {
            let range = parameter.offset..<parameter.offset + parameter.count
            let frozen = network.store.isFrozen(parameter)
            #expect(
                frozen == (parameter.name.hasPrefix("block") || parameter.name == "gru.recurrent"))
            #expect(
                Array(some[range])
                    == (frozen ? Array(repeating: 0, count: range.count) : Array(all[range])),
                "\(parameter.name)")
        }
        network.store.setFrozen(false) { _ in true }
        #expect(network.step(graph, Self.x).gradients == all)
    }

    @Test func withoutRecordingThereAreValuesButNoGradients() {
        let network = Network<Double>()
        let graph = Graph(store: network.store)
        let expected = network.step(graph, Self.x).loss
        graph.isRecording = false
        graph.reset()
        let loss = network.loss(graph, Self.x)
        #expect(loss.array[0] == expected && loss.grad == nil)
    }

    @Test func aNewGraphSeesTheStoresValues() {
        let store = ParameterStore<Double>(seed: 1)
        let p = store.add("p", [2, 3], values: [1, 2, 3, 4, 5, 6])
        let graph = Graph(store: store)
        #expect(graph.parameter(p).array == [1, 2, 3, 4, 5, 6])
        #expect(graph.parameter(p).shape == Shape(1, 2, 3))
        store.set(p, [6, 5, 4, 3, 2, 1])
        graph.reset()
        #expect(graph.parameter(p).array == [6, 5, 4, 3, 2, 1])
    }

    @Test func oneTensorUsedTwiceCollectsBothGradients() {
        let result = GradientCheck()([.random(1, 4, 3, seed: 1)]) { g, t in
            let y = g.unary(.tanh, t[0])
            return [g.multiply(y, g.add(y, t[0]))]
        }
        #expect(result.worst < 1e-7, "\(result)")
    }

    @Test func storeFindsParameters() {
        let store = ParameterStore<Float>(seed: 1)
        let a = store.add("a", [2], values: [1, 2])
        let b = store.add("b", [3], constant: 7)
        #expect(
            store.parameter(named: "b")?.offset == b.offset && store.parameter(named: "c") == nil)
        #expect(
            store.array(a) == [1, 2] && store.array(b) == [7, 7, 7] && store.count == 5
                && store.values == [1, 2, 7, 7, 7])
    }
}
