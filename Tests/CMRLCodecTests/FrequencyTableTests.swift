import CMRLCodec
import Testing

@Suite struct FrequencyTableTests {
    @Test func frequenciesAddUpAndAreNeverZero() throws {
        var generator = SeededGenerator(seed: 1)
        for round in 0..<2000 {
            let count = round < 50 ? round + 1 : 1 + generator.below(round % 100 == 0 ? 4096 : 80)
            let scale = generator.below(64)
            let counts = (0..<count).map { _ in
                generator.below(3) == 0
                    ? 0 : (generator.next() >> UInt64(scale)) >> UInt64(generator.below(20))
            }
            let prior =
                generator.below(3) == 0 ? generator.next() >> UInt64(generator.below(64)) : 0
            let frequencies = try FrequencyTable.frequencies(counts: counts, prior: prior)
            #expect(frequencies.count == count)
            #expect(frequencies.allSatisfy { $0 >= 1 })
            #expect(frequencies.reduce(0) { $0 + Int($1) } == 32_768)
            // Order is kept: a larger count never gets a smaller frequency. Sums of 2^48 and more
            // lose low bits, and with them one unit.
            let isExact = counts.reduce(0.0) { $0 + Double($1) + Double(prior) } < 0x1p48
            let pairs = zip(counts, frequencies).sorted { $0.0 < $1.0 }
            for (a, b) in zip(pairs, pairs.dropFirst()) where a.0 < b.0 {
                #expect(a.1 <= b.1 + (isExact ? 0 : 1))
            }
        }
    }

    @Test func sharesAreProportionalWithinOne() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<500 {
            // Every share is above 1, so no symbol is lifted.
            let counts = (0..<50).map { _ in UInt64(1000 + generator.below(100_000)) }
            let sum = Double(counts.reduce(0, +))
            for (count, frequency) in zip(counts, try FrequencyTable.frequencies(counts: counts)) {
                #expect(abs(Double(frequency) - Double(count) * 32_768 / sum) < 1)
            }
        }
    }

    @Test func examples() throws {
        #expect(try FrequencyTable.frequencies(counts: [7]) == [32_768])
        #expect(try FrequencyTable.frequencies(counts: [1, 1]) == [16_384, 16_384])
        #expect(try FrequencyTable.frequencies(counts: [0, 0, 0]) == [10_923, 10_923, 10_922])
        #expect(try FrequencyTable.frequencies(counts: [1, 1, 1]) == [10_923, 10_923, 10_922])
        #expect(try FrequencyTable.frequencies(counts: [1_000_000, 0, 1]) == [32_766, 1, 1])
        #expect(
            try FrequencyTable.frequencies(counts: [3, 1, 0], prior: 1) == [18_725, 9362, 4681])
        #expect(
            try FrequencyTable.frequencies(counts: [.max, .max], prior: .max) == [16_384, 16_384])
        #expect(
            try FrequencyTable.frequencies(counts: [UInt64](repeating: 0, count: 4096))
                == [UInt16](repeating: 8, count: 4096))
    }

    @Test func alphabetsOutsideTheLimits() {
        #expect(throws: EntropyCodingError.symbolCountOutOfRange(count: 0, maximum: 4096)) {
            try FrequencyTable.frequencies(counts: [])
        }
        #expect(throws: EntropyCodingError.symbolCountOutOfRange(count: 4097, maximum: 4096)) {
            try FrequencyTable.frequencies(counts: [UInt64](repeating: 1, count: 4097))
        }
    }
}
