/// Range encoder: turns symbols with known integer probabilities into the shortest byte string.
///
/// G. N. N. Martin, "Range encoding: an algorithm for removing redundancy from a digitised
/// message", 1979, with carry propagation into the bytes already written and an interval that is
/// renormalised by single bits, so that its width always is in 2^31 ..< 2^32 before a symbol. The
/// width of one step of a table of total 2^15 is then at least 2^16, and rounding costs less than
/// 2^-16 of a symbol's probability. The remainder of the division goes to the last symbol: the
/// whole interval is used, so that *every* byte string decodes to something.
///
/// Only integer operations are used; the bytes are the same on every machine. `Docs/format.md`
/// describes the arithmetic for a second decoder.
public struct RangeEncoder: Sendable {
    /// Lower end of the interval: 32 bits, above them `pending` bits that a carry may still change,
    /// above those at most one carry.
    @usableFromInline var low: UInt64 = 0
    /// Width of the interval, 2^31 ... 2^32 - 1 between calls.
    @usableFromInline var range: UInt32 = .max
    /// Bits of `low` above the lowest 32, 0 ... 15 between calls.
    @usableFromInline var pending = 0
    @usableFromInline var bytes: [UInt8] = []

    /// An encoder at the start of a chunk.
    /// - Parameter capacity: bytes to reserve.
    public init(reservingCapacity capacity: Int = 0) {
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    /// Bits that the chunk would have if it ended now, rounded down to the bits already decided.
    /// Grows by -log2 p per symbol on average.
    public var bitCount: Int { bytes.count * 8 + pending }

    /// Codes one symbol.
    /// - Parameters:
    ///   - cumulativeLow: sum of the frequencies of the symbols before this one.
    ///   - frequency: frequency of the symbol, at least 1; `cumulativeLow + frequency` at most
    ///     2^`totalBits`.
    ///   - totalBits: binary logarithm of the sum of all frequencies, 0 ... 16.
    /// Arguments outside these limits are a programming error: debug builds stop, release builds
    /// write a chunk that decodes to other symbols.
    @inlinable
    public mutating func encode(cumulativeLow: UInt32, frequency: UInt32, totalBits: Int) {
        assert(totalBits >= 0 && totalBits <= 16)
        assert(frequency >= 1 && cumulativeLow <= 1 << 16 && frequency <= 1 << 16)
        assert(cumulativeLow + frequency <= 1 << UInt32(totalBits))
        let step = range &>> UInt32(truncatingIfNeeded: totalBits)
        let offset = step &* cumulativeLow
        low &+= UInt64(offset)
        let isLast = cumulativeLow &+ frequency == 1 &<< UInt32(truncatingIfNeeded: totalBits)
        range = isLast ? range &- offset : step &* frequency
        normalise()
    }

    /// Codes an unsigned number with equal probabilities.
    /// - Parameters:
    ///   - value: the number; bits above `count` are ignored.
    ///   - count: number of bits, 0 ... 24. Counts above 16 are coded as the upper bits, then the
    ///     lower 16.
    @inlinable
    public mutating func encodeBits(_ value: UInt32, count: Int) {
        assert(count >= 0 && count <= 24)
        if count > 16 {
            let upper = count &- 16
            let mask: UInt32 = (1 &<< UInt32(truncatingIfNeeded: upper)) &- 1
            encode(cumulativeLow: (value >> 16) & mask, frequency: 1, totalBits: upper)
            encode(cumulativeLow: value & 0xFFFF, frequency: 1, totalBits: 16)
        } else {
            let mask: UInt32 = (1 &<< UInt32(truncatingIfNeeded: count)) &- 1
            encode(cumulativeLow: value & mask, frequency: 1, totalBits: count)
        }
    }

    /// Ends the chunk and returns its bytes; the encoder is then at the start of a new chunk.
    ///
    /// Of all byte strings that decode to the symbols when continued by zero bytes without end,
    /// this is the shortest: the interval contains at most one multiple of any step wider than
    /// itself, so the first step (in whole bytes, from the widest) with a multiple inside gives it,
    /// and its trailing zero bytes are dropped.
    public mutating func finish() -> [UInt8] {
        let width = 32 + pending
        let high = low + UInt64(range)
        var count = 0
        while true {
            let shift = width - 8 * count
            let value =
                shift > 0
                ? (low + (1 << UInt64(shift)) - 1) >> UInt64(shift) : low << UInt64(-shift)
            if shift <= 0 || value << UInt64(shift) < high {
                if value >> UInt64(8 * count) != 0 { propagateCarry() }
                for index in (0..<count).reversed() {
                    bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
                }
                break
            }
            count += 1
        }
        while bytes.last == 0 { bytes.removeLast() }
        let result = bytes
        self = RangeEncoder()
        return result
    }

    @inlinable
    mutating func normalise() {
        let shift = range.leadingZeroBitCount
        range = range &<< UInt32(truncatingIfNeeded: shift)
        low = low &<< UInt64(truncatingIfNeeded: shift)
        pending &+= shift
        if pending >= 16 { emit() }
    }

    /// Moves the upper 16 of the pending bits to the byte string.
    @usableFromInline
    mutating func emit() {
        pending &-= 16
        let position = UInt64(truncatingIfNeeded: 32 &+ pending)
        let top = low &>> position
        low &= (1 &<< position) &- 1
        if top >> 16 != 0 { propagateCarry() }
        bytes.append(UInt8(truncatingIfNeeded: top >> 8))
        bytes.append(UInt8(truncatingIfNeeded: top))
    }

    /// Adds one to the number that the bytes so far spell. The interval lies below 1, so the carry
    /// never leaves the first byte.
    @usableFromInline
    mutating func propagateCarry() {
        var index = bytes.count - 1
        while index >= 0 {
            bytes[index] &+= 1
            if bytes[index] != 0 { return }
            index -= 1
        }
    }
}
