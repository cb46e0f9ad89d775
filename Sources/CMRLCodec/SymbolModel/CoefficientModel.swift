import CKernels
import NeuralNetwork

/// The integer twin of `SymbolContext`: selects a frequency table for every coefficient of a
/// module. A class, because it has many parts and is asked for every frame.
final class CoefficientModel: Sendable {
    let width: Int
    let module: Int
    private let past: FixedPointLinear
    private let side: FixedPointLinear
    private let below: FixedPointLinear?
    private let gru: FixedPointGRU
    private let outputState: FixedPointLinear
    private let outputSide: FixedPointLinear
    /// Per-coefficient network: [feature][16] weights, [width][16] biases in Q(8 + localBits), [16]
    /// output weights.
    private let localWeights: Scratch<Int16>
    private let localBias: Scratch<Int32>
    private let localOutput: Scratch<Int16>
    private let localBits: Int
    private let localOutputBits: Int
    static let units = 16

    /// Where a feature of the local network comes from: a row of magnitudes and an offset in it.
    private struct Source: Sendable {
        /// 0 ... 2: the present frame, the one before and the one before that; 3: the module below.
        let row: Int
        let offset: Int
    }

    private let sources: [Source]
    private let margin: Int

    /// Context of one channel.
    final class State {
        fileprivate var gru: FixedPointGRU.State
        /// asinh magnitudes Q8, four rows with zeros on both sides; `rows` says which is which (see
        /// `Source`).
        fileprivate let magnitudes: Scratch<Int16>
        fileprivate var rows = (present: 0, previous: 1, older: 2, below: 3)
        /// What the side information of the present block adds to the state's input, and to log
        /// scales with what is expected of them.
        fileprivate let sideEntered: Scratch<Int32>
        fileprivate let expected: Scratch<Int32>
        // Scratch memory.
        fileprivate let padded: Scratch<Int16>
        fileprivate let sum: Scratch<Int32>
        fileprivate let part: Scratch<Int32>
        fileprivate let entered: Scratch<Int16>
        fileprivate let base: Scratch<Int32>
        fileprivate let features: Scratch<Int16>
        fileprivate let offsets: Scratch<Int>

        fileprivate init(width: Int, gru: FixedPointGRU.State, hidden: Int, margin: Int) {
            self.gru = gru
            magnitudes = Scratch(4 * (width + 2 * margin))
            sideEntered = Scratch(hidden)
            expected = Scratch(width)
            padded = Scratch((width + 31) & ~31)
            sum = Scratch(hidden)
            part = Scratch(hidden)
            entered = Scratch((hidden + 31) & ~31)
            base = Scratch(width)
            features = Scratch(32)
            offsets = Scratch(32)
        }

        /// The same context, to try a packet out.
        fileprivate init(_ other: State, gru: FixedPointGRU.State) {
            self.gru = gru
            rows = other.rows
            magnitudes = Scratch(other.magnitudes)
            sideEntered = Scratch(other.sideEntered)
            expected = Scratch(other.expected)
            padded = Scratch(other.padded)
            sum = Scratch(other.sum)
            part = Scratch(other.part)
            entered = Scratch(other.entered)
            base = Scratch(other.base)
            features = Scratch(other.features)
            offsets = Scratch(other.offsets)
        }

        func copy() -> State { State(self, gru: gru) }

        /// A key packet begins: nothing is remembered.
        func reset() {
            gru.reset()
            magnitudes.fill(0)
        }
    }

    init(
        _ context: SymbolContext<Float>, _ store: ParameterStore<Float>, module: Int, bands: Int,
        knots: Int
    ) {
        width = context.width
        self.module = module
        let size = context.gru.hidden
        let sides = bands + knots * (module + 1)
        let width = context.width
        let specification = EntropySpecification.Coefficients.self
        margin = specification.margin
        sources =
            specification.neighbours.map { Source(row: -$0.dt, offset: $0.dk) }
            + (module > 0
                ? specification.neighboursBelow.map { Source(row: 3, offset: $0.dk) } : [])
        past = FixedPointLinear(
            weight: store.resolved(context.past.weight),
            bias: context.past.bias.map(store.resolved),
            columns: width, rows: size, inputBits: 8, outputBits: 10)
        side = FixedPointLinear(
            weight: store.resolved(context.side.weight),
            bias: context.side.bias.map(store.resolved),
            columns: sides, rows: size, inputBits: 10, outputBits: 10)
        below = context.below.map {
            FixedPointLinear(
                weight: store.resolved($0.weight), bias: $0.bias.map(store.resolved),
                columns: width,
                rows: size, inputBits: 8, outputBits: 10)
        }
        gru = FixedPointGRU(
            inputWeight: store.resolved(context.gru.input.weight),
            inputBias: context.gru.input.bias.map(store.resolved) ?? [],
            recurrentWeight: store.resolved(context.gru.recurrent),
            recurrentBias: store.resolved(context.gru.bias), inputs: size, hidden: size,
            inputBits: 11)
        // One linear layer over [state | side], cut in two because the parts have different scales.
        let output = store.resolved(context.output.weight)
        outputState = FixedPointLinear(
            weight: Array(output[0..<size * width]), bias: context.output.bias.map(store.resolved),
            columns: size, rows: width, inputBits: 11, outputBits: 8)
        outputSide = FixedPointLinear(
            weight: Array(output[(size * width)...]), bias: nil, columns: sides, rows: width,
            inputBits: 10, outputBits: 8)
        let features = context.localInput.inputChannels
        let units = context.local
        let weights = store.resolved(context.localInput.weight)
        let bits = min(FixedPointLinear.scaleBits(weights), 14)
        localBits = bits
        var wide = [Int16](repeating: 0, count: features * Self.units)
        var bias = [Int32](repeating: 0, count: width * Self.units)
        var out = [Int16](repeating: 0, count: Self.units)
        for f in 0..<features {
            for u in 0..<units {
                wide[f * Self.units + u] = FixedPointLinear.quantise(weights[f * units + u], bits)
            }
        }
        let real = store.resolved(context.localBias)
        let scale = FixedPointLinear.power(8 + bits)
        for k in 0..<width {
            for u in 0..<units {
                let value = (Double(real[k * units + u]) * scale).rounded(.toNearestOrEven)
                bias[k * Self.units + u] = Int32(
                    max(-536_870_912, min(536_870_912, value.isFinite ? value : 0)))
            }
        }
        let outWeights = store.resolved(context.localOutput.weight)
        localOutputBits = min(FixedPointLinear.scaleBits(outWeights), 20)
        for u in 0..<units { out[u] = FixedPointLinear.quantise(outWeights[u], localOutputBits) }
        localWeights = Scratch(wide)
        localBias = Scratch(bias)
        localOutput = Scratch(out)
    }

