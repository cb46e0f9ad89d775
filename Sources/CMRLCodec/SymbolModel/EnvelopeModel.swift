import NeuralNetwork
import SignalProcessing

/// The integer twin of `EnvelopeLayer`'s entropy model: predicts each band's symbol from past
/// blocks, the rate and the bands below it.
struct EnvelopeModel: Sendable {
    let bands: Int
    private let gru: FixedPointGRU
    /// State Q11 -> mean and log scale, Q8.
    private let output: FixedPointLinear
    private let outputState: Int
    /// Weights from the changes of bands below: [2 * bands][bands], one shift for all.
    private let lower: [Int32]
    private let lowerBits: Int

    /// What depends on the rate index, in integers.
    struct Rate: Sendable {
        /// Symbols per unit, Q10, and units per symbol, Q16.
        let gain: [Int]
        let inverse: [Int]
        /// log(gain), Q8.
        let logGain: [Int]
        /// Interpolation weights, Q10.
        let knots: [Int16]

        /// What a symbol of a band stands for, Q8.
        @inline(__always)
        func value(_ symbol: Int, band: Int) -> Int {
            max(-4095, min(4095, (max(-65536, min(65536, symbol)) * inverse[band] + 128) >> 8))
        }
    }

    /// Context of one channel.
    struct State {
        fileprivate var gru: FixedPointGRU.State
        fileprivate var input: [Int16]
        fileprivate var prediction: [Int32]
        /// Envelope of the previous block, Q8.
        fileprivate var previous: [Int]
        fileprivate var change: [Int32]
    }

    init(_ layer: EnvelopeLayer<Float>, _ store: ParameterStore<Float>, knots: Int) {
        bands = layer.bands
        let hidden = layer.coder.context.hidden
        gru = FixedPointGRU(
            inputWeight: store.resolved(layer.coder.context.input.weight),
            inputBias: layer.coder.context.input.bias.map(store.resolved) ?? [],
            recurrentWeight: store.resolved(layer.coder.context.recurrent),
            recurrentBias: store.resolved(layer.coder.context.bias), inputs: bands + knots,
            hidden: hidden, inputBits: 10)
        output = FixedPointLinear(
            weight: store.resolved(layer.coder.output.weight),
            bias: layer.coder.output.bias.map(store.resolved), columns: hidden, rows: 2 * bands,
            inputBits: 11,
            outputBits: 8)
        outputState = hidden
        let weights = store.resolved(layer.coder.lower)
        let bits = FixedPointLinear.scaleBits(weights)
        let count = bands
        lowerBits = bits
        lower = (0..<2 * count).flatMap { column in
            (0..<count).map { j in
                j < column % count
                    ? Int32(FixedPointLinear.quantise(weights[j * 2 * count + column], bits)) : 0
            }
        }
    }

    func makeState() -> State {
        State(
            gru: gru.makeState(), input: Array(repeating: 0, count: gru.paddedInputs),
            prediction: Array(repeating: 0, count: 2 * bands),
            previous: Array(repeating: 0, count: bands), change: Array(repeating: 0, count: bands))
    }

    /// Passes one block through the channel.
    ///
    /// - Parameters:
    ///   - symbols: the encoder's symbols; replaced by what the channel returns
    ///   - envelope: the dequantised envelope in Q8, set here
    func pass<C: SymbolChannel>(
        _ symbols: inout [Int], envelope: inout [Int], rate: Rate, state: inout State,
        channel: inout C
    ) throws(EntropyCodingError) {
        for b in 0..<bands { state.input[b] = activation(state.previous[b]) }
        for (i, knot) in rate.knots.enumerated() { state.input[bands + i] = knot }
        gru.step(state.input, &state.gru)
        output.apply(state.gru.h, into: &state.prediction, limit: 4095)
        let widthBound = EntropySpecification.q8(EntropySpecification.Envelope.logScaleBound)
        let widthOffset = EntropySpecification.q8(EntropySpecification.Envelope.logScaleOffset)
        for b in 0..<bands {
            var mean: Int64 = 0
            var scale: Int64 = 0
            for j in 0..<b {
                let change = Int64(state.change[j])
                mean += Int64(lower[b * bands + j]) * change
                scale += Int64(lower[(bands + b) * bands + j]) * abs(change)
            }
            let half = lowerBits > 0 ? Int64(1) << (lowerBits - 1) : 0
            let expected =
                state.previous[b] + Int(state.prediction[b]) + Int((mean + half) >> lowerBits)
            let width = max(
                -widthBound,
                min(
                    widthBound,
                    Int(state.prediction[bands + b]) + Int((scale + half) >> lowerBits)
                        + widthOffset))
            // Expected value in symbols, Q8: nearest integer and the phase of what is left.
            let position = (expected * rate.gain[b] + 512) >> 10
            let nearest = (position + 128) >> 8
            let phase = (position - (nearest << 8) + 128) >> 5
            let table = TableLayout.envelopeTable(
                logScale: width + rate.logGain[b], phase: min(max(phase, 0), 7))
            let symbol = nearest + (try channel.envelope(symbols[b] - nearest, table: table))
            symbols[b] = symbol
            let value = rate.value(symbol, band: b)
            envelope[b] = value
            state.change[b] = Int32(max(-2047, min(2047, value - state.previous[b])))
        }
        for b in 0..<bands { state.previous[b] = envelope[b] }
    }
}
