extension CRC32 {
    /// Product of two polynomials over GF(2) modulo the CRC polynomial, reflected: bit 31 is the
    /// coefficient of 1.
    static func multiply(_ a: UInt32, _ b: UInt32) -> UInt32 {
        var product: UInt32 = 0
        var factor = b
        var bit: UInt32 = 1 << 31
        while bit != 0 {
            if a & bit != 0 { product ^= factor }
            factor = factor & 1 == 0 ? factor >> 1 : factor >> 1 ^ polynomial
            bit >>= 1
        }
        return product
    }

    /// x^(8 n) modulo the CRC polynomial: a factor of it moves a checksum over n bytes.
    static func shiftFactor(byteCount: Int) -> UInt32 {
        var result: UInt32 = 1 << 31
        var power = 0
        var rest = byteCount
        while rest != 0 {
            if rest & 1 != 0 { result = multiply(shiftPowers[power & 63], result) }
            rest >>= 1
            power += 1
        }
        return result
    }

    /// Checksum of the bytes of B from the checksums of A and of A followed by B.
    ///
    /// crc(AB) = crc(A) x^(8 |B|) + crc(B), with both conditionings of the standard (as
    /// `crc32_combine` of zlib uses it).
    static func checksumOfSuffix(whole: UInt32, prefix: UInt32, suffixByteCount: Int) -> UInt32 {
        whole ^ multiply(shiftFactor(byteCount: suffixByteCount), prefix)
    }

    /// x^(8 2^k), k = 0 ..< 64.
    private static let shiftPowers: [UInt32] = {
        var power: UInt32 = 1 << 23
        return (0..<64).map { _ in
            defer { power = multiply(power, power) }
            return power
        }
    }()
}

/// Checksums of any range of a growing byte string at a cost that does not grow with the length of
/// the range.
///
/// While a reader looks for the next intact record, every position may claim any length. Summing
/// each claimed record anew would take quadratic time on hostile bytes. Prefix checksums at every
/// 64th byte make it about a microsecond a position.
package struct CRC32RangeIndex: Sendable {
    package static let spacing = 64
    /// Ranges up to this length are summed directly.
    package static let directLimit = 256

    /// Position of `prefixes[0]`.
    private var base: Int
    /// Checksums of base ..< base + 64 k.
    private var prefixes: [UInt32] = [0]

    /// - Parameter base: first position of the byte string that will be asked for.
    package init(base: Int) { self.base = base }

    /// Checksum of a range.
    /// - Parameters:
    ///   - range: positions, not before the base.
    ///   - bytes: the bytes that are at hand.
    ///   - origin: position of `bytes[0]`, not after the range; may grow between calls.
    package mutating func checksum(of range: Range<Int>, in bytes: [UInt8], origin: Int) -> UInt32 {
        if range.count <= Self.directLimit {
            return CRC32.checksum(of: bytes[range.lowerBound - origin..<range.upperBound - origin])
        }
        let whole = prefix(upTo: range.upperBound, bytes, origin)
        let before = prefix(upTo: range.lowerBound, bytes, origin)
        return CRC32.checksumOfSuffix(whole: whole, prefix: before, suffixByteCount: range.count)
    }

    /// Prepares for the loss of bytes: ranges that begin before `position` will not be asked for
    /// any more.
    /// - Returns: first position whose byte is still needed, at most 63 before `position`.
    package mutating func discard(before position: Int, in bytes: [UInt8], origin: Int) -> Int {
        _ = prefix(upTo: position, bytes, origin)
        let count = (position - base) / Self.spacing
        // In steps, so that moving the rest costs little; the prefixes are a sixteenth of the
        // bytes.
        if count >= 1 << 12 {
            prefixes.removeFirst(count)
            base += count * Self.spacing
        }
        return position - (position - base) % Self.spacing
    }

    private mutating func prefix(upTo position: Int, _ bytes: [UInt8], _ origin: Int) -> UInt32 {
        let index = (position - base) / Self.spacing
        while prefixes.count <= index {
            let start = base + (prefixes.count - 1) * Self.spacing
            var crc = CRC32(resuming: prefixes[prefixes.count - 1])
            crc.update(bytes[start - origin..<start - origin + Self.spacing])
            prefixes.append(crc.value)
        }
        var crc = CRC32(resuming: prefixes[index])
        crc.update(bytes[base + index * Self.spacing - origin..<position - origin])
        return crc.value
    }
}
