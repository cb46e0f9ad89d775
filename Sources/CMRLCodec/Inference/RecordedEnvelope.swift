/// Takes the envelope's symbols, which coefficients depend on, to pass them on with their blocks.
struct RecordedEnvelope: SymbolChannel {
    private var symbols: [(value: Int, table: Int)] = []

    mutating func envelope(_ value: Int, table: Int) -> Int {
        symbols.append((value, table))
        return value
    }

    mutating func coefficient(_ value: Int, table: Int, module: Int) -> Int { value }

    mutating func nested(_ value: Int, below: Int, table: Int) -> Int { value }

    mutating func bits(_ value: Int, count: Int) -> Int { value }

    mutating func rareFlag(_ value: Bool) -> Bool { value }

    /// Passes the symbols of a block.
    func replay<C: SymbolChannel>(_ block: Int, bands: Int, into channel: inout C)
        throws(EntropyCodingError)
    {
        for symbol in symbols[block * bands..<(block + 1) * bands] {
            _ = try channel.envelope(symbol.value, table: symbol.table)
        }
    }
}
