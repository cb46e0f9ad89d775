import CMRLCodec
import Testing

/// Records of format version 2 that are no packets: tags, and kinds to come.
@Suite struct StreamTagTests {
    func tags(_ entries: (String, String)...) throws -> StreamTags {
        try StreamTags(
            entries.map { (entry) throws(StreamTagError) in
                try StreamTags.Entry(name: entry.0, value: entry.1)
            })
    }

    func events(_ bytes: [UInt8], _ mode: BitstreamReader.Mode = .strict) -> [BitstreamEvent] {
        ReadResult.read(bytes, mode: mode).events
    }

    /// The stream with other bytes in the place of a record.
    func replaced(_ sample: StreamSample, _ index: Int, by body: [UInt8]) throws -> [UInt8] {
        var records = try sample.records
        var record: [UInt8] = []
        var length = body.count
        while length >= 0x80 {
            record.append(UInt8(length & 0x7F) | 0x80)
            length >>= 7
        }
        record.append(UInt8(length))
        record += body
        let checksum = CRC32.checksum(of: record)
        record += (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
        records[index] = record
        return records.flatMap { $0 }
    }

    @Test func bytesOfARecord() throws {
        let record = AuxiliaryRecord.tags(try tags(("title", "Ü"), ("a-1_z", "x")))
        let header = try StreamSample.make(seed: 1, auxiliary: [record]).header
        var writer = BitstreamWriter(header)
        let bytes = try writer.auxiliary(record)
        let body: [UInt8] =
            [0x81, 5] + Array("title".utf8) + [2, 0xC3, 0x9C, 5] + Array("a-1_z".utf8) + [1, 0x78]
        #expect(Array(bytes.dropLast(4)) == [UInt8(body.count)] + body)
        #expect(record.byteCount == bytes.count && bytes.count == body.count + 5)
    }

    @Test func whatATagMayBe() throws {
        typealias Entry = StreamTags.Entry
        for name in ["", "Title", "a=b", "a b", "ä", String(repeating: "x", count: 65)] {
            #expect(throws: StreamTagError.name(name)) { try Entry(name: name, value: "x") }
        }
        for value in ["", "a\0b", String(repeating: "x", count: 65_001)] {
            #expect(throws: StreamTagError.value(name: "a", byteCount: value.utf8.count)) {
                try Entry(name: "a", value: value)
            }
        }
        let longest = try Entry(
            name: String(repeating: "x", count: 64), value: String(repeating: "é", count: 32_500))
        #expect(longest.byteCount == 1 + 64 + 3 + 65_000)
        #expect(throws: StreamTagError.tooLong(2 * longest.byteCount, limit: 65_535)) {
            try StreamTags([longest, longest])
        }
        // Everything that can be made can be read.
        let full = try StreamTags([
            longest, Entry(name: "a", value: String(repeating: "b", count: 463)),
        ])
        #expect(full.entries.reduce(0) { $0 + $1.byteCount } == 65_535)
        let sample = try StreamSample.make(seed: 1, blocksPerPacket: 1, auxiliary: [.tags(full)])
        #expect(try events(sample.bytes) == sample.events)
    }

    @Test func brokenTags() throws {
        let sample = try StreamSample.make(seed: 1, auxiliary: [.tags(tags(("title", "x")))])
        let offset = try sample.offsets[1]
        for (body, error) in [
            ([0x81, 1], StreamTagError.malformed(position: 0)),
            ([0x81, 2, 0x61], .malformed(position: 0)),
            ([0x81, 1, 0x61], .malformed(position: 2)),
            ([0x81, 1, 0x61, 2, 0x62], .malformed(position: 2)),
            ([0x81, 1, 0x61, 0x80, 0x00], .malformed(position: 2)),
            ([0x81, 1, 0x61, 2, 0xC3, 0x28], .malformed(position: 3)),
            ([0x81, 1, 0x61, 0], .value(name: "a", byteCount: 0)),
            ([0x81, 1, 0x41, 1, 0x62], .name("A")),
            ([0x81, 0, 1, 0x62], .name("")),
        ] as [([UInt8], StreamTagError)] {
            let bytes = try replaced(sample, 1, by: body)
            #expect(ReadResult.read(bytes).error == .tags(error, offset: offset), "\(body)")
            // No sound is lost by it.
            let concealed = ReadResult.read(bytes, mode: .conceal)
            #expect(concealed.packets == sample.packets && concealed.error == nil, "\(body)")
        }
        let long = [0x81] + [UInt8](repeating: 0, count: 65_536)
        // The limit of packets, not of these records, ends far above.
        #expect(sample.header.maximumRecordLength > 65_537)
        #expect(
            ReadResult.read(try replaced(sample, 1, by: long)).error
                == .tags(.tooLong(65_537, limit: 65_536), offset: offset))
    }

    @Test func everyFlippedBitIsFound() throws {
        let sample = try StreamSample.make(seed: 3, packets: 2, auxiliary: StreamSample.auxiliary())
        let bytes = try sample.bytes
        let offsets = try sample.offsets
        for bit in 8 * offsets[1]..<8 * offsets[3] {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(ReadResult.read(damaged).error != nil, "bit \(bit)")
            let concealed = ReadResult.read(damaged, mode: .conceal)
            // A wrong length may lead to the beginning of a later record.
            let isLength = offsets.contains(bit / 8)
            #expect(concealed.error == nil, "bit \(bit)")
            #expect(isLength || concealed.packets == sample.packets, "bit \(bit)")
        }
    }

    @Test func damageOfTagsIsTold() throws {
        let sample = try StreamSample.make(seed: 3, packets: 2, auxiliary: StreamSample.auxiliary())
        let offsets = try sample.offsets
        var bytes = try sample.bytes
        bytes[offsets[1] + 5] ^= 1
        let damage = events(bytes, .conceal).compactMap { event -> (Range<Int>, BitstreamError)? in
            if case .damaged(let range, let reason) = event { (range, reason) } else { nil }
        }
        #expect(damage.map(\.0) == [offsets[1]..<offsets[2]])
        guard case .tags(.checksum, offsets[1])? = damage.first?.1 else {
            Issue.record("\(damage)")
            return
        }
    }

    @Test func placeOfTags() throws {
        let record = AuxiliaryRecord.tags(try tags(("title", "x")))
        let twice = try StreamSample.make(
            seed: 1, auxiliary: [.unknown(.init(kind: 9, content: []))])
        var writer = BitstreamWriter(twice.header)
        let bytes = try writer.auxiliary(record)
        #expect(throws: BitstreamError.tags(.misplaced, offset: 0)) { try writer.auxiliary(record) }
        _ = try writer.packet(twice.packets[0])
        _ = try writer.auxiliary(.unknown(.init(kind: 9, content: [1])))
        var late = BitstreamWriter(twice.header)
        _ = try late.packet(twice.packets[0])
        #expect(throws: BitstreamError.tags(.misplaced, offset: 0)) { try late.auxiliary(record) }
        _ = try late.end(sampleCount: 0)
        #expect(throws: BitstreamError.writeAfterEnd) { try late.auxiliary(record) }

        let records = try twice.records
        for order in [[0, 9, 9, 2, 3, 4, 5], [0, 2, 9, 3, 4, 5]] {
            let stream = order.flatMap { $0 == 9 ? bytes : records[$0] }
            let error = ReadResult.read(stream).error
            guard case .tags(.misplaced, _)? = error else {
                Issue.record("\(order): \(String(describing: error))")
                continue
            }
            #expect(ReadResult.read(stream, mode: .conceal).packets == twice.packets)
        }
    }

    /// What version 1 could not read is not written under its name.
    @Test func versionOneHasPacketsOnly() throws {
        let sample = try StreamSample.make(seed: 1, auxiliary: StreamSample.auxiliary())
        let old = try StreamSample.make(seed: 1)
        #expect(old.header.bytes[4] == 1 && sample.header.bytes[4] == 2)
        var writer = BitstreamWriter(old.header)
        #expect(throws: BitstreamError.auxiliaryRecord(version: 1)) {
            try writer.auxiliary(sample.auxiliary[0])
        }
        let mixed = try old.header.bytes + sample.records.dropFirst().joined()
        #expect(
            ReadResult.read(mixed).error
                == .packet(.reservedFlags(0x81), packet: 0, offset: old.header.bytes.count))
        #expect(throws: BitstreamError.unsupportedVersion(5)) {
            try StreamHeader(
                modelID: StreamSample.modelID, sampleRate: 8000, channelCount: 1, layerCount: 1,
                formatVersion: 5)
        }
    }

    @Test func strippersKeepThem() throws {
        let sample = try StreamSample.make(
            seed: 4, layers: 3, auxiliary: StreamSample.auxiliary())
        var stripper = try LayerStripper(layers: 1)
        let bytes = try stripper.push(sample.bytes) + stripper.finish()
        let records = events(bytes).compactMap { event -> AuxiliaryRecord? in
            if case .auxiliary(let record, _) = event { record } else { nil }
        }
        #expect(records == sample.auxiliary)
        #expect(ReadResult.read(bytes).packets.map(\.layerCount) == [1, 1, 1])
    }

    /// A packet may be longer than other records may, and the other way round.
    @Test func lengthsAreLimitedByKind() throws {
        let sample = try StreamSample.make(
            seed: 1, packets: 1, blocksPerPacket: 1, auxiliary: StreamSample.auxiliary())
        let limit = sample.header.maximumBodyLength
        #expect(limit == 4132 && sample.header.maximumRecordLength == 65_536)
        let bytes = try replaced(sample, 3, by: [1] + [UInt8](repeating: 7, count: limit))
        #expect(
            ReadResult.read(bytes).error
                == .packetLength(
                    UInt64(limit + 1), limit: limit, packet: 0, offset: try sample.offsets[3]))
    }
}
