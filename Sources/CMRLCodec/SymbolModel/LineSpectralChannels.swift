import LPCModule

/// Writes the symbols of line spectral frequencies through the range coder.
package struct LineSpectralEncoder: LineSpectralChannel {
    private let tables: SignedTableSet
    private var encoder = RangeEncoder(reservingCapacity: 256)

    /// - Parameter tables: `LineSpectralTableLayout.tables` tables, counted by `LineSpectralCounts`
    package init(_ tables: SignedTableSet) { self.tables = tables }

    package mutating func pass(_ difference: Int, table: Int) throws(EntropyCodingError) -> Int {
        try tables.encodeSigned(difference, table: table, into: &encoder)
        return difference
    }

    /// The bytes; nothing can be added behind them.
    package mutating func finish() -> [UInt8] { encoder.finish() }
}

/// Reads the symbols of line spectral frequencies. Any bytes decode to some frequencies or throw;
/// nothing traps.
package struct LineSpectralDecoder: LineSpectralChannel {
    private let tables: SignedTableSet
    private var decoder: RangeDecoder

    package init(_ tables: SignedTableSet, _ bytes: [UInt8]) {
        self.tables = tables
        decoder = RangeDecoder(bytes)
    }

    package mutating func pass(_ difference: Int, table: Int) throws(EntropyCodingError) -> Int {
        try tables.decodeSigned(table: table, from: &decoder)
    }
}

extension LineSpectralCosts {
    /// Of frequency tables: ideal code lengths.
    /// - Throws: `LPCError.wrongCount` unless the tables are laid out as
    ///   `LineSpectralCounts.counts`.
    package init(_ tables: SignedTableSet) throws {
        let symbols = tables.symbolTables
        try self.init(
            bits: (0..<symbols.tableCount).map { table in
                try (0..<symbols.symbolCount).map { symbol throws(EntropyCodingError) in
                    try symbols.costBits(symbol: symbol, table: table)
                }
            })
    }
}
