import CMRLCodec
import NeuralNetwork
import Testing
import TestSupport

@Suite struct NetworkAdapterTests {
    static let shapes = [
        AdapterShape(.bands), AdapterShape(.shifts), AdapterShape(.scales),
        AdapterShape(.lowRank, rank: 2), AdapterShape(.tensorTrain, rank: 3),
    ]

    private static func model() throws -> CodecModel {
        try CodecModel(bytes: TinyModel.fileBytes(), keepsParameters: true)
    }

    private static func random(_ count: Int, seed: UInt64, reach: Double = 2) -> [Float] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in Float(random.uniform(-reach, reach)) }
    }

    /// An adapter that has learnt nothing is nothing, bit for bit: in the network that is trained,
    /// and in what is coded.
    @Test(arguments: shapes) func itStartsAsNothing(shape: AdapterShape) throws {
        let model = try Self.model()
        let (_, store, adapter) = try model.adaptable(shape)
        let before = store.values
        #expect(adapter.range.count == adapter.parts.reduce(0) { $0 + $1.count })
        #expect(adapter.range.count > 0)
        for part in adapter.parts {
            let base = Array(before[part.target.offset..<part.target.offset + part.target.count])
            #expect(store.resolved(part.target) == base, "\(part.target.name)")
        }
        let adapted = try model.adapted(
            shape, numbers: Array(repeating: 0, count: adapter.range.count))
        let sound = [SpeechLikeSignal.samples(seconds: 1, rate: model.signal.sampleRate, seed: 3)]
        let stream = try model.encode(sound)
        #expect(try adapted.encode(sound) == stream)
        #expect(try adapted.decode(stream) == model.decode(stream))
    }

    /// What training computes and what coding computes are the same change.
    @Test(arguments: shapes) func trainingAndCodingAgree(shape: AdapterShape) throws {
        let model = try Self.model()
        let (network, store, adapter) = try model.adaptable(shape)
        for (i, (part, parameters)) in zip(adapter.parts, adapter.parameters).enumerated() {
            let numbers = Self.random(part.count, seed: UInt64(i))
            var next = 0
            for parameter in parameters {
                store.set(parameter, Array(numbers[next..<next + parameter.count]))
                next += parameter.count
            }
            let base = store.array(part.target)
            let plain = part.adapted(
                base, numbers: numbers[...],
                widening: network.envelope.wideningValues)
            let trained = store.resolved(part.target)
            #expect(plain != base)
            for (a, b) in zip(plain, trained) {
                #expect((a - b).magnitude < 1e-4, "\(part.target.name)")
            }
        }
    }

    /// Gradients of every number, against differences.
    @Test(arguments: shapes) func gradients(shape: AdapterShape) throws {
        let store = ParameterStore<Double>(seed: 5)
        let network = CodecNetwork(store, TinyModel.configuration)
        let adapter = NetworkAdapter(shape, in: store, network)
        var values = store.values
        let start = Self.random(values.count, seed: 6, reach: 0.5)
        for i in adapter.range { values[i] = Double(start[i]) }
        store.assign(values)
        store.setFrozen(true) { !$0.name.hasPrefix(NetworkAdapter<Double>.prefix) }
        func loss(_ graph: Graph<Double>) -> Tensor<Double> {
            adapter.parts.reduce(graph.zeros(Shape(1, 1, 1), tracked: true)) { sum, part in
                graph.add(
                    sum, graph.sum(graph.unary(.square, graph.parameter(part.target))))
            }
        }
        let graph = Graph<Double>(store: store)
        graph.backward(loss(graph))
        let gradients = Array(graph.parameterGradients)
        #expect(gradients[..<adapter.range.lowerBound].allSatisfy { $0 == 0 })
        let step = 1e-4
        for (part, parameters) in zip(adapter.parts, adapter.parameters) {
            for parameter in parameters {
                let index = parameter.offset + parameter.count / 2
                func moved(_ change: Double) -> Double {
                    var other = values
                    other[index] += change
                    store.assign(other)
                    let graph = Graph<Double>(store: store)
                    return withExtendedLifetime(graph) { loss(graph).data[0] }
                }
                let slope = (moved(step) - moved(-step)) / (2 * step)
                #expect(
                    (slope - gradients[index]).magnitude < 1e-5 * max(1, slope.magnitude),
                    "\(part.target.name) \(parameter.name)")
            }
        }
    }
}
