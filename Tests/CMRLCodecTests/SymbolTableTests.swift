import CMRLCodec
import Foundation
import Testing

@Suite struct SymbolTableTests {
    /// Random tables, some nearly flat, some with one dominating symbol.
    private func randomCounts(_ generator: inout SeededGenerator, tables: Int, symbols: Int)
        -> [[UInt64]]
    {
        (0..<tables).map { _ in
            let slope = generator.below(12)
            return (0..<symbols).map { _ in
                UInt64(1 + generator.below(1000)) << UInt64(generator.below(slope + 1))
            }
        }
    }

    @Test func plainSymbolsRoundTrip() throws {
        var generator = SeededGenerator(seed: 1)
        for symbols in [1, 2, 3, 17, 33, 64, 65, 300, 4096] {
            let tables = try SymbolTableSet(
                counts: randomCounts(&generator, tables: 5, symbols: symbols))
            // Every symbol of every table, then random ones.
            var values = (0..<5).flatMap { table in (0..<symbols).map { (table, $0) } }
            values += (0..<1000).map { _ in (generator.below(5), generator.below(symbols)) }
            var encoder = RangeEncoder()
            for (table, symbol) in values {
                try tables.encode(symbol: symbol, table: table, into: &encoder)
            }
            var decoder = RangeDecoder(encoder.finish())
            for (table, symbol) in values {
                #expect(try tables.decode(table: table, from: &decoder) == symbol)
            }
        }
    }

    @Test func everyPositionDecodesToTheSymbolThatOwnsIt() throws {
        var generator = SeededGenerator(seed: 2)
        let tables = try SymbolTableSet(counts: randomCounts(&generator, tables: 3, symbols: 40))
        for table in 0..<3 {
            var position = 0
            for symbol in 0..<40 {
                let frequency = try #require(tables.frequency(symbol: symbol, table: table))
                for target in Set([position, position + frequency / 2, position + frequency - 1]) {
                    var encoder = RangeEncoder()
                    encoder.encode(cumulativeLow: UInt32(target), frequency: 1, totalBits: 15)
                    var decoder = RangeDecoder(encoder.finish())
                    #expect(try tables.decode(table: table, from: &decoder) == symbol)
                }
                position += frequency
            }
            #expect(position == 32_768)
        }
        #expect(tables.frequency(symbol: 40, table: 0) == nil)
        #expect(tables.frequency(symbol: 0, table: 3) == nil)
    }

    @Test func magnitudesRoundTripWithEscapes() throws {
        var generator = SeededGenerator(seed: 3)
        for limit in [1, 2, 15, 40] {
            let tables = try MagnitudeTableSet(
                counts: randomCounts(&generator, tables: 4, symbols: limit + 1))
            #expect(tables.escapeMagnitude == limit)
            #expect(tables.maximumMagnitude == limit + 1_048_574)
            var values = Array(-limit - 70...limit + 70)
            for bits in 1..<20 {
                values += [
                    limit + 1 << bits, -limit - 1 << bits, limit + 1 << bits - 1,
                    limit + 1 << bits - 2,
                ]
            }
            values += [
                tables.maximumMagnitude, -tables.maximumMagnitude, tables.maximumMagnitude - 1,
            ]
            var encoder = RangeEncoder()
            var bits = 0.0
            for (index, value) in values.enumerated() {
                try tables.encode(value, table: index & 3, into: &encoder)
                bits += Double(try tables.costBits(value, table: index & 3))
            }
            for value in values { try tables.encodeMagnitude(abs(value), table: 0, into: &encoder) }
            let bytes = encoder.finish()
            var decoder = RangeDecoder(bytes)
            for (index, value) in values.enumerated() {
                #expect(try tables.decode(table: index & 3, from: &decoder) == value)
            }
            for value in values {
                #expect(try tables.decodeMagnitude(table: 0, from: &decoder) == abs(value))
            }
            for value in values {
                bits += Double(try tables.costBits(magnitude: abs(value), table: 0))
            }
            #expect(abs(bits - Double(8 * bytes.count)) <= bits * 1e-4 + 8)
        }
    }

    @Test func signedValuesRoundTripWithEscapes() throws {
        var generator = SeededGenerator(seed: 4)
        for limit in [0, 1, 7, 30] {
            let tables = try SignedTableSet(
                counts: randomCounts(&generator, tables: 4, symbols: 2 * limit + 3))
            #expect(tables.limit == limit)
            #expect(tables.maximumMagnitude == limit + 1 + 1_048_574)
            #expect(tables.symbol(of: .min) == 0)
            #expect(tables.symbol(of: -limit) == 1)
            #expect(tables.symbol(of: limit) == 2 * limit + 1)
            #expect(tables.symbol(of: .max) == 2 * limit + 2)
            let values =
                Array(-limit - 100...limit + 100) + [
                    tables.maximumMagnitude, -tables.maximumMagnitude,
                ]
            var encoder = RangeEncoder()
            var bits = 0.0
            for (index, value) in values.enumerated() {
                try tables.encodeSigned(value, table: index & 3, into: &encoder)
                bits += Double(try tables.costBits(value, table: index & 3))
            }
            let bytes = encoder.finish()
            var decoder = RangeDecoder(bytes)
            for (index, value) in values.enumerated() {
                #expect(try tables.decodeSigned(table: index & 3, from: &decoder) == value)
            }
            #expect(abs(bits - Double(8 * bytes.count)) <= bits * 1e-4 + 8)
        }
    }

