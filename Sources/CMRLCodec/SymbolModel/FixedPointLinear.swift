import CKernels

/// A linear layer in integers: y = W x + b with int16 weights, one power-of-two scale per output, exact everywhere.
///
/// Weights and bias are derived from the model's stored real weights by rounding alone: row r uses the largest shift s <= 24 with
/// |rint(w 2^s)| <= 2047 for all its weights, so the derivation gives the same integers on every machine.
struct FixedPointLinear: Sendable {
    let rows: Int
    let columns: Int
    private let stride: Int
    private let weights: [Int16]
    private let bias: [Int32]
    private let shift: [UInt8]

    /// - Parameters:
    ///   - weight: `columns` rows of `rows` values, as trained (input-major)
    ///   - inputBits: the input is Q(inputBits)
    ///   - outputBits: the output is Q(outputBits)
    init(weight: [Float], bias real: [Float]?, columns: Int, rows: Int, inputBits: Int, outputBits: Int) {
        self.rows = rows
        self.columns = columns
        stride = (columns + 31) & ~31
        var weights = [Int16](repeating: 0, count: rows * stride), bias: [Int32] = [], shifts: [UInt8] = []
        for r in 0..<rows {
            let row = (0..<columns).map { weight[$0 * rows + r] }
            var bits = Self.scaleBits(row)
            // The result is shifted right by bits + inputBits - outputBits, which must not be negative.
            bits = max(bits, outputBits - inputBits)
            for c in 0..<columns { weights[r * stride + c] = Self.quantise(row[c], bits) }
            let scale = Self.power(bits + inputBits), value = Double(real?[r] ?? 0) * scale
            bias.append(Int32(max(-536_870_912, min(536_870_912, value.rounded(.toNearestOrEven)))))
            shifts.append(UInt8(bits + inputBits - outputBits))
        }
        self.weights = weights
        self.bias = bias
        shift = shifts
    }

    /// - Parameters:
    ///   - x: input, `columns` rounded up to 32 values, padding zero
    ///   - y: `rows` values in +-limit
    func apply(_ x: [Int16], into y: inout [Int32], limit: Int32) {
        nwc_gemv_i16(rows, columns, weights, x, &y)
        nwc_round_shift(rows, &y, bias, shift, limit)
    }

    /// Length that an input array needs.
    var paddedColumns: Int { stride }

    static func power(_ bits: Int) -> Double { bits >= 0 ? Double(1 << min(bits, 62)) : 1 / Double(1 << min(-bits, 62)) }

    /// Largest s in 0...24 with |w| 2^s <= 2047 for all weights.
    static func scaleBits(_ weights: [Float]) -> Int {
        let largest = weights.reduce(Float(0)) { $0.magnitude > $1.magnitude ? $0.magnitude : $1.magnitude }
        guard largest.isFinite else { return 0 }
        var bits = 0
        while bits < 24, Double(largest) * power(bits + 1) <= 2047 { bits += 1 }
        return bits
    }

    static func quantise(_ weight: Float, _ bits: Int) -> Int16 {
        let value = (Double(weight) * power(bits)).rounded(.toNearestOrEven)
        return Int16(max(-2047, min(2047, value.isFinite ? value : 0)))
    }
}

/// A GRU cell in integers: input Q(inputBits), state Q11.
struct FixedPointGRU: Sendable {
    let hidden: Int
    private let input: FixedPointLinear
    private let recurrent: FixedPointLinear

    init(inputWeight: [Float], inputBias: [Float], recurrentWeight: [Float], recurrentBias: [Float], inputs: Int, hidden: Int, inputBits: Int) {
        self.hidden = hidden
        input = FixedPointLinear(weight: inputWeight, bias: inputBias, columns: inputs, rows: 3 * hidden, inputBits: inputBits, outputBits: 10)
        recurrent = FixedPointLinear(weight: recurrentWeight, bias: recurrentBias, columns: hidden, rows: 3 * hidden, inputBits: 11, outputBits: 10)
    }

    /// State and scratch memory of one sequence.
    struct State {
        var h: [Int16]
        fileprivate var fromInput: [Int32]
        fileprivate var fromState: [Int32]
    }

    func makeState() -> State {
        State(
            h: Array(repeating: 0, count: recurrent.paddedColumns), fromInput: Array(repeating: 0, count: 3 * hidden),
            fromState: Array(repeating: 0, count: 3 * hidden))
    }

    func step(_ x: [Int16], _ state: inout State) {
        input.apply(x, into: &state.fromInput, limit: 16383)
        recurrent.apply(state.h, into: &state.fromState, limit: 16383)
        nwc_gru_step_q(hidden, state.fromInput, state.fromState, &state.h)
    }
}

/// Clamps to what an activation may be.
@inline(__always)
func activation(_ x: Int) -> Int16 { Int16(truncatingIfNeeded: max(-2047, min(2047, x))) }

/// asinh(n) in Q8 for magnitudes of symbols, n = 0...1023 (larger ones saturate): floor(256 asinh(n) + 1/2), computed once from a table of thresholds
/// in integers would cost more than it gives; these values are far from halves, so any correct library gives the same integers (checked by a test).
enum SymbolMagnitude {
    static let table: [Int16] = (0..<1024).map { n in
        let x = Double(n)
        return Int16(min(2047, (256 * logarithm(x + (x * x + 1).squareRoot())).rounded()))
    }

    @inline(__always)
    static func q8(_ magnitude: Int) -> Int16 { table[min(magnitude, 1023)] }

    /// Natural logarithm of x >= 1 by IEEE operations in a fixed order only (series of atanh), so that it is the same on every machine.
    static func logarithm(_ x: Double) -> Double {
        var y = x, exponent = 0.0
        while y > 1.5 {
            y /= 2
            exponent += 1
        }
        let t = (y - 1) / (y + 1), t2 = t * t
        var sum = 0.0
        for k in stride(from: 39, through: 1, by: -2) { sum = sum * t2 + 1 / Double(k) }
        return 2 * t * sum + exponent * 0.693147180559945309417
    }
}
