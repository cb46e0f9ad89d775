import CMRLCodec
import Testing

@Suite struct BitstreamTests {
    /// Streams of many shapes.
    static func samples() throws -> [StreamSample] {
        [
            try .make(seed: 1, packets: 0),
            try .make(seed: 2, lastBlockCount: 7),
            try .make(
                seed: 3, channels: 2, layers: 3, packets: 5, declaresSampleCount: true,
                sampleRate: 48_000),
            try .make(seed: 4, packets: 120, blocksPerPacket: 1, keyInterval: 50, keyEvery: 50),
            try .make(
                seed: 5, channels: 8, layers: 8, packets: 2, blocksPerPacket: 3000, chunkBytes: 200,
                sampleRate: 96_000),
            try .make(
                seed: 6, channels: 3, layers: 2, packets: 12, blocksPerPacket: 4, keyInterval: 7,
                keyEvery: 5, lastBlockCount: 1),
            try .make(seed: 7, blocksPerPacket: 1, auxiliary: StreamSample.auxiliary()),
        ]
    }

    @Test func streamsRoundTrip() throws {
        for sample in try Self.samples() {
            let result = ReadResult.read(try sample.bytes)
            #expect(result.error == nil)
            #expect(try result.events == sample.events)
            #expect(try ReadResult.read(sample.bytes, mode: .conceal).events == sample.events)
        }
    }

    @Test func eventsDoNotDependOnThePieces() throws {
        var generator = SeededGenerator(seed: 1)
        for sample in try Self.samples() {
            let bytes = try sample.bytes
            let whole = ReadResult.read(bytes)
            #expect(ReadResult.read(bytes) { 1 } == whole)
            for largest in [2, 5, 100, 1000] {
                #expect(ReadResult.read(bytes) { 1 + generator.below(largest) } == whole)
            }
        }
    }

    @Test func everyTruncationIsFound() throws {
        let sample = try StreamSample.make(seed: 2, layers: 2, packets: 3, lastBlockCount: 9)
        let bytes = try sample.bytes
        let offsets = try sample.offsets
        for count in 0..<bytes.count {
            let record = offsets.lastIndex { $0 <= count } ?? 0
            let result = ReadResult.read(Array(bytes.prefix(count)))
            guard case .truncated(let missing, let offset)? = result.error else {
                Issue.record("\(count) bytes: \(String(describing: result.error))")
                continue
            }
            #expect(offset == offsets[record])
            #expect(missing >= 1 && (missing <= offsets[record + 1] - count))
            // From the second byte of a packet's record on, the number is exact.
            if count > offsets[record] + 1, record > 0 {
                #expect(missing == offsets[record + 1] - count || record == 4)
            }
            #expect(result.packets == Array(sample.packets.prefix(max(0, record - 1))))
        }
    }

    @Test func overheadOfDefaultFramingIsBelowATenthOfAKilobitPerSecond() throws {
        // Mono, packets of 1 s at 16 kbit/s: 2000 bytes of payload a packet.
        for (layers, limit) in [(1, 64.0), (2, 80.0), (3, 96.0)] {
            let header = try StreamHeader(
                modelID: StreamSample.modelID, sampleRate: 16_000, channelCount: 1,
                layerCount: layers)
            #expect(header.blocksPerPacket == 50 && header.keyInterval == 1)
            let chunk = [UInt8](repeating: 0x55, count: 2000 / layers)
            let packet = Packet(
                isKey: true, blockCount: 50, rateIndices: [UInt8](repeating: 20, count: layers),
                chunks: [Array(repeating: chunk, count: layers)])
            let overhead = try packet.record(header: header).count - packet.payloadByteCount
            #expect(Double(8 * overhead) == limit)
            #expect(8 * overhead <= 100)
            // With header and end record in a file of 30 s.
            var writer = BitstreamWriter(header)
            var total = writer.headerBytes().count
            for _ in 0..<30 { total += try writer.packet(packet).count }
            total += try writer.end(sampleCount: 480_000).count
            let perSecond = Double(8 * (total - 30 * packet.payloadByteCount)) / 30
            #expect(perSecond < limit + 10)
        }
    }

