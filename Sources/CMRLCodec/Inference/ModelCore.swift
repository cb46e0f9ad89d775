import NeuralNetwork

/// A network in the form that coding uses: its definition, packed weights for the layers that run
/// in streams, integer models of the entropy.
struct ModelCore: Sendable {
    let network: CodecNetwork<Float>
    private let weights: InferenceWeights
    let envelope: EnvelopeModel
    /// Of each module.
    let contexts: [CoefficientModel]
    /// Envelope to coefficients, Q12: [bands][width].
    private let wideningQ12: [Int32]
    /// Bands that each coefficient's row of `wideningQ12` takes something from; all others are
    /// zero.
    private let wideningSpans: [Range<Int>]
    /// The band that each coefficient takes most from, of several the lowest.
    let coefficientBands: [Int]
    /// Rows of the rate tables.
    private let envelopeGainRows: [Float]
    let exponentRows: [Float]
    let moduleGainRows: [[Float]]

    var configuration: NetworkConfiguration { network.configuration }

    /// - Parameter interpolation: from bands to coefficients of a channel as stored in the model;
    ///   nil = as the network computes it
    init(
        _ network: CodecNetwork<Float>, _ store: ParameterStore<Float>,
        interpolation: [Float]? = nil
    ) {
        var network = network
        let configuration = network.configuration
        let width = configuration.frameWidth
        let bands = configuration.envelopeWidth
        let knots = configuration.rateKnots
        if let interpolation { network.envelope.interpolation = interpolation }
        self.network = network
        weights = InferenceWeights(store, used: network.streamedParameters)
        let fixed = network.envelope.widening.values.map {
            Int32(($0 * 4096).rounded(.toNearestOrEven))
        }
        wideningQ12 = fixed
        wideningSpans = (0..<width).map { k in
            let used = (0..<bands).filter { fixed[$0 * width + k] != 0 }
            return (used.first ?? 0)..<(used.last.map { $0 + 1 } ?? 0)
        }
        coefficientBands = (0..<width).map { k in
            (0..<bands).reduce(0) { fixed[$1 * width + k] > fixed[$0 * width + k] ? $1 : $0 }
        }
        envelope = EnvelopeModel(network.envelope, store, knots: knots)
        envelopeGainRows = store.resolved(network.envelope.coder.gain.rows)
        exponentRows = store.resolved(network.exponent.rows)
        moduleGainRows = network.modules.map { store.resolved($0.gain.rows) }
        contexts = network.modules.enumerated().map { index, module in
            CoefficientModel(module.context, store, module: index, bands: bands, knots: knots)
        }
    }

    /// Memory and weights for the streams of a thread.
    func makeGraph() -> Graph<Float> { .inference(weights) }

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
            knotRows: envelopeGainRows, width: configuration.envelopeWidth, index: index,
            knotCount: configuration.rateKnots)
        let exponent = RatePoint.interpolate(exponentRows, configuration.frameWidth, point.knots)
        return ShapeRate(
            envelope: EnvelopeModel.Rate(
                gain: point.gain.map { Int(min($0 * 1024, 16_777_216).rounded(.toNearestOrEven)) },
                inverse: point.inverse.map {
                    Int(min($0 * 65536, 1_073_741_824).rounded(.toNearestOrEven))
                }, logGain: point.logGain.map { Int($0) }, knots: point.fixedKnots),
            gain: point.gain, inverse: point.inverse, exponent: exponent,
            spread: exponent.map { Int32(((1 - $0) * 4096).rounded(.toNearestOrEven)) })
    }

    func ratePoint(module: Int, index: UInt8) -> RatePoint {
        RatePoint(
            knotRows: moduleGainRows[module], width: configuration.frameWidth, index: index,
            knotCount: configuration.rateKnots)
    }

    /// Log amplitude that a block's envelope (Q8) leaves in normalised coefficients, Q8.
    func spread(envelope: [Int], _ shape: ShapeRate) -> [Int32] {
        let width = configuration.frameWidth
        return [Int32](unsafeUninitializedCapacity: width) { result, count in
            wideningQ12.withUnsafeBufferPointer { widening in
                envelope.withUnsafeBufferPointer { envelope in
                    for k in 0..<width {
                        var sum: Int64 = 0
                        for b in wideningSpans[k] {
                            sum += Int64(widening[b * width + k]) * Int64(envelope[b])
                        }
                        result[k] = Int32(
                            (((sum + 2048) >> 12) * Int64(shape.spread[k]) + 2048) >> 12)
                    }
                }
            }
            count = width
        }
    }
}
