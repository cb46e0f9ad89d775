import GainFilter
import NeuralNetwork

/// A trained denoiser from a model file: a gain filter that takes noise out of speech. Immutable,
/// shared by any number of streams.
public struct Denoiser: Sendable {
    /// The JSON part of its file.
    package struct Metadata: Codable {
        var format = Denoiser.format
        var name: String
        var recipe: String
        var network: GainFilterConfiguration

        package init(name: String, recipe: String, network: GainFilterConfiguration) {
            (self.name, self.recipe, self.network) = (name, recipe, network)
        }
    }

    private static let format = "nwc-denoiser-2"

    /// Identity of its file.
    public let id: ModelID
    /// As given when it was made.
    public let name: String
    public let gains: GainFilter
    public var configuration: GainFilterConfiguration { gains.configuration }
    /// Hz, of the sound that it takes.
    public var sampleRate: Int { configuration.sampleRate }
    /// Trained numbers.
    public var parameterCount: Int { gains.parameterCount }

    /// - Parameter bytes: a file, as `ModelWriting` makes it
    /// - Throws: `DenoiserError`
    public init(bytes: [UInt8]) throws(DenoiserError) {
        let file: WeightFile
        do { file = try WeightFile(bytes) } catch { throw .file(error) }
        guard let metadata = try? MetadataDecoder.decode(Metadata.self, from: file.metadata),
            metadata.format == Self.format
        else { throw .model("not a model of the format \(Self.format)") }
        guard metadata.network.layers == 0 else {
            throw .model("its network wants to be told \(metadata.network.layers) numbers")
        }
        do { gains = try GainFilter(metadata.network, file) } catch { throw .network(error) }
        id = file.modelID
        name = metadata.name
    }

    /// Takes the noise out of a whole recording.
    /// - Parameters:
    ///   - samples: one channel, at `sampleRate`, in [-1, 1]
    ///   - strength: see `DenoiserStream`
    /// - Returns: as many samples
    public func process(_ samples: [Float], strength: Float = 1) -> [Float] {
        let stream = DenoiserStream(self, strength: strength)
        return stream.step(samples) + stream.finish()
    }
}

/// Why a denoiser cannot be made.
public enum DenoiserError: Error, Equatable, Sendable, CustomStringConvertible {
    case file(WeightFileError)
    /// The file is a model, but not a denoiser's.
    case model(String)
    case network(GainFilterError)

    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .model(let reason): "denoiser: \(reason)"
        case .network(let error): "denoiser: \(error)"
        }
    }
}
