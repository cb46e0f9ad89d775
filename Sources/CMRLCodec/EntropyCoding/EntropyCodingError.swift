/// Everything that can go wrong while symbols are coded, decoded, or tables are built or read.
public enum EntropyCodingError: Error, Equatable, Sendable {
    /// `table` is not in `0..<count`.
    case tableOutOfRange(table: Int, count: Int)
    /// The value cannot be written with these tables, not even by an escape; `minimum...maximum`
    /// can.
    case valueOutOfRange(value: Int, minimum: Int, maximum: Int)
    /// An escape code was longer than `limit` bits: the bytes are damaged.
    case escapeTooLong(limit: Int)
    /// The number of symbols of an alphabet is not in `1...maximum`.
    case symbolCountOutOfRange(count: Int, maximum: Int)
    /// The number of tables is not in `1...maximum`.
    case tableCountOutOfRange(count: Int, maximum: Int)
    /// Table `table` has `found` symbols instead of `expected`.
    case symbolCountMismatch(table: Int, expected: Int, found: Int)
    /// A frequency is zero: the symbol could not be coded.
    case zeroFrequency(table: Int, symbol: Int)
    /// The frequencies of `table` add up to `total` instead of `FrequencyTable.total`.
    case wrongTotal(table: Int, total: Int)
    /// Serialised tables begin with another alphabet kind than the one asked for.
    case alphabetMismatch(expected: UInt16, found: UInt16)
    /// Serialised tables have `found` words instead of `expected`.
    case wordCountMismatch(expected: Int, found: Int)
    /// An alphabet of `symbolCount` symbols cannot be of this kind (a signed one is odd and at
    /// least 3, a magnitude one at least 2).
    case invalidAlphabet(symbolCount: Int)
}

extension EntropyCodingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tableOutOfRange(let table, let count):
            "table \(table) was asked for, there are \(count)"
        case .valueOutOfRange(let value, let minimum, let maximum):
            "\(value) cannot be coded, only \(minimum)...\(maximum)"
        case .escapeTooLong(let limit):
            "an escape code is longer than \(limit) bits"
        case .symbolCountOutOfRange(let count, let maximum):
            "an alphabet of \(count) symbols, possible are 1...\(maximum)"
        case .tableCountOutOfRange(let count, let maximum):
            "\(count) tables, possible are 1...\(maximum)"
        case .symbolCountMismatch(let table, let expected, let found):
            "table \(table) has \(found) symbols instead of \(expected)"
        case .zeroFrequency(let table, let symbol):
            "symbol \(symbol) of table \(table) has frequency 0"
        case .wrongTotal(let table, let total):
            """
            the frequencies of table \(table) add up to \(total) instead of \
            \(FrequencyTable.total)
            """
        case .alphabetMismatch(let expected, let found):
            "tables of kind \(found) where kind \(expected) was expected"
        case .wordCountMismatch(let expected, let found):
            "serialised tables have \(found) words instead of \(expected)"
        case .invalidAlphabet(let symbolCount):
            "\(symbolCount) symbols do not make an alphabet of this kind"
        }
    }
}
