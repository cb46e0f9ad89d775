/// Which table each symbol of a module's code is coded with (Docs/format.md, 3.10): that of the
/// symbol before it and of how far the latest symbols were from the one of silence.
package struct TimeDomainSymbolModel: Sendable {
    /// `activityCount` tables for each symbol that may come before.
    package let tables: SymbolTableSet
    /// The symbol of silence.
    package let rest: Int
    /// Symbols of a frame.
    let codeLength: Int

    /// Symbols that are looked back at, and classes of their distance.
    static let lookBack = 8
    package static let activityCount = 8

    /// Tables of a module with so many centroids.
    package static func tableCount(centroids: Int) -> Int { activityCount * centroids }

    package init(tables: SymbolTableSet, rest: Int, codeLength: Int) {
        self.tables = tables
        self.rest = rest
        self.codeLength = codeLength
    }

    /// What is remembered of the symbols before, from the last key packet on.
    package struct State: Sendable {
        private var last: Int
        private let rest: Int
        private var distances = [Int](repeating: 0, count: TimeDomainSymbolModel.lookBack)
        private var sum = 0
        private var place = 0

        package init(rest: Int) { (last, self.rest) = (rest, rest) }

        /// Table of the next symbol.
        package func table(symbolCount: Int) -> Int {
            let bits = Int.bitWidth - sum.leadingZeroBitCount
            return min(bits, TimeDomainSymbolModel.activityCount - 1) * symbolCount + last
        }

        package mutating func add(_ symbol: Int) {
            let distance = abs(symbol - rest)
            sum += distance - distances[place]
            distances[place] = distance
            place = (place + 1) % TimeDomainSymbolModel.lookBack
            last = symbol
        }
    }

    func makeState() -> State { State(rest: rest) }

    func encode(
        _ symbols: [UInt8], state: inout State, into encoder: inout RangeEncoder,
        hash: inout SymbolHash
    ) throws(EntropyCodingError) {
        for symbol in symbols {
            let value = Int(symbol)
            try tables.encode(
                symbol: value, table: state.table(symbolCount: tables.symbolCount), into: &encoder)
            hash.add(value)
            state.add(value)
        }
    }

    /// Symbols of a frame.
    func decode(
        state: inout State, from decoder: inout RangeDecoder, hash: inout SymbolHash
    ) throws(EntropyCodingError) -> [UInt8] {
        var symbols: [UInt8] = []
        symbols.reserveCapacity(codeLength)
        for _ in 0..<codeLength {
            let value = try tables.decode(
                table: state.table(symbolCount: tables.symbolCount), from: &decoder)
            hash.add(value)
            state.add(value)
            symbols.append(UInt8(truncatingIfNeeded: value))
        }
        return symbols
    }
}

/// Level of a packet: an index of `PaperLevel`, in key packets as it is, in others only where it
/// changes.
enum TimeDomainLevel {
    static func encode(
        _ index: Int, last: Int?, into encoder: inout RangeEncoder, hash: inout SymbolHash
    ) {
        if let last {
            let usual = TableLayout.rarity - 1
            let changes = index != last
            encoder.encode(
                cumulativeLow: changes ? usual : 0, frequency: changes ? 1 : usual,
                totalBits: TableLayout.rarityBits)
            if !changes { return hash.add(index) }
        }
        encoder.encodeBits(UInt32(truncatingIfNeeded: index), count: PaperLevel.bits)
        hash.add(index)
    }

    /// - Parameter last: of the packet before; nil in a key packet
    static func decode(last: Int?, from decoder: inout RangeDecoder, hash: inout SymbolHash) -> Int
    {
        if let last {
            let usual = TableLayout.rarity - 1
            let changes = decoder.target(totalBits: TableLayout.rarityBits) >= usual
            decoder.advance(
                cumulativeLow: changes ? usual : 0, frequency: changes ? 1 : usual,
                totalBits: TableLayout.rarityBits)
            if !changes {
                hash.add(last)
                return last
            }
        }
        let index = Int(decoder.decodeBits(count: PaperLevel.bits))
        hash.add(index)
        return index
    }
}
