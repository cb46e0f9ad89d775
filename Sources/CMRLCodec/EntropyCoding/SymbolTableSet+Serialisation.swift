/// Kind of an alphabet in serialised tables.
enum AlphabetKind: UInt16 {
    case plain = 0
    case magnitude = 1
    case signed = 2
}

extension SymbolTableSet {
    /// The tables as 16-bit words: kind 0, number of tables, number of symbols, then the
    /// frequencies of each table.
    public var words: [UInt16] { words(kind: .plain) }

    /// Reads what `words` gives.
    /// - Throws: `alphabetMismatch`, `wordCountMismatch` and the errors of `init(frequencies:)`.
    public init(words: [UInt16]) throws(EntropyCodingError) {
        try self.init(words: words[...], kind: .plain)
    }

    func words(kind: AlphabetKind) -> [UInt16] {
        var words: [UInt16] = [kind.rawValue, UInt16(tableCount), UInt16(symbolCount)]
        words.reserveCapacity(3 + tableCount * symbolCount)
        for table in 0..<tableCount {
            let base = table * (symbolCount + 1)
            for symbol in 0..<symbolCount {
                words.append(cumulative[base + symbol + 1] - cumulative[base + symbol])
            }
        }
        return words
    }

    init(words: ArraySlice<UInt16>, kind: AlphabetKind) throws(EntropyCodingError) {
        guard words.count >= 3 else { throw .wordCountMismatch(expected: 3, found: words.count) }
        let start = words.startIndex
        guard words[start] == kind.rawValue else {
            throw .alphabetMismatch(expected: kind.rawValue, found: words[start])
        }
        let tableCount = Int(words[start + 1])
        let symbolCount = Int(words[start + 2])
        guard (1...Self.maximumTableCount).contains(tableCount) else {
            throw .tableCountOutOfRange(count: tableCount, maximum: Self.maximumTableCount)
        }
        guard (1...FrequencyTable.maximumSymbolCount).contains(symbolCount) else {
            throw .symbolCountOutOfRange(
                count: symbolCount, maximum: FrequencyTable.maximumSymbolCount)
        }
        let expected = 3 + tableCount * symbolCount
        guard words.count == expected else {
            throw .wordCountMismatch(expected: expected, found: words.count)
        }
        var rows: [[UInt16]] = []
        for table in 0..<tableCount {
            let first = start + 3 + table * symbolCount
            rows.append(Array(words[first..<first + symbolCount]))
        }
        try self.init(frequencies: rows)
    }
}
