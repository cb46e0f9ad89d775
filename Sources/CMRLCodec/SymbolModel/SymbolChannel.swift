/// Where symbols go to or come from. The context models run the same code for encoding, decoding
/// and counting; only the channel differs.
protocol SymbolChannel {
    /// Passes an envelope symbol (a signed difference from its prediction); decoding ignores
    /// `value`. Returns the symbol.
    mutating func envelope(_ value: Int, table: Int) throws(EntropyCodingError) -> Int
    /// Passes a coefficient symbol of module `module`.
    mutating func coefficient(_ value: Int, table: Int, module: Int) throws(EntropyCodingError)
        -> Int
    /// Passes a coefficient symbol of module 1 in a nested layer.
    /// - Parameter below: of the same coefficient in the layer below, of which it is one of three
    mutating func nested(_ value: Int, below: Int, table: Int) throws(EntropyCodingError) -> Int
    /// Passes a number of `count` bits, 1 ... 16, that are all as likely; decoding ignores
    /// `value`. Returns the number.
    mutating func bits(_ value: Int, count: Int) throws(EntropyCodingError) -> Int
    /// Passes a flag that is set once in `TableLayout.rarity` times.
    mutating func rareFlag(_ value: Bool) throws(EntropyCodingError) -> Bool
}

/// Frequency tables of a model: envelope differences, and coefficients of each module.
package struct SymbolTables: Sendable {
    package let envelope: SignedTableSet
    package let coefficients: [MagnitudeTableSet]
}

/// Layout of the tables: how a log scale selects one.
enum TableLayout {
    static let coefficientTables = EntropySpecification.tableCount(
        bound: EntropySpecification.Coefficients.logScaleBound)
    /// Magnitudes 0..<40 (after removing low bits) have their own symbol.
    static let magnitudes = 40
    /// Envelope: log scales, times 8 phases of the fractional part of the prediction.
    static let envelopeScales = EntropySpecification.tableCount(
        bound: EntropySpecification.Envelope.tableBound)
    static let envelopePhases = 8
    static let envelopeLimit = 12
    /// Of flags that are rarely set: binary logarithm of the number of times among which one is.
    static let rarityBits = 5
    static let rarity: UInt32 = 1 << rarityBits

    /// - Parameter logScale: Q8
    @inline(__always)
    static func coefficientTable(logScale: Int) -> Int {
        EntropySpecification.table(
            logScale: logScale, bound: EntropySpecification.Coefficients.logScaleBound)
    }

    /// Low bits of a magnitude that are sent as they are: scales above e^2.5 = 12 leave them
    /// uniform.
    @inline(__always)
    static func rawBits(table: Int) -> Int { table < 68 ? 0 : min((table - 68) * 185 >> 10, 7) + 1 }

    @inline(__always)
    static func envelopeTable(logScale: Int, phase: Int) -> Int {
        EntropySpecification.table(
            logScale: logScale, bound: EntropySpecification.Envelope.tableBound)
            * envelopePhases + phase
    }
}

struct EncodingChannel: SymbolChannel {
    let tables: SymbolTables
    /// Tables of the one module whose coefficients pass here; looking them up for every symbol is
    /// slow.
    private let own: MagnitudeTableSet
    var encoder = RangeEncoder(reservingCapacity: 4096)
    private(set) var hash: SymbolHash

    /// - Parameter layer: counts from 0
    init(_ tables: SymbolTables, _ layering: Layering, packet: Int, layer: Int) {
        self.tables = tables
        own = tables.coefficients[layering.module(ofLayer: layer)]
        hash = SymbolHash(packet: packet, layer: layer)
    }

    mutating func envelope(_ value: Int, table: Int) throws(EntropyCodingError) -> Int {
        hash.add(value)
        try tables.envelope.encodeSigned(value, table: table, into: &encoder)
        return value
    }

    mutating func coefficient(_ value: Int, table: Int, module: Int) throws(EntropyCodingError)
        -> Int
    {
        hash.add(value)
        let magnitude = abs(value)
        let raw = TableLayout.rawBits(table: table)
        try own.encodeMagnitude(magnitude >> raw, table: table, into: &encoder)
        if raw > 0 {
            encoder.encodeBits(UInt32(truncatingIfNeeded: magnitude & ((1 << raw) - 1)), count: raw)
        }
        if magnitude > 0 { encoder.encodeBits(value < 0 ? 1 : 0, count: 1) }
        return value
    }

    mutating func nested(_ value: Int, below: Int, table: Int) -> Int {
        let part = NestedSymbol.Frequencies(below: abs(below), table: table, own).part(
            NestedSymbol.place(of: value, below: below))
        hash.add(value)
        encoder.encode(
            cumulativeLow: part.low, frequency: part.frequency, totalBits: NestedSymbol.totalBits)
        return value
    }

    mutating func bits(_ value: Int, count: Int) -> Int {
        hash.add(value)
        encoder.encodeBits(UInt32(truncatingIfNeeded: value), count: count)
        return value
    }

    mutating func rareFlag(_ value: Bool) -> Bool {
        hash.add(value ? 1 : 0)
        let usual = TableLayout.rarity - 1
        encoder.encode(
            cumulativeLow: value ? usual : 0, frequency: value ? 1 : usual,
            totalBits: TableLayout.rarityBits)
        return value
    }
}

