import Foundation
import NeuralNetwork

/// A trained denoiser from a model file: the weights of a `DenoisingNetwork` in a `WeightFile`,
/// with its configuration in the metadata.
public final class Denoiser {
    private struct Metadata: Codable {
        var format = Denoiser.format
        var name: String
        var recipe: String
        var network: DenoiserConfiguration
    }

    private static let format = "nwc-denoiser-1"

    public let configuration: DenoiserConfiguration
    /// As given when it was made.
    public let name: String
    private let network: DenoisingNetwork<Float>
    private let weights: InferenceWeights

    /// - Parameter bytes: a file made by `file`
    /// - Throws: `WeightFileError`, `DenoiserError`
    public init(bytes: [UInt8]) throws {
        let file = try WeightFile(bytes)
        guard let metadata = try? JSONDecoder().decode(Metadata.self, from: Data(file.metadata)),
            metadata.format == Self.format
        else { throw DenoiserError.model("not a model of the format \(Self.format)") }
        try metadata.network.validate()
        configuration = metadata.network
        name = metadata.name
        let store = ParameterStore<Float>()
        network = DenoisingNetwork(store, configuration)
        for parameter in store.parameters {
            store.set(parameter, try file.floats(parameter.name, shape: parameter.shape))
        }
        guard file.tensors.count == store.parameters.count else {
            throw DenoiserError.model(
                "\(file.tensors.count) tensors, its network has \(store.parameters.count)")
        }
        weights = InferenceWeights(store)
    }

    /// A model file; weights become half precision.
    /// - Throws: `WeightFileError` for weights that are not finite
    public static func file(
        name: String, recipe: String, network: DenoisingNetwork<Float>,
        store: ParameterStore<Float>
    ) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let metadata = Metadata(name: name, recipe: recipe, network: network.configuration)
        var writer = try WeightFileWriter(metadata: Array(encoder.encode(metadata)))
        for parameter in store.parameters {
            try writer.add(parameter.name, shape: parameter.shape, halves: store.array(parameter))
        }
        return writer.bytes()
    }

    /// Cleans a whole recording.
    /// - Parameter samples: mono, at the configuration's rate, in [-1, 1]
    /// - Returns: as many samples
    public func process(_ samples: [Float]) -> [Float] {
        guard !samples.isEmpty else { return [] }
        let hop = configuration.hop
        let padding = (hop - samples.count % hop) % hop
        let output = network.infer(
            samples + Array(repeating: 0, count: padding), channels: 1, weights: weights)
        return Array(output.prefix(samples.count))
    }
}
