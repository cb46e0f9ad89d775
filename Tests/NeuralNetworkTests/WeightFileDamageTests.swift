import SignalProcessing
import NeuralNetwork
import Testing

@Suite struct WeightFileDamageTests {
    private let bytes: [UInt8]

    /// Metadata at 32 ..< 34, table at 34 ..< 34 + 8 + 12, elements at 64 ..< 68 and 80 ..< 86,
    /// padding to 96, digest.
    init() throws {
        var writer = try WeightFileWriter(metadata: Array("{}".utf8))
        try writer.add("w", shape: [1], floats: [2])
        try writer.add("q", shape: [2, 3], int8s: [1, 2, 3, 4, 5, 6])
        bytes = writer.bytes()
    }

    private func error(_ bytes: [UInt8]) -> WeightFileError? {
        do throws(WeightFileError) {
            _ = try WeightFile(bytes)
            return nil
        } catch {
            return error
        }
    }

    /// What a reader says about a file that was changed by somebody who can compute lengths and
    /// digests.
    private func forged(_ change: (inout [UInt8]) -> Void) -> WeightFileError? {
        var body = Array(bytes.dropLast(32))
        change(&body)
        let length = UInt64(body.count + 32)
        for index in 0..<8 {
            body[8 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt64(index)))
        }
        return error(body + body.withUnsafeBytes { SHA256Digest.of($0) })
    }

    @Test func layout() {
        #expect(bytes.count == 128)
        #expect(
            Array(bytes[..<34]) == [
                0x4E, 0x57, 0x4D, 0x1A, 1, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0,
                0, 20, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D,
            ])
        #expect(
            Array(bytes[34..<54]) == [
                1, 0x77, 0, 1, 1, 0, 0, 0, 1, 0x71, 2, 2, 2, 0, 0, 0, 3, 0, 0, 0,
            ])
        #expect(
            Array(bytes[54..<96]) == [UInt8](repeating: 0, count: 13) + [0x40]
                + [UInt8](repeating: 0, count: 12) + [1, 2, 3, 4, 5, 6]
                + [UInt8](repeating: 0, count: 10))
    }

    @Test func foreignAndCutFiles() {
        #expect(error([]) == .badMagic(found: []))
        #expect(error(Array("RIFF1234".utf8)) == .badMagic(found: Array("RIFF".utf8)))
        #expect(error(Array(bytes.prefix(63))) == .fileLength(declared: 64, found: 63))
        for count in 64..<bytes.count {
            #expect(error(Array(bytes.prefix(count))) == .fileLength(declared: 128, found: count))
        }
        #expect(error(bytes + [0]) == .fileLength(declared: 128, found: 129))
        var other = bytes
        other[4] = 2
        #expect(error(other) == .unsupportedVersion(2))
    }

    @Test func noSingleBitIsWithoutProtection() {
        for bit in 0..<8 * bytes.count {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(error(damaged) != nil, "bit \(bit)")
        }
        var damaged = bytes
        damaged[66] ^= 1
        let declared = ModelID(bytes: bytes[96...])
        let computed = ModelID(bytes: damaged.dropLast(32).withUnsafeBytes { SHA256Digest.of($0) })
        if let declared, let computed {
            #expect(error(damaged) == .checksum(declared: declared, computed: computed))
        } else {
            Issue.record()
        }
    }

    @Test func forgedContents() {
        #expect(forged { _ in } == nil)
        #expect(forged { $0[5] = 1 } == .nonzeroReserved(offset: 5))
        #expect(forged { $0[31] = 1 } == .nonzeroReserved(offset: 31))
        #expect(forged { $0[18] = 0x20 } == .metadataLength(declared: 2_097_154, limit: 1_048_576))
        #expect(forged { $0[22] = 1 } == .tensorCount(declared: 65_538, limit: 65_535))
        #expect(forged { $0[26] = 1 } == .sectionLength(offset: 32, needed: 65_558, available: 64))
        #expect(
            forged { $0[27] = 0xFF }
                == .sectionLength(offset: 32, needed: 0xFF00_0016, available: 64))
        #expect(forged { $0[33] = 0xFF } == .metadataEncoding)
        #expect(forged { $0[34] = 0 } == .tensorName(index: 0))
        #expect(forged { $0[34] = 200 } == .sectionLength(offset: 35, needed: 200, available: 19))
        #expect(forged { $0[35] = 0x80 } == .tensorName(index: 0))
        #expect(forged { $0[43] = 0x77 } == .duplicateName("w"))
        #expect(forged { $0[36] = 6 } == .elementType(6, tensor: "w"))
        #expect(forged { $0[37] = 9 } == .rank(9, tensor: "w"))
        #expect(forged { $0[37] = 8 } == .sectionLength(offset: 38, needed: 32, available: 16))
        #expect(forged { $0[38] = 0 } == .shape([0], tensor: "w"))
        #expect(forged { $0[41] = 0x80 } == .shape([0x8000_0001], tensor: "w"))
        #expect(forged { $0[46] = 200 } == .sectionLength(offset: 80, needed: 600, available: 16))
        #expect(forged { $0[60] = 1 } == .nonzeroReserved(offset: 60))
        #expect(forged { $0[79] = 1 } == .nonzeroReserved(offset: 79))
        #expect(forged { $0[86] = 1 } == .nonzeroReserved(offset: 86))
        #expect(forged { $0 += [UInt8](repeating: 0, count: 16) } == .unusedBytes(16, offset: 96))
        #expect(forged { $0.removeLast() } == .sectionLength(offset: 86, needed: 10, available: 9))
        // One tensor less than the table describes.
        #expect(forged { $0[20] = 1 } == .unusedBytes(12, offset: 42))
        #expect(forged { $0[20] = 3 } == .sectionLength(offset: 54, needed: 1, available: 0))
    }

    @Test func forgedBytesNeverTrap() {
        var generator = SplitMix64(seed: 1)
        var accepted = 0
        for _ in 0..<100_000 {
            let result = forged { body in
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    body[Int.random(in: 0..<body.count, using: &generator)] = UInt8.random(
                        in: 0...255, using: &generator)
                }
                if Bool.random(using: &generator) {
                    body.removeLast(Int.random(in: 0...64, using: &generator))
                }
            }
            if result == nil { accepted += 1 }
        }
        // Changed elements are another valid model.
        #expect(accepted > 100)
    }

    @Test func garbageNeverTraps() {
        var generator = SplitMix64(seed: 1)
        for round in 0..<100_000 {
            let head = Array(bytes.prefix(round % 80))
            let tail = (0..<Int.random(in: 0..<80, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            #expect(error(head + tail) != nil)
        }
    }
}
