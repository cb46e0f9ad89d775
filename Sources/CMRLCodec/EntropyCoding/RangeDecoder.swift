/// Range decoder, the counterpart of `RangeEncoder`.
///
/// Bytes past the end of the chunk read as zero. Every byte string decodes to some symbols: nothing
/// here fails, traps or loops, whatever the bytes are (the code stays below the width of the
/// interval because the last symbol of a table owns the remainder of the division).
public struct RangeDecoder: Sendable {
    /// Distance of the coded number from the lower end of the interval: upper 32 bits; below them
    /// bits that were read ahead.
    @usableFromInline var window: UInt64 = 0
    /// Width of the interval, 2^31 ... 2^32 - 1 between calls.
    @usableFromInline var range: UInt32 = .max
    /// Bits read ahead in `window`, 16 ... 32 between calls.
    @usableFromInline var available = 32
    /// Bytes read so far, counted on past the end.
    @usableFromInline var position = 0
    @usableFromInline let bytes: [UInt8]

    /// A decoder at the start of a chunk.
    /// - Parameter bytes: the chunk; may be empty.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        for shift in stride(from: UInt64(48), through: 0, by: -16) {
            window |= UInt64(nextPair()) << shift
        }
        // The encoder starts with an interval of 2^32 - 1; the one number outside can only come
        // from damaged bytes.
        if window >> 32 == UInt64(UInt32.max) { window &-= 1 << 32 }
    }

    /// Bytes at the end of the chunk that no encoder would have written for the symbols decoded so
    /// far. After the last symbol of a chunk anything above zero shows that the chunk does not
    /// belong to these symbols.
    public var excessByteCount: Int {
        // After symbols that shifted the interval by s bits the encoder writes at most s + 1 bits;
        // 32 bits came in before the first symbol.
        let shifted = 8 * position - available - 32
        return max(0, bytes.count - (shifted + 8) / 8)
    }

    /// Position of the next symbol in the cumulative frequencies, 0 ..< 2^`totalBits`. Must be
    /// followed by `advance`.
    /// - Parameter totalBits: binary logarithm of the sum of all frequencies, 0 ... 16.
    @inlinable
    public func target(totalBits: Int) -> UInt32 {
        let step = range &>> UInt32(truncatingIfNeeded: totalBits)
        let code = UInt32(truncatingIfNeeded: window >> 32)
        let limit: UInt32 = (1 &<< UInt32(truncatingIfNeeded: totalBits)) &- 1
        return min(code / step, limit)
    }

    /// Removes the symbol whose frequencies contain the last `target`.
    /// - Parameters: as of `RangeEncoder.encode`.
    @inlinable
    public mutating func advance(cumulativeLow: UInt32, frequency: UInt32, totalBits: Int) {
        let step = range &>> UInt32(truncatingIfNeeded: totalBits)
        let offset = step &* cumulativeLow
        window &-= UInt64(offset) << 32
        let isLast = cumulativeLow &+ frequency == 1 &<< UInt32(truncatingIfNeeded: totalBits)
        range = isLast ? range &- offset : step &* frequency
        let shift = range.leadingZeroBitCount
        range = range &<< UInt32(truncatingIfNeeded: shift)
        window = window &<< UInt64(truncatingIfNeeded: shift)
        available &-= shift
        if available < 16 { refill() }
    }

    /// Decodes what `RangeEncoder.encodeBits` wrote.
    /// - Parameter count: number of bits, 0 ... 24.
    @inlinable
    public mutating func decodeBits(count: Int) -> UInt32 {
        assert(count >= 0 && count <= 24)
        if count > 16 {
            let upper = decodeEqual(bits: count &- 16)
            return upper << 16 | decodeEqual(bits: 16)
        }
        return decodeEqual(bits: count)
    }

    @inlinable
    mutating func decodeEqual(bits: Int) -> UInt32 {
        let value = target(totalBits: bits)
        advance(cumulativeLow: value, frequency: 1, totalBits: bits)
        return value
    }

    @usableFromInline
    mutating func refill() {
        // `available` is 0 ... 15 here, so the pair lies in the lower half of the window.
        window |= UInt64(nextPair()) &<< UInt64(truncatingIfNeeded: 16 &- available)
        available &+= 16
    }

    @usableFromInline
    mutating func nextPair() -> UInt16 {
        let first = position < bytes.count ? UInt16(bytes[position]) : 0
        let second = position &+ 1 < bytes.count ? UInt16(bytes[position &+ 1]) : 0
        position &+= 2
        return first << 8 | second
    }
}
