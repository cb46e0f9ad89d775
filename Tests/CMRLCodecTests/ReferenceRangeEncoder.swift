/// The range encoder of `Docs/format.md` in its most literal form: the lower end of the interval is
/// one long binary number, a bit an element, and the end of the chunk is found by trying every
/// length. Slow; written apart from the fast one to be compared with it.
struct ReferenceRangeEncoder {
    /// Bits after the binary point; the last 32 have the weight of the interval's width.
    private var low = [UInt8](repeating: 0, count: 32)
    private var range: UInt64 = 0xFFFF_FFFF

    mutating func encode(cumulativeLow: Int, frequency: Int, totalBits: Int) {
        let step = range >> UInt64(totalBits)
        let offset = step * UInt64(cumulativeLow)
        low = Self.add(offset, to: low)
        range =
            cumulativeLow + frequency == 1 << totalBits ? range - offset : step * UInt64(frequency)
        while range < 1 << 31 {
            range *= 2
            low.append(0)
        }
    }

    func finish() -> [UInt8] {
        let lastInside = Self.add(range - 1, to: low)
        for byteCount in 0...low.count / 8 + 1 {
            // The smallest number of this many bytes that is not below `low`, if it is inside the
            // interval.
            let bitCount = 8 * byteCount
            var candidate = Array((low + [UInt8](repeating: 0, count: 8)).prefix(bitCount))
            if low.dropFirst(bitCount).contains(1) {
                guard let rounded = Self.incremented(candidate) else { continue }
                candidate = rounded
            }
            let padded =
                candidate + [UInt8](repeating: 0, count: max(0, lastInside.count - bitCount))
            if !lastInside.lexicographicallyPrecedes(padded.prefix(lastInside.count)) {
                return (0..<byteCount).map { byte in
                    (0..<8).reduce(0) { $0 << 1 | candidate[8 * byte + $1] }
                }
            }
        }
        return []
    }

    private static func add(_ value: UInt64, to bits: [UInt8]) -> [UInt8] {
        var result = bits
        var carry: UInt64 = 0
        for position in 0..<bits.count {
            let index = bits.count - 1 - position
            let sum =
                UInt64(bits[index]) + (position < 40 ? value >> UInt64(position) & 1 : 0) + carry
            result[index] = UInt8(sum & 1)
            carry = sum >> 1
        }
        return result
    }

    private static func incremented(_ bits: [UInt8]) -> [UInt8]? {
        guard let zero = bits.lastIndex(of: 0) else { return nil }
        return Array(bits[..<zero]) + [1] + [UInt8](repeating: 0, count: bits.count - zero - 1)
    }
}