/// A channel that symbols come from.
protocol ReadingChannel: SymbolChannel {
    var hash: SymbolHash { get }
}

struct DecodingChannel: ReadingChannel {
    let tables: SymbolTables
    private let own: MagnitudeTableSet
    var decoder: RangeDecoder
    private(set) var hash: SymbolHash

    /// - Parameter layer: counts from 0
    init(_ tables: SymbolTables, _ layering: Layering, _ bytes: [UInt8], packet: Int, layer: Int) {
        self.tables = tables
        own = tables.coefficients[layering.module(ofLayer: layer)]
        decoder = RangeDecoder(bytes)
        hash = SymbolHash(packet: packet, layer: layer)
    }

    mutating func envelope(_ value: Int, table: Int) throws(EntropyCodingError) -> Int {
        let symbol = try tables.envelope.decodeSigned(table: table, from: &decoder)
        hash.add(symbol)
        return symbol
    }

    mutating func coefficient(_ value: Int, table: Int, module: Int) throws(EntropyCodingError)
        -> Int
    {
        let raw = TableLayout.rawBits(table: table)
        var magnitude = try own.decodeMagnitude(table: table, from: &decoder) << raw
        if raw > 0 { magnitude |= Int(decoder.decodeBits(count: raw)) }
        let symbol = magnitude > 0 && decoder.decodeBits(count: 1) == 1 ? -magnitude : magnitude
        hash.add(symbol)
        return symbol
    }

    mutating func nested(_ value: Int, below: Int, table: Int) -> Int {
        let frequencies = NestedSymbol.Frequencies(below: abs(below), table: table, own)
        let place = frequencies.place(of: decoder.target(totalBits: NestedSymbol.totalBits))
        let part = frequencies.part(place)
        decoder.advance(
            cumulativeLow: part.low, frequency: part.frequency, totalBits: NestedSymbol.totalBits)
        let symbol = NestedSymbol.symbol(place: place, below: below)
        hash.add(symbol)
        return symbol
    }

    mutating func bits(_ value: Int, count: Int) -> Int {
        let number = Int(decoder.decodeBits(count: count))
        hash.add(number)
        return number
    }

    mutating func rareFlag(_ value: Bool) -> Bool {
        let usual = TableLayout.rarity - 1
        let isSet = decoder.target(totalBits: TableLayout.rarityBits) >= usual
        decoder.advance(
            cumulativeLow: isSet ? usual : 0, frequency: isSet ? 1 : usual,
            totalBits: TableLayout.rarityBits)
        hash.add(isSet ? 1 : 0)
        return isSet
    }
}

/// Gathers how often each table saw each symbol: the statistics that a model's tables are made
/// from.
struct CountingChannel: SymbolChannel {
    var envelope = [[UInt64]](
        repeating: Array(repeating: 0, count: 2 * TableLayout.envelopeLimit + 3),
        count: TableLayout.envelopeScales * TableLayout.envelopePhases)
    var coefficients: [[[UInt64]]]

    init(modules: Int) {
        let empty = [[UInt64]](
            repeating: Array(repeating: 0, count: TableLayout.magnitudes + 1),
            count: TableLayout.coefficientTables)
        coefficients = Array(repeating: empty, count: modules)
    }

    mutating func envelope(_ value: Int, table: Int) -> Int {
        let limit = TableLayout.envelopeLimit
        envelope[table][max(-limit - 1, min(limit + 1, value)) + limit + 1] += 1
        return value
    }

    mutating func coefficient(_ value: Int, table: Int, module: Int) -> Int {
        coefficients[module][table][
            min(abs(value) >> TableLayout.rawBits(table: table), TableLayout.magnitudes)] += 1
        return value
    }

    /// Nested layers use the tables of the first layer, which counts them.
    mutating func nested(_ value: Int, below: Int, table: Int) -> Int { value }

    mutating func bits(_ value: Int, count: Int) -> Int { value }

    mutating func rareFlag(_ value: Bool) -> Bool { value }
}

/// Adds up what symbols would cost without producing bytes.
struct CostChannel: SymbolChannel {
    let tables: SymbolTables
    var bits: Double = 0

    mutating func envelope(_ value: Int, table: Int) throws(EntropyCodingError) -> Int {
        bits += Double(try tables.envelope.costBits(value, table: table))
        return value
    }

    mutating func coefficient(_ value: Int, table: Int, module: Int) throws(EntropyCodingError)
        -> Int
    {
        let raw = TableLayout.rawBits(table: table)
        let magnitude = abs(value)
        bits +=
            Double(
                try tables.coefficients[module].costBits(magnitude: magnitude >> raw, table: table))
            + Double(raw) + (magnitude > 0 ? 1 : 0)
        return value
    }

    mutating func nested(_ value: Int, below: Int, table: Int) -> Int {
        let part = NestedSymbol.Frequencies(
            below: abs(below), table: table, tables.coefficients[0]
        ).part(NestedSymbol.place(of: value, below: below))
        bits += Double(NestedSymbol.totalBits) - Approximation.log2(Double(part.frequency))
        return value
    }

    mutating func bits(_ value: Int, count: Int) -> Int {
        bits += Double(count)
        return value
    }

    mutating func rareFlag(_ value: Bool) -> Bool {
        let total = Double(TableLayout.rarity)
        bits += Approximation.log2(value ? total : total / (total - 1))
        return value
    }
}
