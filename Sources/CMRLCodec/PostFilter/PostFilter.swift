import GainFilter
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
        var network: GainFilterConfiguration

        package init(
            name: String, codec: String, recipe: String, network: GainFilterConfiguration
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
    package let gains: GainFilter
    public var configuration: GainFilterConfiguration { gains.configuration }
    /// Trained numbers.
    public var parameterCount: Int { gains.parameterCount }

    /// - Parameter bytes: a file, as `ModelWriting` makes it
    /// - Throws: `CodecError.modelFile`, `.postFilter`
    public init(bytes: [UInt8]) throws(CodecError) {
        let file: WeightFile
        do { file = try WeightFile(bytes) } catch { throw .modelFile(error) }
        guard let metadata = try? MetadataDecoder.decode(Metadata.self, from: file.metadata),
            metadata.format == Self.format, metadata.codec.utf8.count == 2 * ModelID.byteCount,
            let codec = UInt64(metadata.codec, radix: 16)
        else { throw .postFilter(.model("not a model of the format \(Self.format)")) }
        do throws(GainFilterError) {
            gains =
                file.isPacked
                ? try Self.packedGains(metadata.network, file)
                : try GainFilter(metadata.network, file)
        } catch { throw .postFilter(.network(error)) }
        id = file.modelID
        name = metadata.name
        codecID = ModelID(rawValue: codec)
    }

    /// A network some of whose matrices are packed.
    private static func packedGains(_ network: GainFilterConfiguration, _ file: WeightFile)
        throws(GainFilterError) -> GainFilter
    {
        try GainFilter(network, numbers: 0...file.mostNumbers) {
            parameter throws(GainFilterError) in
            do throws(CodecError) {
                return try file.floats(parameter.name, parameter.shape)
            } catch { throw .packed("\(error)") }
        }
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
        gains.process(samples, told: Self.rateFeatures(rateIndices))
    }
}
