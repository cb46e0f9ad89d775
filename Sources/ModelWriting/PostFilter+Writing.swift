import CMRLCodec
import GainFilter
import NeuralNetwork

extension PostFilter {
    /// A model file; weights become half precision.
    /// - Parameters:
    ///   - codec: model whose decoder it was trained behind
    ///   - store: may hold other parameters as well
    ///   - packed: parameters that are stored in fewer bits, by name
    /// - Throws: `WeightFileError` for weights that are not finite
    package static func file(
        name: String, recipe: String, codec: ModelID, network: GainFilterNetwork<Float>,
        store: ParameterStore<Float>, packed: [String: PackedWeights] = [:]
    ) throws -> [UInt8] {
        var writer = try WeightFileWriter(
            describedBy: Metadata(
                name: name, codec: codec.description, recipe: recipe,
                network: network.configuration))
        try GainFilter.add(store, except: Set(packed.keys), to: &writer)
        for parameter in store.parameters {
            guard let weights = packed[parameter.name] else { continue }
            try writer.add(parameter.name, packed: weights)
        }
        return writer.bytes()
    }
}
