import CMRLCodec
import Testing

/// What a concealing reader makes of damaged streams.
@Suite struct ConcealmentTests {
    private let sample: StreamSample
    private let bytes: [UInt8]
    private let offsets: [Int]
    private let events: [BitstreamEvent]

    init() throws {
        sample = try StreamSample.make(
            seed: 21, layers: 2, packets: 8, blocksPerPacket: 2, keyInterval: 4, keyEvery: 2,
            chunkBytes: 40)
        bytes = try sample.bytes
        offsets = try sample.offsets
        events = try sample.events
    }

    /// Events with the reasons of damage left out.
    private func outline(_ bytes: [UInt8], size: () -> Int = { .max }) -> [BitstreamEvent] {
        let result = ReadResult.read(bytes, mode: .conceal, size: size)
        #expect(result.error == nil)
        return result.events.map { event in
            if case .damaged(let range, _) = event {
                .damaged(range, reason: .writeAfterEnd)
            } else {
                event
            }
        }
    }

    private func damaged(_ range: Range<Int>) -> BitstreamEvent {
        .damaged(range, reason: .writeAfterEnd)
    }

    @Test func anyDamagedByteOfOnePacketCostsThatPacketOnly() {
        for packet in 0..<8 {
            let (start, end) = (offsets[packet + 1], offsets[packet + 2])
            var expected = events
            expected[packet + 1] = damaged(start..<end)
            for position in start..<end {
                for mask in [UInt8(1), 0x80, 0x55] {
                    var changed = bytes
                    changed[position] ^= mask
                    #expect(
                        outline(changed) == expected,
                        "byte \(position) of packet \(packet), mask \(mask)")
                }
            }
        }
    }

    @Test func neighbouringDamageIsOneRange() {
        var changed = bytes
        changed[offsets[3] + 2] ^= 1
        changed[offsets[4]] ^= 0x40
        changed[offsets[5] + 1] ^= 8
        #expect(
            outline(changed) == Array(events[..<3]) + [damaged(offsets[3]..<offsets[6])]
                + Array(events[6...]))
    }

    @Test func foreignBytesBetweenPackets() {
        var generator = SeededGenerator(seed: 1)
        for count in [1, 2, 7, 100, 5000] {
            let changed =
                Array(bytes[..<offsets[4]]) + generator.bytes(count) + bytes[offsets[4]...]
            let moved = events[4...].map { event in
                if case .packet(let packet, let offset) = event {
                    BitstreamEvent.packet(packet, offset: offset + count)
                } else {
                    event
                }
            }
            #expect(
                outline(changed) == Array(events[..<4]) + [damaged(offsets[4]..<offsets[4] + count)]
                    + moved)
        }
    }

    @Test func aPacketTakenOut() {
        let result = ReadResult.read(
            Array(bytes[..<offsets[4]] + bytes[offsets[5]...]), mode: .conceal)
        let end = offsets[9] - (offsets[5] - offsets[4])
        #expect(
            result.events.contains(
                .damaged(end..<end, reason: .blockCountMismatch(declared: 16, counted: 14))))
        #expect(result.events.last == events.last)
        #expect(result.packets == Array(sample.packets[..<3]) + Array(sample.packets[4...]))
    }

    @Test func anyTruncation() {
        for count in offsets[1]..<bytes.count {
            let record = offsets.lastIndex { $0 <= count } ?? 0
            let result = ReadResult.read(Array(bytes.prefix(count)), mode: .conceal)
            #expect(result.error == nil)
            #expect(result.packets == Array(sample.packets.prefix(record - 1)))
            guard case .truncated(let missing, let offset)? = result.events.last else {
                Issue.record("no truncation at \(count)")
                continue
            }
            #expect(offset == offsets[record] && missing >= 1)
            #expect(result.events.count == record + 1)
        }
    }

    @Test func truncationBehindDamage() {
        // The last packet is damaged and the end record is missing.
        var changed = Array(bytes[..<offsets[9]])
        changed[offsets[8] + 3] ^= 1
        #expect(
            outline(changed) == Array(events[..<8]) + [
                damaged(offsets[8]..<offsets[9]), .truncated(missing: 7, offset: offsets[9]),
            ])
    }

    @Test func aForgedLengthDoesNotSwallowTheRest() {
        // The length claims more than the rest of the stream but less than the limit.
        var changed = bytes
        changed.replaceSubrange(offsets[3]..<offsets[3] + 1, with: [0xFF, 0x7F])
        let result = ReadResult.read(changed, mode: .conceal)
        #expect(result.packets == Array(sample.packets[..<2]) + Array(sample.packets[3...]))
        #expect(result.events.last == events.last)
        guard case .damaged(let range, .truncated(_, let offset)) = result.events[3] else {
            Issue.record("\(result.events[3])")
            return
        }
        #expect(range == offsets[3]..<offsets[4] + 1 && offset == offsets[3])
    }

    @Test func dataBehindTheEnd() {
        let result = ReadResult.read(bytes + bytes, mode: .conceal)
        let reason = BitstreamError.dataAfterEnd(offset: bytes.count)
        #expect(result.events == events + [.damaged(bytes.count..<2 * bytes.count, reason: reason)])
        #expect(ReadResult.read(bytes + bytes, mode: .conceal) { 3 } == result)
    }

    @Test func headersAreNotConcealed() {
        var changed = bytes
        changed[offsets[1] - 1] ^= 1
        guard case .headerChecksum? = ReadResult.read(changed, mode: .conceal).error else {
            Issue.record("no error")
            return
        }
    }

    @Test func eventsDoNotDependOnThePieces() throws {
        var generator = SeededGenerator(seed: 2)
        for round in 0..<1500 {
            var changed = bytes
            for _ in 0..<1 + generator.below(6) {
                let position = offsets[1] + generator.below(changed.count - offsets[1])
                switch generator.below(4) {
                case 0: changed.remove(at: position)
                case 1:
                    changed.insert(contentsOf: generator.bytes(generator.below(300)), at: position)
                default: changed[position] ^= 1 << UInt8(generator.below(8))
                }
            }
            let whole = ReadResult.read(changed, mode: .conceal)
            let largest = [1, 2, 17, 300][round % 4]
            #expect(
                ReadResult.read(changed, mode: .conceal) { 1 + generator.below(largest) } == whole)
            try Self.checkTiling(
                whole, header: sample.header, from: offsets[1], byteCount: changed.count,
                originals: sample.packets)
        }
    }

    /// Packets, damaged ranges and end record follow each other without gap; packets are originals,
    /// in their order.
    static func checkTiling(
        _ result: ReadResult, header: StreamHeader, from start: Int, byteCount: Int,
        originals: [Packet]
    ) throws {
        #expect(result.error == nil)
        var position = start
        var next = 0
        var isTruncated = false
        for event in result.events {
            switch event {
            case .header: break
            case .packet(let packet, let offset):
                #expect(offset == position)
                position += try packet.record(header: header).count
                while next < originals.count, originals[next] != packet { next += 1 }
                #expect(next < originals.count)
                next += 1
            case .damaged(let range, _):
                #expect(range.lowerBound == position)
                position = range.upperBound
            case .auxiliary(let record, let offset):
                #expect(offset == position)
                position += record.byteCount
            case .end(let end):
                position += end.bytes.count
            case .truncated(let missing, let offset):
                #expect(offset == position && missing > 0)
                isTruncated = true
            }
        }
        #expect(isTruncated || position == byteCount)
    }
}
