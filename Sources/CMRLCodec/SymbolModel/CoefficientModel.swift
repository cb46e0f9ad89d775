import CKernels
import NeuralNetwork

/// The integer twin of `SymbolContext`: selects a frequency table for every coefficient of a
/// module.
struct CoefficientModel: Sendable {
    let hop: Int
    let module: Int
    private let sideCount: Int
    private let past: FixedPointLinear
    private let side: FixedPointLinear
    private let below: FixedPointLinear?
    private let gru: FixedPointGRU
    private let outputState: FixedPointLinear
    private let outputSide: FixedPointLinear
    /// Per-coefficient network: [feature][16] weights, [hop][16] biases in Q(8 + localBits), [16]
    /// output weights.
    private let localWeights: [Int16]
    private let localBias: [Int32]
    private let localOutput: [Int16]
    private let localBits: Int
    private let localOutputBits: Int
    static let units = 16

    /// Context of one channel.
    struct State {
        fileprivate var gru: FixedPointGRU.State
        /// asinh magnitudes Q8 of the previous frame, the one before, and the present one; 4 zeros
        /// on both sides.
        fileprivate var previous: [Int16]
        fileprivate var older: [Int16]
        fileprivate var present: [Int16]
        fileprivate var lower: [Int16]
        fileprivate var padded: [Int16]
        fileprivate var sum: [Int32]
        fileprivate var part: [Int32]
        fileprivate var entered: [Int16]
        fileprivate var base: [Int32]
        fileprivate var baseSide: [Int32]
        fileprivate var features: [Int16]
    }

    init(
        _ context: SymbolContext<Float>, _ store: ParameterStore<Float>, module: Int, bands: Int,
        knots: Int
    ) {
        hop = context.hop
        self.module = module
        let size = context.gru.hidden
        let sides = bands + knots * (module + 1)
        let hop = context.hop
        sideCount = sides
        past = FixedPointLinear(
            weight: store.array(context.past.weight), bias: context.past.bias.map(store.array),
            columns: hop, rows: size, inputBits: 8, outputBits: 10)
        side = FixedPointLinear(
            weight: store.array(context.side.weight), bias: context.side.bias.map(store.array),
            columns: sides, rows: size, inputBits: 10, outputBits: 10)
        below = context.below.map {
            FixedPointLinear(
                weight: store.array($0.weight), bias: $0.bias.map(store.array), columns: hop,
                rows: size, inputBits: 8, outputBits: 10)
        }
        gru = FixedPointGRU(
            inputWeight: store.array(context.gru.input.weight),
            inputBias: context.gru.input.bias.map(store.array) ?? [],
            recurrentWeight: store.array(context.gru.recurrent),
            recurrentBias: store.array(context.gru.bias), inputs: size, hidden: size, inputBits: 11)
        // One linear layer over [state | side], cut in two because the parts have different scales.
        let output = store.array(context.output.weight)
        outputState = FixedPointLinear(
            weight: Array(output[0..<size * hop]), bias: context.output.bias.map(store.array),
            columns: size, rows: hop, inputBits: 11, outputBits: 8)
        outputSide = FixedPointLinear(
            weight: Array(output[(size * hop)...]), bias: nil, columns: sides, rows: hop,
            inputBits: 10, outputBits: 8)
        let features = context.localInput.inputChannels
        let units = context.local
        let weights = store.array(context.localInput.weight)
        let bits = min(FixedPointLinear.scaleBits(weights), 14)
        localBits = bits
        var wide = [Int16](repeating: 0, count: features * Self.units)
        var bias = [Int32](repeating: 0, count: hop * Self.units)
        var out = [Int16](repeating: 0, count: Self.units)
        for f in 0..<features {
            for u in 0..<units {
                wide[f * Self.units + u] = FixedPointLinear.quantise(weights[f * units + u], bits)
            }
        }
        let real = store.array(context.localBias)
        let scale = FixedPointLinear.power(8 + bits)
        for k in 0..<hop {
            for u in 0..<units {
                let value = (Double(real[k * units + u]) * scale).rounded(.toNearestOrEven)
                bias[k * Self.units + u] = Int32(
                    max(-536_870_912, min(536_870_912, value.isFinite ? value : 0)))
            }
        }
        let outWeights = store.array(context.localOutput.weight)
        localOutputBits = min(FixedPointLinear.scaleBits(outWeights), 20)
        for u in 0..<units { out[u] = FixedPointLinear.quantise(outWeights[u], localOutputBits) }
        localWeights = wide
        localBias = bias
        localOutput = out
    }

