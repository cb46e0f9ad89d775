import BLASBackend
import CMRLCodec
import NeuralNetwork

/// The trained model that compression starts from, and learns from.
struct CompressionStart: Sendable {
    private let name: String
    let network: CodecNetwork<Float>
    /// Never changes.
    private nonisolated(unsafe) let store: ParameterStore<Float>

    /// - Throws: `ConfigurationProblem` where the model cannot be read, `CodecError`
    init(_ settings: CompressionSettings) throws {
        name = settings.model
        (network, store) = try TrainedModel.load(settings.model).makeNetwork()
    }

    /// Copies the weights of every parameter in a store, which may be a part of the model's (fewer
    /// modules).
    /// - Throws: `ConfigurationProblem` with the first parameter that the model has not
    func copy(to other: ParameterStore<Float>) throws(ConfigurationProblem) {
        for parameter in other.parameters {
            guard let own = store.parameter(named: parameter.name), own.shape == parameter.shape
            else {
                throw ConfigurationProblem(
                    """
                    compression.model is \(name), whose network has no \(parameter.name) of shape \
                    \(parameter.shape)
                    """)
            }
            other.set(parameter, store.array(own))
        }
    }

    /// Memory to run it in; for one thread.
    func makeGraph() -> Graph<Float> {
        let graph = Graph(store: store, backend: BLASBackend())
        graph.isRecording = false
        return graph
    }
}
