import NeuralNetwork

/// A trained post-filter from a model file: what makes decoded sound of one codec model more like
/// the original, without a bit in the stream. Immutable, shared by any number of decoders.
///
/// Its output is, like the decoder's, the same on every machine and for any division of the sound.
public struct PostFilter: Sendable {
    /// The JSON part of its file.
    package struct Metadata: Codable {
        var format = PostFilter.format
        var name: String
        /// Identity of the codec model, 16 hexadecimal digits.
        var codec: String
        var recipe: String
        var network: PostFilterConfiguration

        package init(
            name: String, codec: String, recipe: String, network: PostFilterConfiguration
        ) {
            (self.name, self.codec, self.recipe) = (name, codec, recipe)
            self.network = network
        }
    }

    private static let format = "nwc-post-filter-1"

    /// Identity of its file.
    public let id: ModelID
    public let name: String
    /// The codec model whose decoder it was made for.
    public let codecID: ModelID
    public let configuration: PostFilterConfiguration
    /// Trained numbers.
    public let parameterCount: Int
    let network: PostFilterNetwork<Float>
    let weights: InferenceWeights

    /// - Parameter bytes: a file, as `ModelWriting` makes it
    /// - Throws: `CodecError.modelFile`, `.postFilter`, `.modelTensor`
    public init(bytes: [UInt8]) throws(CodecError) {
        let file: WeightFile
        do { file = try WeightFile(bytes) } catch { throw .modelFile(error) }
        guard let metadata = try? MetadataDecoder.decode(Metadata.self, from: file.metadata),
            metadata.format == Self.format, metadata.codec.utf8.count == 2 * ModelID.byteCount,
            let codec = UInt64(metadata.codec, radix: 16)
        else { throw .postFilter(.model("not a model of the format \(Self.format)")) }
        try metadata.network.validate()
        // Before anything is allocated: a small file cannot ask for a large network.
        let counting = ParameterStore<Float>.counting()
        _ = PostFilterNetwork(counting, metadata.network)
        let elements = file.tensors.reduce(0) { $0 + $1.elementCount }
        guard elements == counting.count else {
            throw .postFilter(
                .model("\(elements) numbers, its network has \(counting.count)"))
        }
        let store = ParameterStore<Float>.zeros(count: counting.count)
        network = PostFilterNetwork(store, metadata.network)
        for parameter in store.parameters {
            store.set(parameter, try file.floats(parameter.name, parameter.shape))
        }
        id = file.modelID
        name = metadata.name
        codecID = ModelID(rawValue: codec)
        configuration = metadata.network
        parameterCount = counting.count
        weights = InferenceWeights(store)
    }

    /// What the network is told of rate indices, one a layer: values in 0 ... 1, 0 standing for a
    /// layer that is missing.
    public static func rateFeatures(_ indices: [UInt8]) -> [Float] {
        indices.map { (Float($0) + 1) / 256 }
    }

    /// Filters a whole sound.
    /// - Parameters:
    ///   - samples: of one channel, decoded, at the configuration's rate
    ///   - rateIndices: those it was coded with, one a layer
    /// - Returns: as many samples
    public func process(_ samples: [Float], rateIndices: [UInt8]) -> [Float] {
        let stream = PostFilterStream(PostFilterStream.Workshop(self))
        return stream.step(samples, rateIndices: rateIndices) + stream.finish()
    }
}
