/// Frequency tables over one alphabet 0 ..< `symbolCount`, stored flat; a context chooses the table
/// of each symbol.
///
/// All tables add up to `FrequencyTable.total` (2^15) and give every symbol a frequency of at least
/// 1.
public struct SymbolTableSet: Sendable, Equatable {
    /// Largest number of tables.
    public static let maximumTableCount = 4096
    /// Number of tables.
    public let tableCount: Int
    /// Number of symbols in each table.
    public let symbolCount: Int
    /// Cumulative frequencies, `tableCount` x (`symbolCount` + 1): 0 first, 2^15 last.
    @usableFromInline let cumulative: [UInt16]
    /// Symbol at every 512th position of the cumulative frequencies, `tableCount` x 64: the
    /// decoder's search starts there.
    @usableFromInline let firstSymbols: [UInt16]
    /// -log2 of the probabilities in bits, `tableCount` x `symbolCount`.
    @usableFromInline let costs: [Float]

    @usableFromInline static let searchShift: UInt32 = 9
    @usableFromInline static let searchCount = 64

    /// Tables with given frequencies.
    /// - Parameter frequencies: one row per table, all of the same length, every value at least 1,
    ///   every row adding up to 2^15.
    /// - Throws: `EntropyCodingError` that names the first table that breaks a rule.
    public init(frequencies: [[UInt16]]) throws(EntropyCodingError) {
        guard (1...Self.maximumTableCount).contains(frequencies.count) else {
            throw .tableCountOutOfRange(count: frequencies.count, maximum: Self.maximumTableCount)
        }
        let count = frequencies[0].count
        guard (1...FrequencyTable.maximumSymbolCount).contains(count) else {
            throw .symbolCountOutOfRange(count: count, maximum: FrequencyTable.maximumSymbolCount)
        }
        var cumulative: [UInt16] = []
        var firstSymbols: [UInt16] = []
        var costs: [Float] = []
        cumulative.reserveCapacity(frequencies.count * (count + 1))
        for (table, row) in frequencies.enumerated() {
            guard row.count == count else {
                throw .symbolCountMismatch(table: table, expected: count, found: row.count)
            }
            if let symbol = row.firstIndex(of: 0) {
                throw .zeroFrequency(table: table, symbol: symbol)
            }
            let total = row.reduce(0) { $0 + Int($1) }
            guard total == FrequencyTable.total else {
                throw .wrongTotal(table: table, total: total)
            }
            var sum: UInt16 = 0
            cumulative.append(0)
            for (symbol, frequency) in row.enumerated() {
                sum += frequency
                cumulative.append(sum)
                costs.append(
                    Float(Double(FrequencyTable.totalBits) - Approximation.log2(Double(frequency))))
                // Positions that are multiples of 512 and lie inside this symbol.
                while firstSymbols.count < Self.searchCount * (table + 1),
                    (firstSymbols.count - Self.searchCount * table) << 9 < Int(sum)
                {
                    firstSymbols.append(UInt16(symbol))
                }
            }
        }
        tableCount = frequencies.count
        symbolCount = count
        self.cumulative = cumulative
        self.firstSymbols = firstSymbols
        self.costs = costs
    }

    /// Frequency of a symbol, 1 ... 2^15; both must exist.
    @inline(__always)
    func frequency(symbol: Int, table: Int) -> UInt32 {
        let place = table * (symbolCount + 1) + symbol
        return UInt32(cumulative[place + 1]) - UInt32(cumulative[place])
    }

    /// Tables estimated from counts, see `FrequencyTable.frequencies`.
    /// - Parameters:
    ///   - counts: one row per table, all of the same length.
    ///   - prior: added to each count.
    public init(counts: [[UInt64]], prior: UInt64 = 0) throws(EntropyCodingError) {
        var rows: [[UInt16]] = []
        for row in counts { rows.append(try FrequencyTable.frequencies(counts: row, prior: prior)) }
        try self.init(frequencies: rows)
    }

    /// Frequency of a symbol out of 2^15, or nil outside the tables.
    public func frequency(symbol: Int, table: Int) -> Int? {
        guard (0..<tableCount).contains(table), (0..<symbolCount).contains(symbol) else {
            return nil
        }
        let index = table * (symbolCount + 1) + symbol
        return Int(cumulative[index + 1] - cumulative[index])
    }

    /// Codes one symbol.
    /// - Throws: `tableOutOfRange`, `valueOutOfRange`; nothing is written then.
    @inlinable
    public func encode(symbol: Int, table: Int, into encoder: inout RangeEncoder)
        throws(EntropyCodingError)
    {
        guard table >= 0, table < tableCount else {
            throw .tableOutOfRange(table: table, count: tableCount)
        }
        guard symbol >= 0, symbol < symbolCount else {
            throw .valueOutOfRange(value: symbol, minimum: 0, maximum: symbolCount - 1)
        }
        encodeUnchecked(symbol: symbol, table: table, into: &encoder)
    }

    /// Decodes one symbol, 0 ..< `symbolCount`.
    /// - Throws: `tableOutOfRange`.
    @inlinable
    public func decode(table: Int, from decoder: inout RangeDecoder) throws(EntropyCodingError)
        -> Int
    {
        guard table >= 0, table < tableCount else {
            throw .tableOutOfRange(table: table, count: tableCount)
        }
        return decodeUnchecked(table: table, from: &decoder)
    }

    /// Ideal length of a symbol in bits, -log2 p.
    /// - Throws: `tableOutOfRange`, `valueOutOfRange`.
    @inlinable
    public func costBits(symbol: Int, table: Int) throws(EntropyCodingError) -> Float {
        guard table >= 0, table < tableCount else {
            throw .tableOutOfRange(table: table, count: tableCount)
        }
        guard symbol >= 0, symbol < symbolCount else {
            throw .valueOutOfRange(value: symbol, minimum: 0, maximum: symbolCount - 1)
        }
        return costs[table &* symbolCount &+ symbol]
    }

    @inlinable
    func encodeUnchecked(symbol: Int, table: Int, into encoder: inout RangeEncoder) {
        let index = table &* (symbolCount &+ 1) &+ symbol
        let low = UInt32(cumulative[index])
        let high = UInt32(cumulative[index &+ 1])
        encoder.encode(cumulativeLow: low, frequency: high &- low, totalBits: 15)
    }

    @inlinable
    func decodeUnchecked(table: Int, from decoder: inout RangeDecoder) -> Int {
        let target = decoder.target(totalBits: 15)
        let base = table &* (symbolCount &+ 1)
        var index =
            base &+ Int(firstSymbols[table &* Self.searchCount &+ Int(target >> Self.searchShift)])
        // Ends at the last symbol at the latest: its upper border, 2^15, is above every target.
        var high = UInt32(cumulative[index &+ 1])
        while high <= target {
            index &+= 1
            high = UInt32(cumulative[index &+ 1])
        }
        let low = UInt32(cumulative[index])
        decoder.advance(cumulativeLow: low, frequency: high &- low, totalBits: 15)
        return index &- base
    }
}