    func makeState() -> State {
        let edge = [Int16](repeating: 0, count: hop + 8)
        return State(
            gru: gru.makeState(), previous: edge, older: edge, present: edge, lower: edge,
            padded: Array(repeating: 0, count: (hop + 31) & ~31),
            sum: Array(repeating: 0, count: gru.hidden),
            part: Array(repeating: 0, count: gru.hidden),
            entered: Array(repeating: 0, count: (gru.hidden + 31) & ~31),
            base: Array(repeating: 0, count: hop),
            baseSide: Array(repeating: 0, count: hop), features: Array(repeating: 0, count: 32))
    }

    /// Passes one frame through the channel.
    ///
    /// - Parameters:
    ///   - symbols: `hop` symbols; replaced by what the channel returns
    ///   - below: symbols of the module below in the same frame
    ///   - side: envelope / 4 and rate weights, Q10, padded with zeros to a multiple of 32
    ///   - prior: log scale expected from envelope and rate, Q8
    func pass<C: SymbolChannel>(
        _ symbols: inout [Int32], below lower: [Int32]?, side sideInput: [Int16], prior: [Int32],
        state: inout State, channel: inout C
    ) throws(EntropyCodingError) {
        let hidden = gru.hidden
        for k in 0..<hop { state.padded[k] = state.previous[k + 4] }
        past.apply(state.padded, into: &state.sum, limit: 65535)
        side.apply(sideInput, into: &state.part, limit: 65535)
        for i in 0..<hidden { state.sum[i] += state.part[i] }
        if let below, let lower {
            for k in 0..<hop {
                let value = SymbolMagnitude.q8(Int(lower[k].magnitude))
                state.lower[k + 4] = value
                state.padded[k] = value
            }
            below.apply(state.padded, into: &state.part, limit: 65535)
            for i in 0..<hidden { state.sum[i] += state.part[i] }
        }
        nwc_tanh_q(hidden, state.sum, &state.entered)
        gru.step(state.entered, &state.gru)
        outputState.apply(state.gru.h, into: &state.base, limit: 16383)
        outputSide.apply(sideInput, into: &state.baseSide, limit: 16383)
        let usesBelow = below != nil && lower != nil
        let featureCount = 9 + (usesBelow ? 3 : 0)
        let shift = Int32(localBits)
        let shiftOut = Int32(localOutputBits)
        for k in 0..<hop {
            let base = Int(state.base[k]) + Int(state.baseSide[k]) + Int(prior[k])
            let at = k + 4
            state.features[0] = activation(base)
            state.features[1] = state.present[at - 1]
            state.features[2] = state.present[at - 2]
            state.features[3] = state.present[at - 3]
            state.features[4] = state.previous[at - 1]
            state.features[5] = state.previous[at]
            state.features[6] = state.previous[at + 1]
            state.features[7] = state.previous[at + 2]
            state.features[8] = state.older[at]
            if usesBelow {
                state.features[9] = state.lower[at - 1]
                state.features[10] = state.lower[at]
                state.features[11] = state.lower[at + 1]
            }
            let correction = localBias.withUnsafeBufferPointer { bias in
                nwc_local_correction(
                    featureCount, state.features, localWeights,
                    bias.baseAddress.map { $0 + k * Self.units }, localOutput, shift, shiftOut)
            }
            let table = TableLayout.coefficientTable(logScale: base + Int(correction))
            let symbol = try channel.coefficient(Int(symbols[k]), table: table, module: module)
            let bounded = max(-(1 << 22), min(1 << 22, symbol))
            symbols[k] = Int32(bounded)
            state.present[at] = SymbolMagnitude.q8(abs(bounded))
        }
        swap(&state.older, &state.previous)
        swap(&state.previous, &state.present)
    }
}
