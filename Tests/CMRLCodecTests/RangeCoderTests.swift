import CMRLCodec
import Foundation
import Testing

/// One coding step: a table symbol or raw bits.
private struct Step: Equatable {
    var low: UInt32
    var frequency: UInt32
    var totalBits: Int
    var isRaw = false

    /// A random step: plain bits, any part of the total, or the last symbol.
    static func random(_ generator: inout SeededGenerator) -> Step {
        if generator.below(4) == 0 {
            let count = generator.below(25)
            return Step(
                low: UInt32(generator.below(1 << count)), frequency: 1, totalBits: count,
                isRaw: true)
        }
        let totalBits = 1 + generator.below(16)
        let total = 1 << totalBits
        let frequency = max(1, generator.below(total) >> generator.below(totalBits))
        let low =
            generator.below(3) == 0 ? total - frequency : generator.below(total - frequency + 1)
        return Step(low: UInt32(low), frequency: UInt32(frequency), totalBits: totalBits)
    }

    var bits: Double { Double(totalBits) - log2(Double(frequency)) }

    func encode(_ encoder: inout RangeEncoder) {
        if isRaw {
            encoder.encodeBits(low, count: totalBits)
        } else {
            encoder.encode(cumulativeLow: low, frequency: frequency, totalBits: totalBits)
        }
    }

    func encode(_ encoder: inout ReferenceRangeEncoder) {
        if isRaw && totalBits > 16 {
            encoder.encode(cumulativeLow: Int(low >> 16), frequency: 1, totalBits: totalBits - 16)
            encoder.encode(cumulativeLow: Int(low & 0xFFFF), frequency: 1, totalBits: 16)
        } else {
            encoder.encode(cumulativeLow: Int(low), frequency: Int(frequency), totalBits: totalBits)
        }
    }

    /// Whether the decoder gives this step.
    func matches(_ decoder: inout RangeDecoder) -> Bool {
        if isRaw { return decoder.decodeBits(count: totalBits) == low }
        let target = decoder.target(totalBits: totalBits)
        guard target >= low, target < low + frequency else { return false }
        decoder.advance(cumulativeLow: low, frequency: frequency, totalBits: totalBits)
        return true
    }
}

private func encoded(_ steps: [Step]) -> [UInt8] {
    var encoder = RangeEncoder()
    for step in steps { step.encode(&encoder) }
    return encoder.finish()
}

private func decodes(_ bytes: [UInt8], _ steps: [Step]) -> Bool {
    var decoder = RangeDecoder(bytes)
    return steps.allSatisfy { $0.matches(&decoder) }
}

