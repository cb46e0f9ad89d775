import CMRLCodec
import Testing

/// What a strict reader says about each kind of damage.
@Suite struct DamageTests {
    private let sample: StreamSample
    private let bytes: [UInt8]
    private let offsets: [Int]

    init() throws {
        sample = try StreamSample.make(
            seed: 11, channels: 2, layers: 2, packets: 4, blocksPerPacket: 10, lastBlockCount: 3,
            declaresSampleCount: true)
        bytes = try sample.bytes
        offsets = try sample.offsets
    }

    private func withChecksum(_ content: [UInt8]) -> [UInt8] {
        let crc = CRC32.checksum(of: content)
        return content + (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * UInt32($0))) }
    }

    private func number(at position: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << (8 * UInt32($1)) }
    }

    private func error(_ bytes: [UInt8]) -> BitstreamError? { ReadResult.read(bytes).error }

    @Test func contentOfAPacket() {
        var damaged = bytes
        let (start, end) = (offsets[3], offsets[4])
        damaged[end - 5] ^= 0x10
        let computed = CRC32.checksum(of: damaged[start..<end - 4])
        #expect(
            error(damaged)
                == .packetChecksum(
                    packet: 2, offset: start, declared: number(at: end - 4), computed: computed))
        let result = ReadResult.read(damaged)
        #expect(result.packets == Array(sample.packets[..<2]))
        #expect(
            ReadResult.read(damaged, mode: .conceal).events[3]
                == .damaged(
                    start..<end,
                    reason: .packetChecksum(
                        packet: 2, offset: start, declared: number(at: end - 4), computed: computed)
                ))
    }

    @Test func forgedLengths() {
        let limit = sample.header.maximumBodyLength
        let start = offsets[2]
        let head = Array(bytes[..<start])
        #expect(
            error(head + [0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
                == .packetLength(0xFFFF_FFFF, limit: limit, packet: 1, offset: start))
        let above = UInt64(limit + 1)
        let varint = [
            UInt8(above & 0x7F) | 0x80, UInt8(above >> 7 & 0x7F) | 0x80, UInt8(above >> 14),
        ]
        #expect(
            error(head + varint) == .packetLength(above, limit: limit, packet: 1, offset: start))
        // The largest allowed length is believed until the stream ends.
        let most = UInt64(limit)
        let allowed = [
            UInt8(most & 0x7F) | 0x80, UInt8(most >> 7 & 0x7F) | 0x80, UInt8(most >> 14),
        ]
        #expect(
            error(head + allowed + [1, 2]) == .truncated(missing: limit + 4 - 2, offset: start))
        #expect(error(head + [0x80, 0]) == .malformedLength(packet: 1, offset: start))
        #expect(
            error(head + [UInt8](repeating: 0xFF, count: 7))
                == .malformedLength(packet: 1, offset: start))
        #expect(
            error(head + [UInt8](repeating: 0xFF, count: 6))
                == .truncated(missing: 6, offset: start))
    }

    @Test func intactPacketsThatBreakRules() {
        let start = offsets[1]
        let head = Array(bytes[..<start])
        func error(body: [UInt8]) -> BitstreamError? {
            self.error(head + withChecksum([UInt8(body.count)] + body))
        }
        #expect(error(body: [0xC1]) == .packet(.reservedFlags(0xC1), packet: 0, offset: start))
        #expect(
            error(body: [0x09, 0, 0, 0])
                == .packet(.layerCount(3, maximum: 2), packet: 0, offset: start))
        #expect(
            error(body: [0x03, 4, 11, 0])
                == .packet(.blockCount(11, blocksPerPacket: 10), packet: 0, offset: start))
        #expect(
            error(body: [0x03, 4, 10, 0])
                == .packet(.blockCount(10, blocksPerPacket: 10), packet: 0, offset: start))
        #expect(
            error(body: [0x01, 4, 9, 1])
                == .packet(.chunkLengths(declared: 9, available: 1), packet: 0, offset: start))
        #expect(
            error(body: [0x01, 4]) == .packet(.malformedBody(position: 2), packet: 0, offset: start)
        )
        #expect(error(body: [0x00, 0]) == .packet(.firstPacketNotKey, packet: 0, offset: start))
    }

    @Test func endRecords() throws {
        let start = offsets[5]
        let head = Array(bytes[..<start])
        var damaged = bytes
        damaged[start + 1] ^= 1
        let computed = CRC32.checksum(of: damaged[start..<bytes.count - 4])
        #expect(
            error(damaged)
                == .endChecksum(
                    offset: start, declared: number(at: bytes.count - 4), computed: computed))
        #expect(error(head + [0, 0x80, 0x00, 1, 0, 0, 0, 0]) == .malformedEnd(offset: start))
        #expect(
            error(head + [0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1, 0, 0, 0, 0])
                == .malformedEnd(offset: start))
        let blocks = sample.blockCount
        #expect(blocks == 33)
        #expect(
            error(head + (try StreamEnd(sampleCount: sample.sampleCount, blockCount: 34)).bytes)
                == .blockCountMismatch(declared: 34, counted: 33))
        #expect(
            error(head + (try StreamEnd(sampleCount: 5, blockCount: blocks)).bytes)
                == .sampleCountMismatch(header: sample.sampleCount, end: 5))
        #expect(error(bytes + [0]) == .dataAfterEnd(offset: bytes.count))
        #expect(error(bytes + bytes) == .dataAfterEnd(offset: bytes.count))
        #expect(error(head) == .truncated(missing: 7, offset: start))
        #expect(error(head + [0]) == .truncated(missing: 6, offset: start))
    }

    @Test func aPacketTakenOutIsMissed() {
        let shorter = Array(bytes[..<offsets[2]] + bytes[offsets[3]...])
        #expect(error(shorter) == .blockCountMismatch(declared: 33, counted: 23))
    }

    @Test func noSingleBitIsWithoutProtection() {
        for bit in 0..<8 * bytes.count {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            let result = ReadResult.read(damaged)
            guard let error = result.error else {
                Issue.record("bit \(bit) can be flipped unseen")
                continue
            }
            #expect(!"\(error)".isEmpty)
            #expect(result.packets == Array(sample.packets.prefix(result.packets.count)))
        }
    }
}
