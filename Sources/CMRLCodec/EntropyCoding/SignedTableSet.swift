/// Tables over the signed values -M ... M with an escape at each end, for distributions that are
/// not symmetric (differences, refinements).
///
/// Symbol 0 is the escape for values below -M, symbols 1 ... 2 M + 1 are -M ... M, symbol 2 M + 2
/// is the escape for values above M. After an escape comes the exponential Golomb code of the
/// distance from -M - 1 or M + 1.
public struct SignedTableSet: Sendable, Equatable {
    @usableFromInline let tables: SymbolTableSet
    /// M: values from -M to M have a symbol of their own.
    public let limit: Int

    /// Number of tables.
    public var tableCount: Int { tables.tableCount }
    /// Largest magnitude that can be coded: M + 1 + 2^20 - 2.
    public var maximumMagnitude: Int { limit + 1 + ExpGolomb.maximumExcess }
    /// The tables as plain symbols.
    public var symbolTables: SymbolTableSet { tables }

    /// Tables over -M ... M with escapes.
    /// - Parameter tables: 2 M + 3 symbols each, M at least 0.
    /// - Throws: `invalidAlphabet`.
    public init(_ tables: SymbolTableSet) throws(EntropyCodingError) {
        guard tables.symbolCount >= 3, tables.symbolCount % 2 == 1 else {
            throw .invalidAlphabet(symbolCount: tables.symbolCount)
        }
        self.tables = tables
        limit = (tables.symbolCount - 3) / 2
    }

    /// Tables estimated from counts of: all values below -M, each of -M ... M, all values above M.
    /// See `FrequencyTable.frequencies`.
    public init(counts: [[UInt64]], prior: UInt64 = 0) throws(EntropyCodingError) {
        try self.init(SymbolTableSet(counts: counts, prior: prior))
    }

    /// Symbol that counts a value: 0 below -M, 2 M + 2 above M, else value + M + 1.
    @inlinable
    public func symbol(of value: Int) -> Int {
        max(-limit &- 1, min(limit &+ 1, value)) &+ limit &+ 1
    }

    /// Codes a value, -`maximumMagnitude` ... `maximumMagnitude`.
    /// - Throws: `tableOutOfRange`, `valueOutOfRange`; nothing is written then.
    @inlinable
    public func encodeSigned(_ value: Int, table: Int, into encoder: inout RangeEncoder)
        throws(EntropyCodingError)
    {
        try check(value, table)
        let symbol = symbol(of: value)
        tables.encodeUnchecked(symbol: symbol, table: table, into: &encoder)
        if symbol == 0 || symbol == tables.symbolCount &- 1 {
            ExpGolomb.encode(abs(value) &- limit &- 1, into: &encoder)
        }
    }

    /// Decodes a value, -`maximumMagnitude` ... `maximumMagnitude`.
    /// - Throws: `tableOutOfRange`, `escapeTooLong`.
    @inlinable
    public func decodeSigned(table: Int, from decoder: inout RangeDecoder)
        throws(EntropyCodingError) -> Int
    {
        let symbol = try tables.decode(table: table, from: &decoder)
        if symbol == 0 { return -limit &- 1 &- (try ExpGolomb.decode(from: &decoder)) }
        if symbol == tables.symbolCount &- 1 {
            return limit &+ 1 &+ (try ExpGolomb.decode(from: &decoder))
        }
        return symbol &- limit &- 1
    }

    /// Ideal length of a value in bits, escape included.
    /// - Throws: `tableOutOfRange`, `valueOutOfRange`.
    @inlinable
    public func costBits(_ value: Int, table: Int) throws(EntropyCodingError) -> Float {
        try check(value, table)
        let symbol = symbol(of: value)
        let bits = tables.costs[table &* tables.symbolCount &+ symbol]
        let isEscape = symbol == 0 || symbol == tables.symbolCount &- 1
        return isEscape ? bits + Float(ExpGolomb.bitCount(abs(value) &- limit &- 1)) : bits
    }

    @inlinable
    func check(_ value: Int, _ table: Int) throws(EntropyCodingError) {
        guard table >= 0, table < tables.tableCount else {
            throw .tableOutOfRange(table: table, count: tables.tableCount)
        }
        guard value >= -maximumMagnitude, value <= maximumMagnitude else {
            throw .valueOutOfRange(
                value: value, minimum: -maximumMagnitude, maximum: maximumMagnitude)
        }
    }
}

extension SignedTableSet {
    /// The tables as 16-bit words: kind 2, number of tables, number of symbols 2 M + 3, then the
    /// frequencies of each table.
    public var words: [UInt16] { tables.words(kind: .signed) }

    /// Reads what `words` gives.
    /// - Throws: `alphabetMismatch`, `wordCountMismatch`, `invalidAlphabet` and the errors of
    ///   `SymbolTableSet.init(frequencies:)`.
    public init(words: [UInt16]) throws(EntropyCodingError) {
        try self.init(SymbolTableSet(words: words[...], kind: .signed))
    }
}
