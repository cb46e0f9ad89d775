import Enhancement
import GainFilter
import NeuralNetwork

extension Denoiser {
    /// A model file; weights become half precision.
    /// - Throws: `WeightFileError` for weights that are not finite
    public static func file(
        name: String, recipe: String, network: GainFilterNetwork<Float>,
        store: ParameterStore<Float>
    ) throws -> [UInt8] {
        var writer = try WeightFileWriter(
            describedBy: Metadata(name: name, recipe: recipe, network: network.configuration))
        try GainFilter.add(store, to: &writer)
        return writer.bytes()
    }
}
