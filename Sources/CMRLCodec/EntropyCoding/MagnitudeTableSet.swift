/// Tables over magnitudes 0 ..< M and an escape, for symbols whose sign is equally probable.
///
/// A magnitude of M or more is the escape (symbol M) followed by the exponential Golomb code of its
/// excess over M. A signed value is its magnitude and, unless it is zero, one bit: 1 for negative.
public struct MagnitudeTableSet: Sendable, Equatable {
    @usableFromInline let tables: SymbolTableSet

    /// Number of tables.
    public var tableCount: Int { tables.tableCount }
    /// M: magnitudes below it have a symbol of their own.
    public var escapeMagnitude: Int { tables.symbolCount - 1 }
    /// Largest magnitude that can be coded: M + 2^20 - 2.
    public var maximumMagnitude: Int { escapeMagnitude + ExpGolomb.maximumExcess }
    /// The tables as plain symbols, the escape last.
    public var symbolTables: SymbolTableSet { tables }

    /// Tables over M magnitudes and an escape.
    /// - Parameter tables: M + 1 symbols each, M at least 1.
    /// - Throws: `invalidAlphabet`.
    public init(_ tables: SymbolTableSet) throws(EntropyCodingError) {
        guard tables.symbolCount >= 2 else {
            throw .invalidAlphabet(symbolCount: tables.symbolCount)
        }
        self.tables = tables
    }

    /// Tables estimated from counts of the magnitudes 0 ..< M and, last, of all greater ones. See
    /// `FrequencyTable.frequencies`.
    public init(counts: [[UInt64]], prior: UInt64 = 0) throws(EntropyCodingError) {
        try self.init(SymbolTableSet(counts: counts, prior: prior))
    }

    /// Symbol that counts a magnitude: itself below M, else M.
    @inlinable
    public func symbol(magnitude: Int) -> Int { min(magnitude, tables.symbolCount &- 1) }

    /// Codes a magnitude, 0 ... `maximumMagnitude`.
    /// - Throws: `tableOutOfRange`, `valueOutOfRange`; nothing is written then.
    @inlinable
    public func encodeMagnitude(_ magnitude: Int, table: Int, into encoder: inout RangeEncoder)
        throws(EntropyCodingError)
    {
        guard table >= 0, table < tables.tableCount else {
            throw .tableOutOfRange(table: table, count: tables.tableCount)
        }
        guard magnitude >= 0, magnitude <= maximumMagnitude else {
            throw .valueOutOfRange(value: magnitude, minimum: 0, maximum: maximumMagnitude)
        }
        let symbol = symbol(magnitude: magnitude)
        tables.encodeUnchecked(symbol: symbol, table: table, into: &encoder)
        if symbol == escapeMagnitude { ExpGolomb.encode(magnitude &- symbol, into: &encoder) }
    }

    /// Decodes a magnitude, 0 ... `maximumMagnitude`.
    /// - Throws: `tableOutOfRange`, `escapeTooLong`.
    @inlinable
    public func decodeMagnitude(table: Int, from decoder: inout RangeDecoder)
        throws(EntropyCodingError) -> Int
    {
        let symbol = try tables.decode(table: table, from: &decoder)
        if symbol == escapeMagnitude { return symbol &+ (try ExpGolomb.decode(from: &decoder)) }
        return symbol
    }

    /// Codes a signed value as magnitude and sign bit.
    /// - Throws: `tableOutOfRange`, `valueOutOfRange`; nothing is written then.
    @inlinable
    public func encode(_ value: Int, table: Int, into encoder: inout RangeEncoder)
        throws(EntropyCodingError)
    {
        guard value != .min else {
            throw .valueOutOfRange(
                value: value, minimum: -maximumMagnitude, maximum: maximumMagnitude)
        }
        try encodeMagnitude(abs(value), table: table, into: &encoder)
        if value != 0 { encoder.encodeBits(value < 0 ? 1 : 0, count: 1) }
    }

    /// Decodes a signed value.
    /// - Throws: `tableOutOfRange`, `escapeTooLong`.
    @inlinable
    public func decode(table: Int, from decoder: inout RangeDecoder) throws(EntropyCodingError)
        -> Int
    {
        let magnitude = try decodeMagnitude(table: table, from: &decoder)
        if magnitude == 0 { return 0 }
        return decoder.decodeBits(count: 1) == 0 ? magnitude : -magnitude
    }

    /// Ideal length of a magnitude in bits, escape included, without a sign.
    /// - Throws: `tableOutOfRange`, `valueOutOfRange`.
    @inlinable
    public func costBits(magnitude: Int, table: Int) throws(EntropyCodingError) -> Float {
        guard table >= 0, table < tables.tableCount else {
            throw .tableOutOfRange(table: table, count: tables.tableCount)
        }
        guard magnitude >= 0, magnitude <= maximumMagnitude else {
            throw .valueOutOfRange(value: magnitude, minimum: 0, maximum: maximumMagnitude)
        }
        let symbol = symbol(magnitude: magnitude)
        let bits = tables.costs[table &* tables.symbolCount &+ symbol]
        return symbol == escapeMagnitude
            ? bits + Float(ExpGolomb.bitCount(magnitude &- symbol)) : bits
    }

    /// Ideal length of a signed value in bits, escape and sign included.
    /// - Throws: `tableOutOfRange`, `valueOutOfRange`.
    @inlinable
    public func costBits(_ value: Int, table: Int) throws(EntropyCodingError) -> Float {
        guard value != .min else {
            throw .valueOutOfRange(
                value: value, minimum: -maximumMagnitude, maximum: maximumMagnitude)
        }
        return try costBits(magnitude: abs(value), table: table) + (value == 0 ? 0 : 1)
    }
}

extension MagnitudeTableSet {
    /// The tables as 16-bit words: kind 1, number of tables, number of symbols M + 1, then the
    /// frequencies of each table.
    public var words: [UInt16] { tables.words(kind: .magnitude) }

    /// Reads what `words` gives.
    /// - Throws: `alphabetMismatch`, `wordCountMismatch`, `invalidAlphabet` and the errors of
    ///   `SymbolTableSet.init(frequencies:)`.
    public init(words: [UInt16]) throws(EntropyCodingError) {
        try self.init(SymbolTableSet(words: words[...], kind: .magnitude))
    }
}
