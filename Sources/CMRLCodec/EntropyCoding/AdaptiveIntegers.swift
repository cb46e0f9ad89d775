/// Arrays of small integers as bytes of the range coder, without tables: every binary decision has
/// a probability that follows what was decided before (adaptive binary coding, as in JPEG 2000's MQ
/// coder or CABAC, ITU-T H.264, 9.3). For what a model file holds: quantised weights, tables.
///
/// A value v has a class, the number of bits of |v|. It is coded as: class > 0? class > 1? ...
/// under probabilities for each of these questions and for the activity of the neighbourhood (the
/// `reach` magnitudes before it in its row); the sign as one equally probable bit; the bits of |v|
/// below its highest, from the top, the first three under probabilities for the class and the bits
/// before, those behind equally probable.
package enum AdaptiveIntegers {
    /// Values before one in its row that make its neighbourhood.
    static let reach = 12
    /// Largest class: magnitudes are below 2^24.
    package static let mostBits = 24
    package static let largestMagnitude = 1 << mostBits - 1
    /// Ways that neighbourhoods are told apart.
    static let activities = 8

    /// - Parameters:
    ///   - values: magnitudes of at most `largestMagnitude`
    ///   - rowLength: neighbourhoods begin anew after so many values, at least 1
    /// - Throws: `valueOutOfRange`
    package static func encode(_ values: [Int32], rowLength: Int) throws(EntropyCodingError)
        -> [UInt8]
    {
        if let odd = values.first(where: { $0.magnitude > largestMagnitude }) {
            throw .valueOutOfRange(
                value: Int(odd), minimum: -largestMagnitude, maximum: largestMagnitude)
        }
        var coder = Coder(rowLength: rowLength)
        var encoder = RangeEncoder()
        for value in values {
            _ = coder.code(value) { bit, zero in
                if let zero {
                    let (low, frequency) = interval(bit, zero)
                    encoder.encode(
                        cumulativeLow: low, frequency: frequency, totalBits: totalBits)
                } else {
                    encoder.encodeBits(bit, count: 1)
                }
                return bit
            }
        }
        return encoder.finish()
    }

    /// - Parameters:
    ///   - bytes: any bytes give some values
    ///   - count: as many values as were encoded
    /// - Throws: `escapeTooLong` for a magnitude of more than `mostBits` bits
    package static func decode(_ bytes: [UInt8], count: Int, rowLength: Int)
        throws(EntropyCodingError) -> [Int32]
    {
        var coder = Coder(rowLength: rowLength)
        var decoder = RangeDecoder(bytes)
        var values = [Int32]()
        values.reserveCapacity(count)
        for _ in 0..<count {
            let value = coder.code(nil) { _, zero in
                guard let zero else { return decoder.decodeBits(count: 1) }
                let bit: UInt32 = decoder.target(totalBits: totalBits) < zero ? 0 : 1
                let (low, frequency) = interval(bit, zero)
                decoder.advance(cumulativeLow: low, frequency: frequency, totalBits: totalBits)
                return bit
            }
            guard let value else { throw .escapeTooLong(limit: mostBits) }
            values.append(value)
        }
        return values
    }

    /// Binary logarithm of what the frequencies of a decision add up to.
    private static let totalBits = 12

    /// Of a decision among frequencies, `zero` of which are for a zero.
    private static func interval(_ bit: UInt32, _ zero: UInt32) -> (low: UInt32, frequency: UInt32)
    {
        bit == 0 ? (0, zero) : (zero, 1 << UInt32(totalBits) - zero)
    }

    /// Probability of a decision, and how many it is known from.
    private struct State {
        /// Of a zero, in 4096ths; 31 ... 4065 at all times.
        var zero: UInt16 = 2048
        var seen: UInt8 = 0

        /// Moves towards the decision, in large steps at first.
        mutating func learn(_ bit: UInt32) {
            let shift = UInt16(seen) + 1
            if seen < 6 { seen += 1 }
            if bit == 0 {
                zero += min((4096 - zero) >> shift, 4065 - min(zero, 4065))
            } else {
                zero -= min(zero >> shift, max(zero, 31) - 31)
            }
        }
    }

    /// What encoder and decoder have in common: one walk through the decisions of a value.
    private struct Coder {
        let rowLength: Int
        /// Questions of the class by activity, then bits of magnitudes by class.
        var states: [State]
        var recent = [Int32](repeating: 0, count: AdaptiveIntegers.reach)
        var sum: Int32 = 0
        var place = 0
        var column = 0

        private static var classStates: Int {
            AdaptiveIntegers.activities * (AdaptiveIntegers.mostBits + 1)
        }

        init(rowLength: Int) {
            self.rowLength = max(rowLength, 1)
            states = Array(
                repeating: State(), count: Self.classStates + (AdaptiveIntegers.mostBits + 1) * 8)
        }

        /// - Parameters:
        ///   - value: to encode; nil = decode
        ///   - decide: codes a decision under a frequency of zeros; nil = an equally probable bit
        /// - Returns: the value; nil where its class is too large
        mutating func code(
            _ value: Int32?, _ decide: (UInt32, UInt32?) -> UInt32
        ) -> Int32? {
            if column == rowLength {
                for i in recent.indices { recent[i] = 0 }
                sum = 0
                column = 0
            }
            column += 1
            let magnitude = value.map { $0.magnitude } ?? 0
            let wanted = UInt32.bitWidth - magnitude.leadingZeroBitCount
            let first = activity * (AdaptiveIntegers.mostBits + 1)
            var bits = 0
            while true {
                let bit = ask(wanted > bits ? 1 : 0, first + bits, decide)
                if bit == 0 { break }
                bits += 1
                guard bits <= AdaptiveIntegers.mostBits else { return nil }
            }
            var found: UInt32 = bits > 0 ? 1 : 0
            var isNegative = false
            if bits > 0 {
                isNegative = decide((value ?? 0) < 0 ? 1 : 0, nil) == 1
                for below in (0..<bits - 1).reversed() {
                    let bit = magnitude >> UInt32(below) & 1
                    if bits - 1 - below <= 3 {
                        let base = Self.classStates + bits * 8
                        // The highest bit and those behind it: 1, 2 ... 3, 4 ... 7.
                        found = found << 1 | ask(bit, base + Int(found), decide)
                    } else {
                        found = found << 1 | decide(bit, nil)
                    }
                }
            }
            let limited = Int32(min(found, 1 << 16))
            sum += limited - recent[place]
            recent[place] = limited
            place = place + 1 == AdaptiveIntegers.reach ? 0 : place + 1
            let signed = Int32(bitPattern: found)
            return isNegative ? -signed : signed
        }

        /// 0 where all was zero, then by doublings of the sum of magnitudes.
        private var activity: Int {
            let bits = Int32.bitWidth - sum.leadingZeroBitCount
            return min(bits, AdaptiveIntegers.activities - 1)
        }

        private mutating func ask(
            _ bit: UInt32, _ index: Int, _ decide: (UInt32, UInt32?) -> UInt32
        ) -> UInt32 {
            let decided = decide(bit, UInt32(states[index].zero))
            states[index].learn(decided)
            return decided
        }
    }
}
