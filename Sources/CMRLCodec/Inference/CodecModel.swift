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
    /// How many values of the file are of which type.
    public let elementTypes: [ElementType: Int]
    /// Trained numbers of encoder, decoder and entropy model together.
    public let parameterCount: Int
    /// Average rates in bit/s on the training speech at each of `rateCurveIndices` (of the top
    /// layer, see `CodecEncoder.rateIndices`), for 1, 2, ... layers; where rate control starts.
    /// None where the rate cannot be chosen (`fixedRates`).
    public let rateCurves: [[Double]]
    /// The same for one layer.
    public var rateCurve: [Double] { rateCurves.first ?? [] }
    public static let rateCurveIndices: [UInt8] = stride(from: 0, through: 255, by: 15).map {
        UInt8($0)
    }

    /// What the model was trained to make small.
    public let objective: EncodingObjective
    /// What the model's family codes with.
    var coder: Coder

    /// What a family codes with.
    enum Coder: Sendable {
        case lapped(LappedCoder)
        case timeDomain(TimeDomainCoder)
    }

    /// A model of the lapped transform.
    struct LappedCoder: Sendable {
        let configuration: NetworkConfiguration
        let tables: SymbolTables
        var core: ModelCore
        /// nil = they were not to be kept (`init(bytes:keepsParameters:)`).
        var parameters: ModelParameters?
    }

    /// - Throws: `CodecError.family` for models of another family
    var lapped: LappedCoder {
        get throws(CodecError) {
            guard case .lapped(let coder) = coder else { throw .family(family) }
            return coder
        }
    }

    var core: ModelCore { get throws(CodecError) { try lapped.core } }

    /// - Throws: `CodecError.family` for models of other families than that of the lapped transform
    package var tables: SymbolTables { get throws(CodecError) { try lapped.tables } }

    /// The network of a model of the lapped transform.
    /// - Throws: `CodecError.family` for models of another family
    public var configuration: NetworkConfiguration {
        get throws(CodecError) { try lapped.configuration }
    }

    /// The network of a model of the papers' cascade; nil for other families.
    package var timeDomainConfiguration: PaperNetworkConfiguration? {
        guard case .timeDomain(let coder) = coder else { return nil }
        return coder.configuration
    }

    /// Bit/s a channel with 1, 2, ... modules on average speech, of models that were trained for
    /// one rate; nil where the rate can be chosen.
    public var fixedRates: [Double]? {
        guard case .timeDomain(let coder) = coder else { return nil }
        return coder.rates
    }

    /// The sound that it codes.
    public var signal: SignalFormat {
        switch coder {
        case .lapped(let coder): coder.configuration.signal
        case .timeDomain: TimeDomainCoder.signal
        }
    }

    public var layerCount: Int {
        switch coder {
        case .lapped(let coder): coder.configuration.modules.count
        case .timeDomain(let coder): coder.moduleCount
        }
    }
    /// Bit/s a channel where nothing was asked for: `CodecEncoder.defaultBitrate`, and three times
    /// that for sound at more than 24 kHz.
    public var usualBitrate: Double {
        signal.sampleRate > 24_000 ? 3 * CodecEncoder.defaultBitrate : CodecEncoder.defaultBitrate
    }

    /// Whether analysis by synthesis can work with this model: it compares samples of one channel
    /// in front of the transform.
    /// - Throws: `CodecError.refinement`, `.family`
    package func checkRefinement() throws(CodecError) {
        let configuration = try configuration
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
        guard case .lapped(let coder) = coder, coder.configuration.pairRotation == true else {
            return Array(repeating: .alone, count: groups)
        }
        return (0..<groups).map { group in
            if group % 2 == 1 { return .secondOfPair }
            return group + 1 < groups ? .firstOfPair : .alone
        }
    }

    /// Numbers of every parameter, by name.
    package var weightCounts: [String: Int] {
        let store = ParameterStore<Float>.counting()
        switch coder {
        case .lapped(let coder): _ = CodecNetwork(store, coder.configuration)
        case .timeDomain(let coder): _ = PaperCascade(store, coder.configuration)
        }
        return store.parameters.reduce(into: [:]) { $0[$1.name] = $1.count }
    }

    /// All weights in the order of the network's parameters.
    /// - Throws: `CodecError.parametersNotKept`, `.family` for models of another family than that
    ///   of the lapped transform
    func allParameters() throws(CodecError) -> [Float] {
        guard let parameters = try lapped.parameters else { throw .parametersNotKept }
        return try parameters.all()
    }

    /// The network for differentiation, with frozen weights.
    /// - Throws: `CodecError.parametersNotKept`, `.family`
    package func makeNetwork() throws(CodecError) -> (
        network: CodecNetwork<Float>, store: ParameterStore<Float>
    ) {
        let coder = try lapped
        let parameters = try allParameters()
        let store = ParameterStore<Float>.zeros(count: parameters.count)
        let network = CodecNetwork(store, coder.configuration)
        store.assign(parameters)
        store.setFrozen(true) { _ in true }
        return (network, store)
    }

    /// This model with other weights in its network.
    func replacing(
        _ network: CodecNetwork<Float>, _ store: ParameterStore<Float>
    ) throws(CodecError) -> CodecModel {
        var lapped = try lapped
        lapped.parameters = ModelParameters(store.values)
        lapped.core = ModelCore(
            network, store, interpolation: lapped.core.network.envelope.interpolation)
        var result = self
        result.coder = .lapped(lapped)
        return result
    }

    /// This model with a post-filter behind its decoder.
    /// - Throws: `CodecError.postFilter` where the filter was made for another model, `.family`
    public func adding(_ filter: PostFilter) throws(CodecError) -> CodecModel {
        _ = try lapped
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

    /// Possible numbers of layers of a stream; only models of the lapped transform nest them.
    public func layerRange(_ layering: Layering) -> ClosedRange<Int> {
        guard case .lapped = coder, layering == .nested else { return 1...layerCount }
        return StreamHeader.layerCountRange
    }

    /// Samples at the model's rate from the arrival of a sample to its output when packets are one
    /// block: block, lapped transform, frames ahead in the decoder, for several residual layers the
    /// frames that the encoder waits for, and the post-filter.
    /// - Parameter layers: residual ones; nested ones do not wait and count as one
    public func algorithmicDelay(layers: Int = 1) -> Int {
        guard case .lapped(let coder) = coder else {
            return signal.blockSamples + PaperFraming.overlap
        }
        let ahead = coder.core.network.modules.first?.ahead ?? 0
        return signal.blockSamples + signal.hop + ahead * signal.hop
            * (layers > 1 ? 2 : 1) + (postFilter?.configuration.delay ?? 0)
    }
}
