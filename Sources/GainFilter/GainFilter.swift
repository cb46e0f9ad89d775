import NeuralNetwork

/// A trained gain filter: its network with weights. Immutable, shared by any number of streams.
///
/// What it makes of a sound is the same on every machine and for any division of the sound.
public struct GainFilter: Sendable {
    public let configuration: GainFilterConfiguration
    /// Trained numbers.
    public let parameterCount: Int
    let network: GainFilterNetwork<Float>
    let weights: InferenceWeights

    /// - Parameter file: with the tensors that `add` writes
    /// - Throws: `GainFilterError`
    public init(_ configuration: GainFilterConfiguration, _ file: WeightFile)
        throws(GainFilterError)
    {
        let elements = file.tensors.reduce(0) { $0 + $1.elementCount }
        try self.init(configuration, numbers: elements...elements) {
            parameter throws(GainFilterError) in
            do throws(WeightFileError) {
                return try file.floats(parameter.name, shape: parameter.shape)
            } catch { throw .tensor(error) }
        }
    }

    /// - Parameters:
    ///   - numbers: how many a file may stand for
    ///   - values: of a parameter
    /// - Throws: `GainFilterError`, what `values` throws
    package init(
        _ configuration: GainFilterConfiguration, numbers: ClosedRange<Int>,
        _ values: (Parameter) throws(GainFilterError) -> [Float]
    ) throws(GainFilterError) {
        try configuration.validate()
        // Before anything is allocated: a small file cannot ask for a large network.
        let counting = ParameterStore<Float>.counting()
        _ = GainFilterNetwork(counting, configuration)
        guard numbers.contains(counting.count) else {
            throw .size(numbers: numbers.upperBound, network: counting.count)
        }
        let store = ParameterStore<Float>.zeros(count: counting.count)
        network = GainFilterNetwork(store, configuration)
        for parameter in store.parameters { store.set(parameter, try values(parameter)) }
        self.configuration = configuration
        parameterCount = counting.count
        weights = InferenceWeights(store)
    }

    /// Writes the tensors of a network, in half precision.
    /// - Parameters:
    ///   - store: may hold other parameters as well
    ///   - others: parameters that are written in another way
    /// - Throws: `WeightFileError` for weights that are not finite
    public static func add(
        _ store: ParameterStore<Float>, except others: Set<String> = [],
        to writer: inout WeightFileWriter
    ) throws(WeightFileError) {
        for parameter in store.parameters
        where parameter.name.hasPrefix(GainFilterNetwork<Float>.prefix)
            && !others.contains(parameter.name)
        {
            try writer.add(parameter.name, shape: parameter.shape, halves: store.array(parameter))
        }
    }

    /// Filters a whole sound.
    /// - Parameters:
    ///   - samples: of one channel, at the configuration's rate
    ///   - told: the numbers that the network is told, `layers` of them
    /// - Returns: as many samples
    public func process(_ samples: [Float], told: [Float] = []) -> [Float] {
        let stream = GainFilterStream(GainFilterStream.Workshop(self))
        return stream.step(samples, told: told) + stream.finish()
    }
}
