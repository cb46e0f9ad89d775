import CMRLCodec
import Testing

@Suite struct PacketTests {
    private func header(channels: Int = 1, layers: Int = 3, blocks: Int = 50) throws -> StreamHeader
    {
        try StreamHeader(
            modelID: StreamSample.modelID, sampleRate: 16_000, channelCount: channels,
            blocksPerPacket: blocks, keyInterval: 5, layerCount: layers)
    }

    private func parseError(_ body: [UInt8], _ header: StreamHeader) -> PacketError? {
        do throws(PacketError) {
            _ = try Packet(body: body, header: header)
            return nil
        } catch {
            return error
        }
    }

    private func writeError(_ packet: Packet, _ header: StreamHeader) -> PacketError? {
        do throws(PacketError) {
            _ = try packet.record(header: header)
            return nil
        } catch {
            return error
        }
    }

    @Test func layoutOfTheBody() throws {
        let header = try header(channels: 2, layers: 2)
        var packet = Packet(
            isKey: true, blockCount: 50, rateIndices: [7, 9],
            chunks: [[[1, 2], [3]], [[], [4, 5, 6]]])
        // Flags, rates, lengths of chunks (layer 1: 2, 0; layer 2: 1), layer 1, layer 2.
        #expect(try packet.body(header: header) == [0x05, 7, 9, 2, 0, 1, 1, 2, 3, 4, 5, 6])
        packet.rateIndices = [7, 7]
        #expect(try packet.body(header: header) == [0x25, 7, 2, 0, 1, 1, 2, 3, 4, 5, 6])
        packet.isKey = false
        packet.rateIndices = []
        packet.blockCount = 49
        #expect(try packet.body(header: header) == [0x06, 49, 2, 0, 1, 1, 2, 3, 4, 5, 6])
        let record = try packet.record(header: header)
        #expect(record.first == 11)
        #expect(record.count == 16)
        #expect(try Packet.parse(record: record, header: header) == packet)
    }