    @Test func packetOutOfSequence() throws {
        let header = try StreamHeader(
            modelID: StreamSample.modelID, sampleRate: 16_000, channelCount: 1, blocksPerPacket: 1,
            keyInterval: 2, layerCount: 2)
        let key = Packet(isKey: true, blockCount: 1, rateIndices: [3], chunks: [[[1]]])
        let inner = Packet(isKey: false, blockCount: 1, rateIndices: [], chunks: [[[2]]])
        let wide = Packet(isKey: false, blockCount: 1, rateIndices: [], chunks: [[[2], [3]]])
        func check(_ packets: [Packet], _ expected: PacketError) throws {
            var bytes = header.bytes
            var offset = 0
            var writer = BitstreamWriter(header)
            var writeError: BitstreamError?
            for packet in packets {
                offset = bytes.count
                bytes += try packet.record(header: header)
                do throws(BitstreamError) { _ = try writer.packet(packet) } catch {
                    writeError = error
                }
            }
            #expect(writeError == .packet(expected, packet: packets.count - 1, offset: 0))
            #expect(
                ReadResult.read(bytes).error
                    == .packet(expected, packet: packets.count - 1, offset: offset))
        }
        try check([inner], .firstPacketNotKey)
        try check([key, inner, inner], .keyPacketMissing(interval: 2))
        try check([key, wide], .moreLayersThanKey(2, key: 1))
    }

    @Test func writerRefusesToGoOnAfterTheEnd() throws {
        let sample = try StreamSample.make(seed: 3, declaresSampleCount: true)
        var writer = BitstreamWriter(sample.header)
        for packet in sample.packets { _ = try writer.packet(packet) }
        #expect(throws: BitstreamError.sampleCountMismatch(header: sample.sampleCount, end: 1)) {
            try writer.end(sampleCount: 1)
        }
        _ = try writer.end(sampleCount: sample.sampleCount)
        #expect(throws: BitstreamError.writeAfterEnd) {
            try writer.end(sampleCount: sample.sampleCount)
        }
        #expect(throws: BitstreamError.writeAfterEnd) { try writer.packet(sample.packets[0]) }
        var other = BitstreamWriter(try StreamSample.make(seed: 3).header)
        #expect(
            throws: BitstreamError.headerField(
                .sampleCount, value: 1 << 48, minimum: 0, maximum: 1 << 48 - 1)
        ) {
            try other.end(sampleCount: 1 << 48)
        }
        #expect(
            throws: BitstreamError.headerField(
                .blockCount, value: 1 << 50, minimum: 0, maximum: 1 << 48 - 1)
        ) {
            try StreamEnd(sampleCount: 0, blockCount: 1 << 50)
        }
    }

    @Test func readingBeginsAtAnyKeyPacket() throws {
        let sample = try StreamSample.make(
            seed: 4, packets: 12, blocksPerPacket: 1, keyInterval: 4, keyEvery: 4)
        let bytes = try sample.bytes
        let offsets = try sample.offsets
        let all = try sample.events
        for packet in 0..<12 {
            var reader = BitstreamReader(resuming: sample.header, at: offsets[packet + 1])
            reader.push(bytes[offsets[packet + 1]...])
            reader.finish()
            if packet % 4 == 0 {
                var events: [BitstreamEvent] = []
                while let event = try reader.next() { events.append(event) }
                #expect(events == Array(all[(packet + 1)...]))
            } else {
                #expect(
                    throws: BitstreamError.packet(
                        .firstPacketNotKey, packet: 0, offset: offsets[packet + 1])
                ) { try reader.next() }
            }
        }
    }

    @Test func errorsStayErrors() throws {
        var reader = BitstreamReader()
        reader.push([1, 2, 3, 4])
        for _ in 0..<3 {
            #expect(throws: BitstreamError.badMagic(found: [1, 2, 3, 4])) { try reader.next() }
            reader.push([0])
            #expect(reader.bufferedByteCount == 0)
        }
    }
}
