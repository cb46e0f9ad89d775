import CMRLCodec
import Testing

/// Hostile streams cost neither memory nor time out of proportion, and never trap.
@Suite struct ReaderResourceTests {
    private func header(blocks: Int, channels: Int = 1, layers: Int = 1) throws -> StreamHeader {
        try StreamHeader(
            modelID: StreamSample.modelID, sampleRate: 16_000, channelCount: channels,
            blocksPerPacket: blocks, keyInterval: 100, layerCount: layers)
    }

    @Test func memoryIsBoundByTheLargestRecord() throws {
        let header = try header(blocks: 1)
        let limit = header.maximumBodyLength
        #expect(limit == 4132)
        // A length just inside the limit, again and again.
        let record =
            [UInt8(limit & 0x7F) | 0x80, UInt8(limit >> 7)] + [UInt8](repeating: 0xFF, count: 4000)
        let bytes = header.bytes + (0..<300).flatMap { _ in record }
        for size in [1000, 37] {
            let result = ReadResult.read(bytes, mode: .conceal) { size }
            #expect(result.error == nil)
            #expect(result.largestBuffer <= limit + 6 + 64 + size)
        }
        var generator = SeededGenerator(seed: 1)
        let garbage = ReadResult.read(header.bytes + generator.bytes(1_000_000), mode: .conceal) {
            1000
        }
        #expect(garbage.error == nil)
        #expect(garbage.largestBuffer <= limit + 6 + 64 + 1000)
    }

    @Test(.timeLimit(.minutes(5))) func timeGrowsWithTheLengthOnly() throws {
        // Every position claims a long record; checking each one by itself would sum 10^12 bytes.
        let header = try header(blocks: 3000, channels: 8, layers: 8)
        #expect(header.maximumBodyLength == 1 << 26)
        for pattern in [[0xFF, 0xFF, 0x3F], [0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0x7F], [0x90]]
            as [[UInt8]]
        {
            let junk = (0..<2_000_000).map { pattern[$0 % pattern.count] }
            let good = try Packet(
                isKey: true, blockCount: 3000, rateIndices: [0],
                chunks: [[[UInt8]]](repeating: [[1, 2, 3]], count: 8)
            ).record(header: header)
            let result = ReadResult.read(
                header.bytes + junk + good
                    + (try StreamEnd(sampleCount: 1, blockCount: 3000)).bytes, mode: .conceal)
            #expect(result.error == nil)
            #expect(result.packets.count == 1)
        }
    }

    @Test func garbageBehindAHeaderNeverTraps() throws {
        var generator = SeededGenerator(seed: 2)
        let headers = try [
            header(blocks: 50), header(blocks: 1, channels: 2, layers: 3),
            header(blocks: 94, channels: 255, layers: 8),
        ]
        let starts = headers.map(\.bytes)
        for round in 0..<100_000 {
            let kind = round % 3
            let body = (0..<generator.below(60)).map { _ in
                UInt8(generator.below(1 << generator.below(9)))
            }
            let strict = ReadResult.read(starts[kind] + body)
            #expect(strict.error != nil)
            let concealed = ReadResult.read(starts[kind] + body, mode: .conceal)
            try ConcealmentTests.checkTiling(
                concealed, header: headers[kind], from: starts[kind].count,
                byteCount: starts[kind].count + body.count, originals: [])
        }
    }

    @Test func garbageFromTheStartNeverTraps() {
        var generator = SeededGenerator(seed: 3)
        for round in 0..<100_000 {
            // Most begin like a stream, so that the fields are reached.
            let magic = StreamHeader.magic + [1]
            let bytes = Array(magic.prefix(round % 7)) + generator.bytes(generator.below(50))
            #expect(ReadResult.read(bytes).error != nil)
            #expect(ReadResult.read(bytes, mode: .conceal).error != nil)
        }
    }

    @Test func flippedAndMovedBytesNeverTrap() throws {
        var generator = SeededGenerator(seed: 4)
        let sample = try StreamSample.make(
            seed: 5, layers: 2, packets: 4, blocksPerPacket: 3, keyInterval: 2, keyEvery: 2,
            lastBlockCount: 1)
        let bytes = try sample.bytes
        let start = try sample.offsets[1]
        for _ in 0..<100_000 {
            var changed = bytes
            for _ in 0..<1 + generator.below(3) {
                changed[generator.below(changed.count)] ^= 1 << UInt8(generator.below(8))
            }
            if generator.below(4) == 0 { changed.removeLast(generator.below(changed.count)) }
            if generator.below(8) == 0 {
                changed.swapAt(generator.below(changed.count), generator.below(changed.count))
            }
            let strict = ReadResult.read(changed)
            #expect(strict.error != nil || changed == bytes)
            let concealed = ReadResult.read(changed, mode: .conceal)
            if concealed.error == nil {
                try ConcealmentTests.checkTiling(
                    concealed, header: sample.header, from: start, byteCount: changed.count,
                    originals: sample.packets)
            }
        }
    }
}