    func makeState() -> State {
        State(width: width, gru: gru.makeState(), hidden: gru.hidden, margin: margin)
    }

    /// Begins a block.
    ///
    /// - Parameters:
    ///   - side: envelope / 4 and rate weights, Q10, padded with zeros to a multiple of 32
    ///   - spread: log amplitude that the envelope leaves in normalised coefficients, Q8
    ///   - logGain: log of quantiser steps per unit, Q8
    ///   - layer: of nested layers, 0 ... 7: each has three times as many steps
    func begin(
        side input: [Int16], spread: [Int32], logGain: [Int32], layer: Int = 0, state: State
    ) {
        side.apply(input, into: state.sideEntered.base, limit: 65535)
        outputSide.apply(input, into: state.expected.base, limit: 16383)
        let offset =
            Int32(
                EntropySpecification.q8(EntropySpecification.Coefficients.logScaleOffset))
            + NestedSymbol.logRatio * Int32(truncatingIfNeeded: layer)
        for k in 0..<width { state.expected.base[k] += spread[k] + logGain[k] + offset }
    }

    /// Passes one frame of the block through the channel.
    ///
    /// - Parameters:
    ///   - symbols: `width` symbols; replaced by what the channel returns
    ///   - below: `width` symbols of the module below in the same frame; of module 1 those of the
    ///     layer below, where the symbols are those of a nested layer
    func pass<C: SymbolChannel>(
        _ symbols: UnsafeMutablePointer<Int32>, below lower: UnsafePointer<Int32>?, state: State,
        channel: inout C
    ) throws(EntropyCodingError) {
        let hidden = gru.hidden
        let stride = width + 2 * margin
        let rows = state.rows
        func row(_ index: Int) -> UnsafeMutablePointer<Int16> {
            state.magnitudes.base + index * stride + margin
        }
        let (padded, sum, part) = (state.padded.base, state.sum.base, state.part.base)
        padded.update(from: row(rows.previous), count: width)
        past.apply(padded, into: sum, limit: 65535)
        for i in 0..<hidden { sum[i] += state.sideEntered.base[i] }
        if let below, let lower {
            let magnitudes = row(rows.below)
            for k in 0..<width { magnitudes[k] = SymbolMagnitude.q8(Int(lower[k].magnitude)) }
            padded.update(from: magnitudes, count: width)
            below.apply(padded, into: part, limit: 65535)
            for i in 0..<hidden { sum[i] += part[i] }
        }
        nwc_tanh_q(hidden, sum, state.entered.base)
        gru.step(state.entered.base, &state.gru)
        outputState.apply(state.gru.h, into: state.base.base, limit: 16383)
        let present = row(rows.present)
        let features = state.features.base
        let offsets = state.offsets.base
        for (f, source) in sources.enumerated() {
            let index =
                switch source.row {
                case 0: rows.present
                case 1: rows.previous
                case 2: rows.older
                default: rows.below
                }
            offsets[f] = index * stride + margin + source.offset
        }
        let magnitudes = UnsafePointer(state.magnitudes.base)
        let count = sources.count
        let shift = Int32(localBits)
        let shiftOut = Int32(localOutputBits)
        let (expected, fromState) = (state.expected.base, state.base.base)
        let weights = localWeights.base
        let output = localOutput.base
        let biases = localBias.base
        let nested = module == 0 ? lower : nil
        for k in 0..<width {
            let base = Int(fromState[k]) + Int(expected[k])
            features[0] = activation(base)
            for f in 0..<count { features[f + 1] = magnitudes[offsets[f] + k] }
            let correction = nwc_local_correction(
                count + 1, features, weights, biases + k * Self.units, output, shift, shiftOut)
            let table = TableLayout.coefficientTable(logScale: base + Int(correction))
            let symbol =
                if let nested {
                    try channel.nested(Int(symbols[k]), below: Int(nested[k]), table: table)
                } else {
                    try channel.coefficient(Int(symbols[k]), table: table, module: module)
                }
            let bounded = max(-(1 << 22), min(1 << 22, symbol))
            symbols[k] = Int32(bounded)
            present[k] = SymbolMagnitude.q8(abs(bounded))
        }
        state.rows = (rows.older, rows.present, rows.previous, rows.below)
    }
}
