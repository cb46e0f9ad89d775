/// Unsigned numbers in LEB128: 7 bits a byte, the lowest first, the upper bit set on all bytes but
/// the last; at most 7 bytes, no padding.
enum Varint {
    static let maximumByteCount = 7
    /// Largest number: 2^49 - 1.
    static let maximum: UInt64 = 1 << 49 - 1

    enum Reading: Equatable {
        case value(UInt64, byteCount: Int)
        /// The bytes end before the number does.
        case incomplete
        /// More than 7 bytes, or padded by a zero byte at the end.
        case malformed
    }

    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    static func byteCount(of value: UInt64) -> Int {
        max(1, (64 - value.leadingZeroBitCount + 6) / 7)
    }

    /// Reads the number at `position`, looking at no byte at or beyond `end`.
    static func read(_ bytes: [UInt8], at position: Int, end: Int) -> Reading {
        var value: UInt64 = 0
        for index in 0..<maximumByteCount {
            guard position + index < end else { return .incomplete }
            let byte = bytes[position + index]
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 {
                return byte == 0 && index > 0 ? .malformed : .value(value, byteCount: index + 1)
            }
        }
        return .malformed
    }
}

extension [UInt8] {
    /// Appends a 32-bit number, least significant byte first.
    mutating func appendLittleEndian(_ value: UInt32) {
        for shift in stride(from: UInt32(0), through: 24, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// The 32-bit number at `position`, least significant byte first; the four bytes must exist.
    func littleEndian(at position: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(self[position + $1]) << UInt32(8 * $1) }
    }
}
