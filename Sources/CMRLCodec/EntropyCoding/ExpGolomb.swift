/// Exponential Golomb code of order 0 (as in ITU-T H.264, 9.1) for what lies beyond an alphabet,
/// written as equally probable bits.
///
/// The number v = excess + 1 of b bits is written as b - 1 zeros and a one, each a symbol of its
/// own, then the b - 1 bits below its highest as one number (`RangeEncoder.encodeBits`). A group of
/// bits takes another interval than the same bits one by one, so the grouping is part of the
/// format.
@usableFromInline
enum ExpGolomb {
    /// Longest v in bits.
    @usableFromInline static let maximumBits = 20
    /// Largest excess: 2^20 - 2.
    @usableFromInline static let maximumExcess = (1 << maximumBits) - 2

    /// - Parameter excess: 0 ... `maximumExcess`, checked by the caller.
    @usableFromInline
    static func encode(_ excess: Int, into encoder: inout RangeEncoder) {
        let value = UInt32(truncatingIfNeeded: excess + 1)
        let bits = 32 - value.leadingZeroBitCount
        for _ in 1..<bits { encoder.encodeBits(0, count: 1) }
        encoder.encodeBits(1, count: 1)
        encoder.encodeBits(value, count: bits - 1)
    }

    @usableFromInline
    static func decode(from decoder: inout RangeDecoder) throws(EntropyCodingError) -> Int {
        var zeros = 0
        while decoder.decodeBits(count: 1) == 0 {
            zeros += 1
            if zeros == maximumBits { throw .escapeTooLong(limit: maximumBits) }
        }
        return Int(1 << UInt32(zeros) | decoder.decodeBits(count: zeros)) - 1
    }

    /// Length of the code in bits: 2 b - 1.
    @usableFromInline
    static func bitCount(_ excess: Int) -> Int {
        2 * (Int.bitWidth - (excess + 1).leadingZeroBitCount) - 1
    }
}