    @Test func costsAreLogarithms() throws {
        // Frequencies 1 ... 255 in one table, so that many logarithms are compared.
        var frequencies = (1...255).map { UInt16($0) }
        frequencies.append(UInt16(32_768 - 255 * 128))
        let tables = try SymbolTableSet(frequencies: [frequencies])
        for (symbol, frequency) in frequencies.enumerated() {
            #expect(
                try tables.costBits(symbol: symbol, table: 0) == Float(15 - log2(Double(frequency)))
            )
        }
        let magnitudes = try MagnitudeTableSet(SymbolTableSet(frequencies: [[16_384, 8192, 8192]]))
        #expect(try magnitudes.costBits(0, table: 0) == 1)
        #expect(try magnitudes.costBits(-1, table: 0) == 3)
        #expect(try magnitudes.costBits(2, table: 0) == 4)
        #expect(try magnitudes.costBits(3, table: 0) == 6)
        #expect(try magnitudes.costBits(-5, table: 0) == 8)
        #expect(try magnitudes.costBits(magnitude: magnitudes.maximumMagnitude, table: 0) == 41)
    }

    @Test func valuesAndTablesOutsideAreErrorsAndWriteNothing() throws {
        let plain = try SymbolTableSet(frequencies: [[32_767, 1], [16_384, 16_384]])
        let magnitudes = try MagnitudeTableSet(plain)
        let signed = try SignedTableSet(SymbolTableSet(frequencies: [[1, 32_766, 1]]))
        var encoder = RangeEncoder()
        typealias Failure = EntropyCodingError
        #expect(throws: Failure.tableOutOfRange(table: 2, count: 2)) {
            try plain.encode(symbol: 0, table: 2, into: &encoder)
        }
        #expect(throws: Failure.tableOutOfRange(table: -1, count: 2)) {
            try plain.encode(symbol: 0, table: -1, into: &encoder)
        }
        #expect(throws: Failure.valueOutOfRange(value: 2, minimum: 0, maximum: 1)) {
            try plain.encode(symbol: 2, table: 0, into: &encoder)
        }
        #expect(throws: Failure.valueOutOfRange(value: -1, minimum: 0, maximum: 1)) {
            try plain.costBits(symbol: -1, table: 0)
        }
        let most = magnitudes.maximumMagnitude
        #expect(most == 1_048_575)
        #expect(throws: Failure.valueOutOfRange(value: most + 1, minimum: 0, maximum: most)) {
            try magnitudes.encodeMagnitude(most + 1, table: 0, into: &encoder)
        }
        #expect(throws: Failure.valueOutOfRange(value: -1, minimum: 0, maximum: most)) {
            try magnitudes.encodeMagnitude(-1, table: 0, into: &encoder)
        }
        #expect(throws: Failure.valueOutOfRange(value: .min, minimum: -most, maximum: most)) {
            try magnitudes.encode(.min, table: 0, into: &encoder)
        }
        #expect(throws: Failure.valueOutOfRange(value: .min, minimum: -most, maximum: most)) {
            try magnitudes.costBits(.min, table: 0)
        }
        #expect(throws: Failure.tableOutOfRange(table: 9, count: 2)) {
            try magnitudes.costBits(0, table: 9)
        }
        #expect(
            throws: Failure.valueOutOfRange(value: .min, minimum: -1_048_575, maximum: 1_048_575)
        ) {
            try signed.encodeSigned(.min, table: 0, into: &encoder)
        }
        #expect(throws: Failure.tableOutOfRange(table: 1, count: 1)) {
            try signed.costBits(0, table: 1)
        }
        #expect(encoder.finish() == [])
        var decoder = RangeDecoder([])
        #expect(throws: Failure.tableOutOfRange(table: 2, count: 2)) {
            try magnitudes.decode(table: 2, from: &decoder)
        }
        #expect(throws: Failure.tableOutOfRange(table: 5, count: 1)) {
            try signed.decodeSigned(table: 5, from: &decoder)
        }
    }

    @Test func endlessEscapeIsAnError() throws {
        let tables = try MagnitudeTableSet(SymbolTableSet(frequencies: [[1, 32_767]]))
        // The escape symbol, then zeros for ever.
        var encoder = RangeEncoder()
        encoder.encode(cumulativeLow: 1, frequency: 32_767, totalBits: 15)
        for _ in 0..<20 { encoder.encodeBits(0, count: 1) }
        var decoder = RangeDecoder(encoder.finish())
        #expect(throws: EntropyCodingError.escapeTooLong(limit: 20)) {
            try tables.decodeMagnitude(table: 0, from: &decoder)
        }
    }
}
