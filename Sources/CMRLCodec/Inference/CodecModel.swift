import NeuralNetwork

/// A trained model, ready to encode and decode: immutable, shared by any number of encoders and
/// decoders.
public struct CodecModel: Sendable {
    public let id: ModelID
    public let name: String
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
    /// All weights in the order of the network's parameters, if they were to be kept
    /// (`init(bytes:keepsParameters:)`).
    let parameters: [Float]?
    let tables: SymbolTables
    let core: ModelCore

    /// The sound that it codes.
    public var signal: SignalFormat { configuration.signal }
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

    /// Samples at the model's rate from the arrival of a sample to its output when packets are one block:
    /// block, lapped transform, frames ahead in the decoder, and for several layers the frames that
    /// the encoder waits for.
    public func algorithmicDelay(layers: Int = 1) -> Int {
        let ahead = core.modules.first.map { $0.decoder.reduce(0) { $0 + $1.ahead } } ?? 0
        return signal.blockSamples + configuration.hop + ahead * configuration.hop
            * (layers > 1 ? 2 : 1)
    }
}

/// The network's weights in the form that inference uses.
struct ModelCore: Sendable {
    struct Module: Sendable {
        let encoder: [GatedWeights]
        let decoder: [GatedWeights]
        let context: CoefficientModel
        let gainRows: [Float]
    }

    let configuration: NetworkConfiguration
    let analysis: PackedMatrix
    let synthesis: PackedMatrix
    let averaging: PackedMatrix
    let widening: PackedMatrix
    /// Envelope to coefficients, Q12: [bands][hop].
    let wideningQ12: [Int32]
    /// Bands that each coefficient's row of `wideningQ12` takes something from; all others are
    /// zero.
    let wideningSpans: [Range<Int>]
    let envelope: EnvelopeModel
    let envelopeGainRows: [Float]
    let exponentRows: [Float]
    let modules: [Module]

    /// - Parameter widening: interpolation from bands to coefficients as stored in the model
    ///   (computing it needs a mathematical library).
    init(_ network: CodecNetwork<Float>, _ store: ParameterStore<Float>, widening stored: [Float]) {
        configuration = network.configuration
        let hop = configuration.hop
        let bands = configuration.bands
        let knots = configuration.rateKnots
        analysis = PackedMatrix(
            weight: store.array(network.transform.analysis), bias: nil, inputs: 2 * hop,
            outputs: hop)
        synthesis = PackedMatrix(
            weight: store.array(network.transform.synthesis), bias: nil, inputs: hop,
            outputs: 2 * hop)
        averaging = PackedMatrix(
            weight: network.envelope.averaging, bias: nil,
            inputs: hop * configuration.framesPerBlock, outputs: bands)
        widening = PackedMatrix(weight: stored, bias: nil, inputs: bands, outputs: hop)
        let fixed = stored.map { Int32(($0 * 4096).rounded(.toNearestOrEven)) }
        wideningQ12 = fixed
        wideningSpans = (0..<hop).map { k in
            let used = (0..<bands).filter { fixed[$0 * hop + k] != 0 }
            return (used.first ?? 0)..<(used.last.map { $0 + 1 } ?? 0)
        }
        envelope = EnvelopeModel(network.envelope, store, knots: knots)
        envelopeGainRows = store.array(network.envelope.coder.gain.rows)
        exponentRows = store.array(network.exponent.rows)
        modules = network.modules.enumerated().map { index, module in
            Module(
                encoder: module.encoder.map { GatedWeights($0, store, hop: hop) },
                decoder: module.decoder.map { GatedWeights($0, store, hop: hop) },
                context: CoefficientModel(
                    module.context, store, module: index, bands: bands, knots: knots),
                gainRows: store.array(module.gain.rows))
        }
    }

    /// What the rate index of module 1 sets for the envelope and the weighting of noise.
    struct ShapeRate: Sendable {
        let envelope: EnvelopeModel.Rate
        let gain: [Float]
        let inverse: [Float]
        let exponent: [Float]
        /// 1 - exponent, Q12.
        let spread: [Int32]
    }

    func shapeRate(_ index: UInt8) -> ShapeRate {
        let point = RatePoint(
            knotRows: envelopeGainRows, width: configuration.bands, index: index,
            knotCount: configuration.rateKnots)
        let exponent = RatePoint.interpolate(exponentRows, configuration.hop, point.knots)
        return ShapeRate(
            envelope: EnvelopeModel.Rate(
                gain: point.gain.map { Int(min($0 * 1024, 16_777_216).rounded(.toNearestOrEven)) },
                inverse: point.inverse.map {
                    Int(min($0 * 65536, 1_073_741_824).rounded(.toNearestOrEven))
                }, logGain: point.logGain,
                knots: point.knots.map { Int16(($0 * 1024).rounded(.toNearestOrEven)) }),
            gain: point.gain, inverse: point.inverse, exponent: exponent,
            spread: exponent.map { Int32(((1 - $0) * 4096).rounded(.toNearestOrEven)) })
    }

    func ratePoint(module: Int, index: UInt8) -> RatePoint {
        RatePoint(
            knotRows: modules[module].gainRows, width: configuration.hop, index: index,
            knotCount: configuration.rateKnots)
    }
}
