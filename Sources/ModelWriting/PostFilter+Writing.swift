import CMRLCodec
import GainFilter
import NeuralNetwork

extension PostFilter {
    /// A model file; weights become half precision.
    /// - Parameters:
    ///   - codec: model whose decoder it was trained behind
    ///   - store: may hold other parameters as well
    /// - Throws: `WeightFileError` for weights that are not finite
    public static func file(
        name: String, recipe: String, codec: ModelID, network: GainFilterNetwork<Float>,
        store: ParameterStore<Float>
    ) throws -> [UInt8] {
        var writer = try WeightFileWriter(
            describedBy: Metadata(
                name: name, codec: codec.description, recipe: recipe,
                network: network.configuration))
        try GainFilter.add(store, to: &writer)
        return writer.bytes()
    }
}
