import CMRLCodec
import Foundation
import Testing

/// Committed streams in `TestVectors/bitstream`: what is read today must be readable for ever, and
/// the writer's bytes must not change.
///
/// `NWC_WRITE_TEST_VECTORS=1 swift test --filter BitstreamVectorTests` writes them anew, which is
/// right only together with a new format version.
@Suite(.serialized) struct BitstreamVectorTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("TestVectors/bitstream")
    private static let isWriting =
        ProcessInfo.processInfo.environment["NWC_WRITE_TEST_VECTORS"] != nil

    /// The file's bytes; writes `bytes` first when asked to.
    private func committed(_ name: String, _ bytes: [UInt8]) throws -> [UInt8] {
        let url = Self.folder.appendingPathComponent(name)
        if Self.isWriting {
            try FileManager.default.createDirectory(
                at: Self.folder, withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
        return try [UInt8](Data(contentsOf: url))
    }

    private func samples() throws -> [(name: String, sample: StreamSample)] {
        [
            ("empty", try .make(seed: 1, packets: 0, declaresSampleCount: true)),
            ("mono", try .make(seed: 2, packets: 3, lastBlockCount: 17, declaresSampleCount: true)),
            (
                "stereo-3-layers",
                try .make(
                    seed: 3, channels: 2, layers: 3, packets: 3, lastBlockCount: 1, chunkBytes: 8,
                    sampleRate: 48_000)
            ),
            (
                "real-time",
                try .make(
                    seed: 4, packets: 12, blocksPerPacket: 1, keyInterval: 5, keyEvery: 5,
                    chunkBytes: 8, sampleRate: 8000)
            ),
            ("tags", try .make(seed: 5, auxiliary: StreamSample.auxiliary())),
        ]
    }

    @Test func goodStreams() throws {
        for (name, sample) in try samples() {
            let bytes = try committed(name + ".nwc", sample.bytes)
            #expect(try bytes == sample.bytes, "\(name)")
            #expect(try ReadResult.read(bytes).events == sample.events, "\(name)")
        }
    }

    @Test func brokenStreams() throws {
        let (bytes, offsets, sample) = (
            try samples()[1].sample.bytes, try samples()[1].sample.offsets, try samples()[1].sample
        )
        let limit = sample.header.maximumBodyLength
        func changed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var copy = bytes
            change(&copy)
            return copy
        }
        func number(_ bytes: [UInt8], _ position: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << (8 * UInt32($1)) }
        }
        let header = changed { $0[10] ^= 0x20 }
        let headerEnd = offsets[1] - 4
        let packet = changed { $0[offsets[2] + 4] ^= 0x01 }
        let packetEnd = offsets[3] - 4
        let end = changed { $0[offsets[4] + 1] ^= 0x04 }
        let endEnd = bytes.count - 4
        let vectors: [(String, [UInt8], BitstreamError)] = [
            ("bad-magic", changed { $0[3] = 0x0A }, .badMagic(found: [0x4E, 0x57, 0x43, 0x0A])),
            ("future-version", changed { $0[4] = 9 }, .unsupportedVersion(9)),
            (
                "damaged-header", header,
                .headerChecksum(
                    declared: number(header, headerEnd),
                    computed: CRC32.checksum(of: header[..<headerEnd]))
            ),
            (
                "damaged-packet", packet,
                .packetChecksum(
                    packet: 1, offset: offsets[2], declared: number(packet, packetEnd),
                    computed: CRC32.checksum(of: packet[offsets[2]..<packetEnd]))
            ),
            (
                "forged-length",
                Array(bytes[..<offsets[2]]) + [0xFF, 0xFF, 0xFF, 0x7F] + bytes[(offsets[2] + 1)...],
                .packetLength(0x0FFF_FFFF, limit: limit, packet: 1, offset: offsets[2])
            ),
            (
                "missing-packet", Array(bytes[..<offsets[2]]) + bytes[offsets[3]...],
                .blockCountMismatch(declared: 117, counted: 67)
            ),
            ("no-end", Array(bytes[..<offsets[4]]), .truncated(missing: 7, offset: offsets[4])),
            (
                "cut-in-packet", Array(bytes[..<(offsets[3] - 5)]),
                .truncated(missing: 5, offset: offsets[2])
            ),
            (
                "damaged-end", end,
                .endChecksum(
                    offset: offsets[4], declared: number(end, endEnd),
                    computed: CRC32.checksum(of: end[offsets[4]..<endEnd]))
            ),
            ("data-after-end", bytes + [0x0A], .dataAfterEnd(offset: bytes.count)),
        ]
        for (name, expected, error) in vectors {
            let bytes = try committed("broken-" + name + ".nwc", expected)
            #expect(bytes == expected, "\(name)")
            #expect(ReadResult.read(bytes).error == error, "\(name)")
        }
    }

    @Test func rangeCoderChunkAndTables() throws {
        // Counts 2^(16 - k) + 3 t; values drawn by SplitMix64 with seed 9.
        let magnitudes = try MagnitudeTableSet(
            counts: (0..<4).map { table in
                (0..<9).map { UInt64(1) << UInt64(16 - $0) + UInt64(3 * table) }
            })
        let signed = try SignedTableSet(counts: [[1, 2, 5, 30, 100, 40, 9, 3, 1]])
        let tableBytes = (magnitudes.words + signed.words).flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
        }
        #expect(try committed("tables.bin", tableBytes) == tableBytes)

        var generator = SeededGenerator(seed: 9)
        let values = (0..<300).map { index in
            index % 50 == 49
                ? generator.below(2_000_000) - 1_000_000
                : generator.below(1 + index % 12) - generator.below(1 + index % 7)
        }
        var encoder = RangeEncoder()
        for (index, value) in values.enumerated() {
            if index % 3 == 2 {
                try signed.encodeSigned(value, table: 0, into: &encoder)
            } else {
                try magnitudes.encode(value, table: index % 4, into: &encoder)
            }
            if index % 10 == 0 { encoder.encodeBits(UInt32(index), count: 9) }
        }
        encoder.encodeBits(0xABCDEF, count: 24)
        let expected = encoder.finish()
        let bytes = try committed("range-coder.bin", expected)
        #expect(bytes == expected)
        let list = Array(values.map(String.init).joined(separator: "\n").utf8) + [0x0A]
        #expect(try committed("range-coder-values.txt", list) == list)
        var decoder = RangeDecoder(bytes)
        for (index, value) in values.enumerated() {
            if index % 3 == 2 {
                #expect(try signed.decodeSigned(table: 0, from: &decoder) == value)
            } else {
                #expect(try magnitudes.decode(table: index % 4, from: &decoder) == value)
            }
            if index % 10 == 0 { #expect(decoder.decodeBits(count: 9) == UInt32(index)) }
        }
        #expect(decoder.decodeBits(count: 24) == 0xABCDEF)
        #expect(decoder.excessByteCount == 0)
    }
}
