import NeuralNetwork

/// A trained model, ready to encode and decode: immutable, shared by any number of encoders and
/// decoders.
public struct CodecModel: Sendable {
    /// Sample rate of the coded signal, Hz.
    public static let sampleRate = 16000
    /// Samples of a block, the 20-ms unit of the bitstream.
    public static let blockSamples = 320

    public let id: ModelID
    public let name: String
    public let configuration: NetworkConfiguration
    /// Trained numbers of encoder, decoder and entropy model together.
    public let parameterCount: Int
    /// Average rates in bit/s on the training speech at each of `rateCurveIndices` (of the top
    /// layer, see `Encoder.rateIndices`), for 1, 2, ... layers; where rate control starts.
    public let rateCurves: [[Double]]
    /// The same for one layer.
    public var rateCurve: [Double] { rateCurves[0] }
    public static let rateCurveIndices: [UInt8] = stride(from: 0, through: 255, by: 15).map {
        UInt8($0)
    }

    /// What the model was trained to make small.
    public let objective: EncodingObjective
    /// All weights in the order of the network's parameters, if they were to be kept
    /// (`init(bytes:keepsParameters:)`).
    let parameters: [Float]?
    let tables: SymbolTables
    let core: ModelCore

    public var layerCount: Int { configuration.modules.count }

    /// The network for differentiation, with frozen weights; nil where the parameters were not
    /// kept.
    public func makeNetwork() -> (network: CodecNetwork<Float>, store: ParameterStore<Float>)? {
        guard let parameters else { return nil }
        let store = ParameterStore<Float>()
        let network = CodecNetwork(store, configuration)
        store.assign(parameters)
        store.setFrozen(true) { _ in true }
        return (network, store)
    }

    /// Samples at 16 kHz from the arrival of a sample to its output when packets are one block:
    /// block, lapped transform, frames ahead in the decoder, and for several layers the frames that
    /// the encoder waits for.
    public func algorithmicDelay(layers: Int = 1) -> Int {
        let ahead = core.network.modules.first?.ahead ?? 0
        return Self.blockSamples + configuration.hop + ahead * configuration.hop
            * (layers > 1 ? 2 : 1)
    }
}
