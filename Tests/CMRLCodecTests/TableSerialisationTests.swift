import CMRLCodec
import Testing

@Suite struct TableSerialisationTests {
    typealias Failure = EntropyCodingError

    @Test func wordsRoundTrip() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<50 {
            let symbols = 3 + 2 * generator.below(40)
            let counts = (0..<1 + generator.below(20)).map { _ in
                (0..<symbols).map { _ in generator.next() >> UInt64(generator.below(64)) }
            }
            let plain = try SymbolTableSet(counts: counts)
            #expect(plain.words.count == 3 + counts.count * symbols)
            #expect(try SymbolTableSet(words: plain.words) == plain)
            let magnitudes = try MagnitudeTableSet(counts: counts)
            #expect(try MagnitudeTableSet(words: magnitudes.words) == magnitudes)
            let signed = try SignedTableSet(counts: counts)
            #expect(try SignedTableSet(words: signed.words) == signed)
        }
        let single = try SymbolTableSet(frequencies: [[32_768]])
        #expect(single.words == [0, 1, 1, 32_768])
        #expect(try SymbolTableSet(words: [0, 1, 1, 32_768]) == single)
    }

    @Test func brokenWords() throws {
        #expect(throws: Failure.wordCountMismatch(expected: 3, found: 2)) {
            try SymbolTableSet(words: [0, 1])
        }
        #expect(throws: Failure.alphabetMismatch(expected: 0, found: 1)) {
            try SymbolTableSet(words: [1, 1, 1, 32_768])
        }
        #expect(throws: Failure.alphabetMismatch(expected: 1, found: 2)) {
            try MagnitudeTableSet(words: [2, 1, 2, 1, 32_767])
        }
        #expect(throws: Failure.alphabetMismatch(expected: 2, found: 7)) {
            try SignedTableSet(words: [7, 1, 2, 1, 32_767])
        }
        #expect(throws: Failure.tableCountOutOfRange(count: 0, maximum: 4096)) {
            try SymbolTableSet(words: [0, 0, 1])
        }
        #expect(throws: Failure.tableCountOutOfRange(count: 65_535, maximum: 4096)) {
            try SymbolTableSet(words: [0, 65_535, 65_535])
        }
        #expect(throws: Failure.symbolCountOutOfRange(count: 0, maximum: 4096)) {
            try SymbolTableSet(words: [0, 1, 0])
        }
        #expect(throws: Failure.symbolCountOutOfRange(count: 4097, maximum: 4096)) {
            try SymbolTableSet(words: [0, 1, 4097])
        }
        #expect(throws: Failure.wordCountMismatch(expected: 5, found: 4)) {
            try SymbolTableSet(words: [0, 1, 2, 32_767])
        }
        #expect(throws: Failure.wordCountMismatch(expected: 5, found: 6)) {
            try SymbolTableSet(words: [0, 1, 2, 32_767, 1, 0])
        }
        #expect(throws: Failure.zeroFrequency(table: 1, symbol: 0)) {
            try SymbolTableSet(words: [0, 2, 2, 32_767, 1, 0, 32_768])
        }
        #expect(throws: Failure.wrongTotal(table: 0, total: 32_769)) {
            try SymbolTableSet(words: [0, 1, 2, 32_768, 1])
        }
        #expect(throws: Failure.wrongTotal(table: 0, total: 131_070)) {
            try SymbolTableSet(words: [0, 1, 2, 65_535, 65_535])
        }
        #expect(throws: Failure.invalidAlphabet(symbolCount: 1)) {
            try MagnitudeTableSet(words: [1, 1, 1, 32_768])
        }
        #expect(throws: Failure.invalidAlphabet(symbolCount: 4)) {
            try SignedTableSet(words: [2, 1, 4, 32_765, 1, 1, 1])
        }
        #expect(throws: Failure.symbolCountMismatch(table: 1, expected: 1, found: 2)) {
            try SymbolTableSet(frequencies: [[32_768], [32_767, 1]])
        }
        #expect(throws: Failure.tableCountOutOfRange(count: 0, maximum: 4096)) {
            try SymbolTableSet(frequencies: [])
        }
    }

    @Test func anyChangedWordIsAnErrorOrAnotherValidSet() throws {
        var generator = SeededGenerator(seed: 2)
        let words = try SymbolTableSet(counts: [[5, 3, 1], [1, 1, 9]]).words
        for _ in 0..<100_000 {
            var changed = words
            changed[generator.below(words.count)] = UInt16(truncatingIfNeeded: generator.next())
            if generator.below(4) == 0 { changed.removeLast(generator.below(changed.count + 1)) }
            if let tables = try? SymbolTableSet(words: changed) {
                #expect(tables.words == changed)
            }
        }
    }
}
