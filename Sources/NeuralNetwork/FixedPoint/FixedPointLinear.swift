import CKernels

/// A linear layer in integers: y = W x + b with int16 weights, one power-of-two scale per output,
/// exact everywhere.
///
/// Weights and bias are derived from the model's stored real weights by rounding alone: row r uses
/// the largest shift s <= 24 with |rint(w 2^s)| <= `largestWeight(columns:)` for all its weights,
/// so the derivation gives the same integers on every machine.
package struct FixedPointLinear: Sendable {
    package let rows: Int
    package let columns: Int
    private let weights: [Int16]
    private let bias: [Int32]
    private let shift: [UInt8]

    /// - Parameters:
    ///   - weight: `columns` rows of `rows` values, as trained (input-major)
    ///   - inputBits: the input is Q(inputBits)
    ///   - outputBits: the output is Q(outputBits)
    package init(
        weight: [Float], bias real: [Float]?, columns: Int, rows: Int, inputBits: Int,
        outputBits: Int
    ) {
        self.rows = rows
        self.columns = columns
        var weights = [Int16](repeating: 0, count: nwc_gemv_i16_size(rows, columns))
        var bias: [Int32] = []
        var shifts: [UInt8] = []
        let largest = Self.largestWeight(columns: columns)
        for r in 0..<rows {
            let row = (0..<columns).map { weight[$0 * rows + r] }
            var bits = Self.scaleBits(row, largest: largest)
            // The result is shifted right by bits + inputBits - outputBits, which must not be
            // negative.
            bits = max(bits, outputBits - inputBits)
            for c in 0..<columns {
                weights[nwc_gemv_i16_place(columns, r, c)] = Self.quantise(
                    row[c], bits, largest: largest)
            }
            let scale = Self.power(bits + inputBits)
            let value = Double(real?[r] ?? 0) * scale
            bias.append(Int32(max(-536_870_912, min(536_870_912, value.rounded(.toNearestOrEven)))))
            shifts.append(UInt8(bits + inputBits - outputBits))
        }
        self.weights = weights
        self.bias = bias
        shift = shifts
    }

    /// - Parameters:
    ///   - x: input, `paddedColumns` values, padding zero
    ///   - y: `rows` values in +-limit
    package func apply(
        _ x: UnsafePointer<Int16>, into y: UnsafeMutablePointer<Int32>, limit: Int32
    ) {
        nwc_gemv_i16(rows, columns, weights, x, y)
        nwc_round_shift(rows, y, bias, shift, limit)
    }

    /// Length that an input array needs.
    package var paddedColumns: Int { (columns + 1) & ~1 }

    package static func power(_ bits: Int) -> Double {
        bits >= 0 ? Double(1 << min(bits, 62)) : 1 / Double(1 << min(-bits, 62))
    }

    /// Largest weight of a sum of so many terms with inputs of up to 2047, so that it fits in 32
    /// bits: 2047 for up to 512 terms.
    package static func largestWeight(columns: Int) -> Int {
        min(2047, Int(Int32.max) / 2047 / max(columns, 1))
    }

    /// Largest s in 0...24 with |w| 2^s <= `limit` for all weights.
    package static func scaleBits(_ weights: [Float], largest limit: Int = 2047) -> Int {
        let largest = weights.reduce(Float(0)) {
            $0.magnitude > $1.magnitude ? $0.magnitude : $1.magnitude
        }
        guard largest.isFinite else { return 0 }
        var bits = 0
        while bits < 24, Double(largest) * power(bits + 1) <= Double(limit) { bits += 1 }
        return bits
    }

    package static func quantise(_ weight: Float, _ bits: Int, largest: Int = 2047) -> Int16 {
        let value = (Double(weight) * power(bits)).rounded(.toNearestOrEven)
        let limit = Double(largest)
        return Int16(max(-limit, min(limit, value.isFinite ? value : 0)))
    }
}
