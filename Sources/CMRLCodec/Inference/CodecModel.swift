import NeuralNetwork

/// A trained model, ready to encode and decode: immutable, shared by any number of encoders and
/// decoders.
public struct CodecModel: Sendable {
    /// Identity that its streams name: the post-filter's where it has one, else that of the
    /// weights.
    public var id: ModelID { postFilter?.id ?? codecID }
    /// Identity of the weights that the symbols belong to. Streams that name it are decoded without
    /// a post-filter.
    public let codecID: ModelID
    public let name: String
    /// What stands behind the decoder; nil = nothing.
    public private(set) var postFilter: PostFilter?
    /// What was applied to it: streams that it codes carry it. nil = nothing.
    public internal(set) var patch: ModelPatch?
    /// How it turns sound into symbols.
    public let family: ModelFamily
    public let configuration: NetworkConfiguration
    /// How many values of the file are of which type.
    public let elementTypes: [ElementType: Int]
    /// Trained numbers of encoder, decoder and entropy model together.
    public let parameterCount: Int
    /// Average rates in bit/s on the training speech at each of `rateCurveIndices` (of the top
    /// layer, see `CodecEncoder.rateIndices`), for 1, 2, ... layers; where rate control starts.
    public let rateCurves: [[Double]]
    /// The same for one layer.
    public var rateCurve: [Double] { rateCurves[0] }
    public static let rateCurveIndices: [UInt8] = stride(from: 0, through: 255, by: 15).map {
        UInt8($0)
    }

    /// What the model was trained to make small.
    public let objective: EncodingObjective
    /// nil = they were not to be kept (`init(bytes:keepsParameters:)`).
    var parameters: ModelParameters?
    package let tables: SymbolTables
    var core: ModelCore

    /// The sound that it codes.
    public var signal: SignalFormat { configuration.signal }
    public var layerCount: Int { configuration.modules.count }
    /// Bit/s a channel where nothing was asked for: `CodecEncoder.defaultBitrate`, and three times
    /// that for sound at more than 24 kHz.
    public var usualBitrate: Double {
        signal.sampleRate > 24_000 ? 3 * CodecEncoder.defaultBitrate : CodecEncoder.defaultBitrate
    }

    /// Whether analysis by synthesis can work with this model: it compares samples of one channel
    /// in front of the transform.
    /// - Throws: `CodecError.refinement`
    package func checkRefinement() throws(CodecError) {
        guard signal.channels == 1 else {
            throw .refinement(signal, reason: "its losses hear one channel")
        }
        guard configuration.attackGain != true, configuration.pairRotation != true else {
            throw .refinement(
                signal, reason: "attack gains and rotated pairs stand between sound and symbols")
        }
    }

    /// The places of the groups of a stream: with `pairRotation` groups 0 and 1, 2 and 3 ... are
    /// pairs.
    func places(groups: Int) -> [GroupPlace] {
        (0..<groups).map { group in
            guard configuration.pairRotation == true else { return .alone }
            if group % 2 == 1 { return .secondOfPair }
            return group + 1 < groups ? .firstOfPair : .alone
        }
    }

    /// Numbers of every parameter, by name.
    package var weightCounts: [String: Int] {
        let store = ParameterStore<Float>.counting()
        _ = CodecNetwork(store, configuration)
        return store.parameters.reduce(into: [:]) { $0[$1.name] = $1.count }
    }

    /// All weights in the order of the network's parameters.
    /// - Throws: `CodecError.parametersNotKept`
    func allParameters() throws(CodecError) -> [Float] {
        guard let parameters else { throw .parametersNotKept }
        return try parameters.all()
    }

    /// The network for differentiation, with frozen weights.
    /// - Throws: `CodecError.parametersNotKept`
    package func makeNetwork() throws(CodecError) -> (
        network: CodecNetwork<Float>, store: ParameterStore<Float>
    ) {
        let parameters = try allParameters()
        let store = ParameterStore<Float>.zeros(count: parameters.count)
        let network = CodecNetwork(store, configuration)
        store.assign(parameters)
        store.setFrozen(true) { _ in true }
        return (network, store)
    }

    /// This model with other weights in its network.
    func replacing(_ network: CodecNetwork<Float>, _ store: ParameterStore<Float>) -> CodecModel {
        var result = self
        result.parameters = ModelParameters(store.values)
        result.core = ModelCore(
            network, store, interpolation: core.network.envelope.interpolation)
        return result
    }

    /// This model with a post-filter behind its decoder.
    /// - Throws: `CodecError.postFilter` where the filter was made for another model
    public func adding(_ filter: PostFilter) throws(CodecError) -> CodecModel {
        guard filter.codecID == codecID, filter.configuration.sampleRate == signal.sampleRate,
            signal.block.channels == 1
        else {
            throw .postFilter(
                .wrongCodec(expected: filter.codecID.description, found: codecID.description))
        }
        var result = self
        result.postFilter = filter
        return result
    }

    /// This model without its post-filter.
    public var withoutPostFilter: CodecModel {
        var result = self
        result.postFilter = nil
        return result
    }

    /// Possible numbers of layers of a stream.
    public func layerRange(_ layering: Layering) -> ClosedRange<Int> {
        layering == .nested ? StreamHeader.layerCountRange : 1...layerCount
    }

    /// Samples at the model's rate from the arrival of a sample to its output when packets are one
    /// block: block, lapped transform, frames ahead in the decoder, for several residual layers the
    /// frames that the encoder waits for, and the post-filter.
    /// - Parameter layers: residual ones; nested ones do not wait and count as one
    public func algorithmicDelay(layers: Int = 1) -> Int {
        let ahead = core.network.modules.first?.ahead ?? 0
        return signal.blockSamples + configuration.hop + ahead * configuration.hop
            * (layers > 1 ? 2 : 1) + (postFilter?.configuration.delay ?? 0)
    }
}