    @Test func anyPacketRoundTrips() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let channels = 1 + generator.below(4)
            let layers = 1 + generator.below(8)
            let header = try header(
                channels: channels, layers: layers, blocks: 1 + generator.below(200))
            let isKey = generator.below(2) == 0
            let present = 1 + generator.below(layers)
            let packet = Packet(
                isKey: isKey, blockCount: 1 + generator.below(header.blocksPerPacket),
                rateIndices: isKey ? (0..<present).map { _ in UInt8(generator.below(3)) } : [],
                chunks: (0..<channels).map { _ in
                    (0..<present).map { _ in
                        generator.bytes(generator.below(generator.below(3) * 150 + 1))
                    }
                })
            let body = try packet.body(header: header)
            #expect(try Packet(body: body, header: header) == packet)
            #expect(
                try Packet.parse(record: packet.record(header: header), header: header) == packet)
            #expect(
                try packet.recordByteCount(blocksPerPacket: header.blocksPerPacket)
                    == packet.record(header: header).count)
            let kept = 1 + generator.below(8)
            let stripped = try packet.stripped(toLayers: kept)
            #expect(stripped.chunks == packet.chunks.map { Array($0[..<min(kept, present)]) })
            #expect(stripped.rateIndices == Array(packet.rateIndices.prefix(kept)))
            #expect(stripped.isKey == packet.isKey && stripped.blockCount == packet.blockCount)
        }
    }

    @Test func packetsThatDoNotFitTheHeader() throws {
        let header = try header(channels: 1, layers: 2, blocks: 2)
        let good = Packet(isKey: true, blockCount: 2, rateIndices: [1, 2], chunks: [[[1], [2]]])
        #expect(writeError(good, header) == nil)
        func changed(_ change: (inout Packet) -> Void) -> Packet {
            var packet = good
            change(&packet)
            return packet
        }
        #expect(writeError(changed { $0.chunks = [] }, header) == .groupCount(0, expected: 1))
        #expect(
            writeError(changed { $0.chunks.append([[], []]) }, header)
                == .groupCount(2, expected: 1))
        #expect(writeError(changed { $0.chunks = [[]] }, header) == .layerCount(0, maximum: 2))
        #expect(
            writeError(changed { $0.chunks = [[[], [], []]] }, header) == .layerCount(3, maximum: 2)
        )
        #expect(
            writeError(changed { $0.rateIndices = [1] }, header) == .rateIndexCount(1, expected: 2))
        #expect(writeError(changed { $0.isKey = false }, header) == .rateIndexCount(2, expected: 0))
        #expect(
            writeError(changed { $0.blockCount = 0 }, header) == .blockCount(0, blocksPerPacket: 2))
        #expect(
            writeError(changed { $0.blockCount = 3 }, header) == .blockCount(3, blocksPerPacket: 2))
        let limit = header.maximumBodyLength
        #expect(limit == 32 + 2 * (4 + 8192))
        // 1 byte of flags, 2 rates, 3 bytes of length, 1 byte of chunk 1.
        #expect(
            writeError(
                changed { $0.chunks[0][0] = [UInt8](repeating: 0, count: limit - 7) }, header)
                == nil)
        #expect(
            writeError(
                changed { $0.chunks[0][0] = [UInt8](repeating: 0, count: limit - 6) }, header)
                == .tooLong(limit + 1, limit: limit))
        let stereo = try self.header(channels: 2, layers: 2, blocks: 2)
        #expect(
            writeError(changed { $0.chunks = [[[], []], [[]]] }, stereo)
                == .unevenLayers(group: 1, found: 1, expected: 2))
        #expect(throws: BitstreamError.layerSelection(layers: 0, minimum: 1, maximum: 8)) {
            try good.stripped(toLayers: 0)
        }
    }

    @Test func brokenBodies() throws {
        let header = try header(channels: 1, layers: 3)
        #expect(parseError([], header) == .malformedBody(position: 0))
        #expect(parseError([0x41, 0], header) == .reservedFlags(0x41))
        #expect(parseError([0x80], header) == .reservedFlags(0x80))
        // One rate for all, in a packet that is not a key packet or has one layer.
        #expect(parseError([0x24, 0], header) == .reservedFlags(0x24))
        #expect(parseError([0x21, 5], header) == .reservedFlags(0x21))
        #expect(parseError([0x0D, 1, 2, 3, 4, 0, 0, 0], header) == .layerCount(4, maximum: 3))
        #expect(parseError([0x01], header) == .malformedBody(position: 1))
        #expect(parseError([0x09, 1, 2], header) == .malformedBody(position: 3))
        #expect(parseError([0x09, 1, 2, 3, 0], header) == .malformedBody(position: 5))
        #expect(parseError([0x09, 1, 2, 3, 0, 0], header) == nil)
        #expect(parseError([0x02], header) == .malformedBody(position: 1))
        #expect(parseError([0x02, 0x80, 0], header) == .malformedBody(position: 1))
        #expect(parseError([0x02, 0], header) == .blockCount(0, blocksPerPacket: 50))
        #expect(parseError([0x02, 50], header) == .blockCount(50, blocksPerPacket: 50))
        #expect(
            parseError([0x02, 0xFF, 0xFF, 0x03], header) == .blockCount(65_535, blocksPerPacket: 50)
        )
        #expect(parseError([0x04, 3, 1, 1], header) == .chunkLengths(declared: 3, available: 2))
        #expect(
            parseError([0x04, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1], header)
                == .chunkLengths(declared: 1 << 49 - 1, available: 1))
        #expect(
            parseError([0x04, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], header)
                == .malformedBody(position: 1))
        let limit = header.maximumBodyLength
        #expect(
            parseError([UInt8](repeating: 0, count: limit + 1), header)
                == .tooLong(limit + 1, limit: limit))
    }

    @Test func brokenRecords() throws {
        let header = try header()
        let packet = Packet(isKey: true, blockCount: 50, rateIndices: [1], chunks: [[[1, 2, 3]]])
        let record = try packet.record(header: header)
        #expect(throws: BitstreamError.dataAfterEnd(offset: record.count)) {
            try Packet.parse(record: record + [0], header: header)
        }
        #expect(throws: BitstreamError.truncated(missing: 1, offset: 0)) {
            try Packet.parse(record: record.dropLast(), header: header)
        }
        #expect(throws: BitstreamError.truncated(missing: 7, offset: 0)) {
            try Packet.parse(record: [], header: header)
        }
        #expect(
            throws: BitstreamError.packetLength(
                0, limit: header.maximumBodyLength, packet: 0, offset: 0)
        ) {
            try Packet.parse(record: StreamEnd(sampleCount: 1, blockCount: 1).bytes, header: header)
        }
    }

    @Test func garbageBodiesNeverTrap() throws {
        var generator = SeededGenerator(seed: 2)
        let headers = [
            try header(), try header(channels: 3, layers: 8, blocks: 1),
            try header(channels: 255, layers: 8, blocks: 94),
        ]
        var parsed = 0
        for round in 0..<100_000 {
            let header = headers[round % headers.count]
            // Small values, so that many bodies get past the first checks.
            let body = (0..<generator.below(40)).map { _ in
                UInt8(generator.below(1 << generator.below(9)))
            }
            guard let packet = try? Packet(body: body, header: header) else { continue }
            parsed += 1
            // The same meaning in the shortest form; a body may spell equal rates one by one.
            let again = try packet.body(header: header)
            #expect(try Packet(body: again, header: header) == packet)
            #expect(again.count <= body.count)
        }
        #expect(parsed > 1000)
    }
}
