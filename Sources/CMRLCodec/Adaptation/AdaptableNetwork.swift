import NeuralNetwork

/// A codec's network whose adapter is tried out by forward passes alone: one copy of the weights,
/// of which the adapter's targets are set anew for every trial.
package final class AdaptableNetwork {
    package let network: CodecNetwork<Float>
    /// Reads the weights; records nothing.
    package let graph: Graph<Float>
    private let store: ParameterStore<Float>
    private let parts: [AdapterPart]
    /// The model's own values of the parts' targets.
    private let bases: [[Float]]
    /// What the weights were last set for; nil = the model's own.
    private var numbers: [Float]?

    /// - Throws: `CodecError.parametersNotKept`
    package init(_ model: CodecModel, _ shape: AdapterShape) throws(CodecError) {
        let (network, store) = try model.makeNetwork()
        self.network = network
        self.store = store
        graph = .evaluation(store)
        parts = shape.parts(of: network)
        bases = parts.map { store.array($0.target) }
    }

    /// How many numbers the adapter has.
    package var numberCount: Int { parts.reduce(0) { $0 + $1.count } }

    /// Sets the weights.
    /// - Parameter numbers: the adapter's, of all parts, one behind the other
    package func set(_ numbers: [Float]) {
        precondition(
            numbers.count == numberCount, "\(numbers.count) numbers instead of \(numberCount)")
        guard numbers != self.numbers else { return }
        self.numbers = numbers
        let widening = network.envelope.widening.values
        var next = 0
        for (part, base) in zip(parts, bases) {
            store.set(
                part.target,
                part.adapted(
                    base, numbers: numbers[next..<next + part.count], widening: widening))
            next += part.count
        }
    }
}