@Suite struct RangeCoderTests {
    @Test func roundTripsOfAnySteps() {
        var generator = SeededGenerator(seed: 1)
        for length in Array(0..<40) + [1000, 20_000] {
            for _ in 0..<(length < 40 ? 50 : 4) {
                let steps = (0..<length).map { _ in Step.random(&generator) }
                let bytes = encoded(steps)
                var decoder = RangeDecoder(bytes)
                for (index, step) in steps.enumerated() {
                    guard step.matches(&decoder) else {
                        Issue.record("step \(index) of \(length) decodes to something else")
                        return
                    }
                }
                #expect(decoder.excessByteCount == 0)
                // Bytes that no encoder wrote show, once they are more than the zeros that it left
                // out.
                var garbled = RangeDecoder(bytes + [UInt8](repeating: 1, count: 40))
                #expect(
                    steps.allSatisfy { $0.matches(&garbled) } == false
                        || garbled.excessByteCount > 0)
            }
        }
    }

    @Test func bytesEqualThoseOfTheReference() {
        var generator = SeededGenerator(seed: 2)
        for round in 0..<600 {
            let steps = (0..<round % 60).map { _ in Step.random(&generator) }
            var reference = ReferenceRangeEncoder()
            for step in steps { step.encode(&reference) }
            #expect(encoded(steps) == reference.finish(), "round \(round)")
        }
    }

    @Test func carriesRunThroughLongRowsOfOnes() {
        // Last symbols of a fine alphabet drive the lower end towards 0.111..., then one symbol
        // more makes the carry ripple.
        var generator = SeededGenerator(seed: 3)
        for run in 1..<200 {
            var steps = [Step](
                repeating: Step(low: 0x7FFE, frequency: 1, totalBits: 15), count: run)
            steps.append(Step(low: 0x7FFF, frequency: 1, totalBits: 15))
            steps += (0..<generator.below(5)).map { _ in Step.random(&generator) }
            var reference = ReferenceRangeEncoder()
            for step in steps { step.encode(&reference) }
            let bytes = encoded(steps)
            #expect(bytes == reference.finish())
            #expect(decodes(bytes, steps))
        }
    }

    @Test func noShorterStringDecodes() {
        var generator = SeededGenerator(seed: 4)
        var tried = 0
        while tried < 40 {
            let steps = (0..<1 + generator.below(4)).map { _ in Step.random(&generator) }
            let bytes = encoded(steps)
            #expect(bytes.last != 0)
            guard (1...3).contains(bytes.count) else { continue }
            tried += 1
            // All strings that are one byte shorter (zero bytes at the end stand for the still
            // shorter ones).
            let count = bytes.count - 1
            for number in 0..<1 << (8 * count) {
                let shorter = (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
                if decodes(shorter, steps) {
                    Issue.record("\(shorter) decodes like \(bytes)")
                    return
                }
            }
        }
    }

    @Test(arguments: [0.02, 0.2, 0.5, 0.9, 0.98])
    func costIsIdealWithinOneTenThousandth(continuation: Double) throws {
        var generator = SeededGenerator(seed: 5)
        for count in [1, 10, 1000, 300_000] {
            let values = (0..<count).map { _ in
                generator.geometric(continuation: continuation, maximum: 40)
            }
            var counts = [UInt64](repeating: 0, count: 41)
            for value in values { counts[value] += 1 }
            let tables = try SymbolTableSet(counts: [counts])
            var encoder = RangeEncoder()
            var ideal = 0.0
            for value in values {
                try tables.encode(symbol: value, table: 0, into: &encoder)
                let frequency = try #require(tables.frequency(symbol: value, table: 0))
                ideal += 15 - log2(Double(frequency))
            }
            let bits = Double(8 * encoder.finish().count)
            #expect(bits <= ideal * 1.0001 + 8, "\(bits) bits, ideal \(ideal)")
        }
    }

    @Test func costOfMixedStepsIsIdealWithinOneTenThousandth() {
        var generator = SeededGenerator(seed: 6)
        let steps = (0..<100_000).map { _ in Step.random(&generator) }
        let ideal = steps.reduce(0) { $0 + $1.bits }
        let bits = Double(8 * encoded(steps).count)
        #expect(bits <= ideal * 1.0001 + 8)
        // Rare last symbols, which own the remainder of the division, cost a little less than their
        // frequency says.
        #expect(bits >= ideal * 0.999)
    }

    @Test func nothingTakesNoBytes() {
        #expect(encoded([]) == [])
        var encoder = RangeEncoder()
        for _ in 0..<1000 { encoder.encode(cumulativeLow: 0, frequency: 32_768, totalBits: 15) }
        for _ in 0..<10 { encoder.encodeBits(0, count: 0) }
        #expect(encoder.bitCount == 0)
        #expect(encoder.finish() == [])
        // First symbols keep the lower end at 0: any number of them is the empty chunk.
        for _ in 0..<1000 { encoder.encode(cumulativeLow: 0, frequency: 3, totalBits: 7) }
        #expect(encoder.finish() == [])
    }

    @Test func encoderIsFreshAfterFinish() {
        var generator = SeededGenerator(seed: 7)
        let steps = (0..<100).map { _ in Step.random(&generator) }
        var encoder = RangeEncoder(reservingCapacity: 1000)
        for step in steps { step.encode(&encoder) }
        let first = encoder.finish()
        for step in steps { step.encode(&encoder) }
        #expect(encoder.finish() == first)
    }

    @Test func bitCountGrowsByTheInformation() {
        var encoder = RangeEncoder()
        for _ in 0..<1000 { encoder.encodeBits(1, count: 3) }
        #expect((2999...3001).contains(encoder.bitCount))
    }

    @Test func everyByteStringDecodes() throws {
        var generator = SeededGenerator(seed: 8)
        let counts: [UInt64] = (0..<24).map { 1 << (24 - $0) }
        let magnitudes = try MagnitudeTableSet(counts: [counts, counts.reversed()])
        let signed = try SignedTableSet(counts: [Array(counts[..<23])])
        for round in 0..<100_000 {
            let bytes =
                round < 8
                ? [UInt8](repeating: round < 4 ? 0xFF : 0, count: 8 * (round % 4))
                : generator.bytes(generator.below(24))
            var decoder = RangeDecoder(bytes)
            for index in 0..<30 {
                switch generator.below(4) {
                case 0:
                    let count = generator.below(25)
                    #expect(decoder.decodeBits(count: count) < 1 << UInt32(count))
                case 1:
                    let value = Result { try signed.decodeSigned(table: 0, from: &decoder) }
                    if case .success(let value) = value {
                        #expect(abs(value) <= signed.maximumMagnitude)
                    }
                default:
                    do throws(EntropyCodingError) {
                        let magnitude = try magnitudes.decodeMagnitude(
                            table: index & 1, from: &decoder)
                        #expect(magnitude <= magnitudes.maximumMagnitude)
                    } catch {
                        #expect(error == .escapeTooLong(limit: 20))
                    }
                }
            }
        }
    }

    @Test func knownBytes() {
        // Three steps by hand: 32 bits of interval, halves and a 3-bit number.
        var encoder = RangeEncoder()
        encoder.encodeBits(1, count: 1)
        #expect(encoder.finish() == [0x80])
        encoder.encodeBits(0b101, count: 3)
        encoder.encodeBits(0b11, count: 2)
        encoder.encode(cumulativeLow: 1, frequency: 1, totalBits: 1)
        // 0b101_11_1 = 0xBC after the first six bits; the interval of 2^32 - 1 shifts it by less
        // than one unit in 2^26.
        #expect(encoder.finish() == [0xBC])
        encoder.encodeBits(0xABCDEF, count: 24)
        // Two steps of a width of 2^32 - 1 place the interval at 0xABCDED.87, 0x0.FF wide; 0xABCDEE
        // is inside.
        #expect(encoder.finish() == [0xAB, 0xCD, 0xEE])
    }
}
