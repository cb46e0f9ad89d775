import CMRLCodec
import Foundation
import TestSupport
import Testing

/// Single flipped bits: found, and reported with the record that they are in. `NWC_SOAK_TRIALS`
/// sets the number of random ones; `make soak` tries 100,000.
@Suite struct FlippedBitTests {
    private static let trials =
        ProcessInfo.processInfo.environment["NWC_SOAK_TRIALS"].flatMap { Int($0) } ?? 3000

    /// A stream and the positions of its records and of its end.
    private struct Stream {
        var bytes: [UInt8]
        var offsets: [Int]
        var packets: [Packet]
    }

    private static func streams() throws -> [Stream] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("TestVectors/codec")
        var streams = try ["mono", "coarse", "stereo-2-layers"].map { name in
            let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent("\(name).nwc")))
            let read = ReadResult.read(bytes)
            var offsets = [0]
            for event in read.events {
                if case .packet(_, let offset) = event { offsets.append(offset) }
            }
            let end =
                try #require(read.packets.last).recordByteCount(
                    blocksPerPacket: header(read).blocksPerPacket) + (offsets.last ?? 0)
            return Stream(
                bytes: bytes, offsets: offsets + [end, bytes.count], packets: read.packets)
        }
        let sample = try StreamSample.make(
            seed: 31, channels: 2, layers: 3, packets: 40, blocksPerPacket: 1, keyInterval: 10,
            keyEvery: 10, chunkBytes: 20, declaresSampleCount: true)
        streams.append(
            Stream(bytes: try sample.bytes, offsets: try sample.offsets, packets: sample.packets))
        return streams
    }

    private static func header(_ read: ReadResult) throws -> StreamHeader {
        guard case .header(let header)? = read.events.first else {
            throw CodecError.noKeyPacket
        }
        return header
    }

    private func check(_ stream: Stream, bit: Int) {
        var damaged = stream.bytes
        damaged[bit / 8] ^= 1 << (bit % 8)
        let record = stream.offsets.lastIndex { $0 <= bit / 8 } ?? 0
        let strict = ReadResult.read(damaged)
        #expect(strict.error != nil, "bit \(bit) can be flipped unseen")
        #expect(
            strict.error?.offset == stream.offsets[record],
            "bit \(bit): \(strict.error.map { "\($0)" } ?? "")")
        #expect(strict.packets == Array(stream.packets.prefix(max(record - 1, 0))), "bit \(bit)")
        guard record > 0 else { return }
        // Concealing costs this record only.
        let concealed = ReadResult.read(damaged, mode: .conceal)
        var left = stream.packets
        if record <= left.count { left.remove(at: record - 1) }
        #expect(concealed.error == nil && concealed.packets == left, "bit \(bit)")
        let isReported = concealed.events.contains { event in
            switch event {
            case .damaged(let range, _):
                range == stream.offsets[record]..<stream.offsets[record + 1]
            case .truncated(_, let offset):
                record == stream.packets.count + 1 && offset == stream.offsets[record]
            default: false
            }
        }
        #expect(isReported, "bit \(bit): \(concealed.events.count) events")
    }

    @Test func everyBitOfSmallStreams() throws {
        for stream in try Self.streams().prefix(2) {
            for bit in 0..<8 * stream.bytes.count { check(stream, bit: bit) }
        }
    }

    @Test func randomBits() throws {
        let streams = try Self.streams()
        var generator = SeededGenerator(seed: 100_000)
        for _ in 0..<Self.trials {
            let stream = streams[generator.below(streams.count)]
            check(stream, bit: generator.below(8 * stream.bytes.count))
        }
    }

    @Test func everyCutIsReportedWithItsPlace() throws {
        for stream in try Self.streams() {
            for count in 0..<stream.bytes.count {
                let cut = Array(stream.bytes[..<count])
                let record = stream.offsets.lastIndex { $0 <= count } ?? 0
                guard case .truncated(let missing, let offset)? = ReadResult.read(cut).error else {
                    Issue.record(
                        "cut at \(count): \(String(describing: ReadResult.read(cut).error))")
                    continue
                }
                #expect(
                    offset == stream.offsets[record] && missing > 0
                        && count + missing <= stream.bytes.count, "cut at \(count)")
                let concealed = ReadResult.read(cut, mode: .conceal)
                #expect(
                    (concealed.error == nil) == (record > 0)
                        && concealed.packets == Array(stream.packets.prefix(max(record - 1, 0))),
                    "cut at \(count)")
            }
        }
    }
}
