import CMRLCodec
import NeuralNetwork

/// Small streams for tests; contents depend on the seed only.
struct StreamSample {
    let header: StreamHeader
    /// Behind the header.
    let auxiliary: [AuxiliaryRecord]
    let packets: [Packet]
    let sampleCount: UInt64

    static let modelID = ModelID(rawValue: 0x0123_4567_89AB_CDEF)

    /// - Parameters:
    ///   - keyEvery: distance of the key packets, at most `keyInterval`.
    ///   - lastBlockCount: blocks of the last packet.
    static func make(
        seed: UInt64, channels: Int = 1, layers: Int = 1, packets: Int = 3,
        blocksPerPacket: Int = 50, keyInterval: Int = 1, keyEvery: Int = 1,
        lastBlockCount: Int? = nil, chunkBytes: Int = 12, declaresSampleCount: Bool = false,
        sampleRate: Int = 16_000, auxiliary: [AuxiliaryRecord] = []
    ) throws -> StreamSample {
        var generator = SeededGenerator(seed: seed)
        let last = lastBlockCount ?? blocksPerPacket
        let blocks = packets == 0 ? 0 : (packets - 1) * blocksPerPacket + last
        let sampleCount = UInt64(blocks * 320 * sampleRate / 16_000)
        let header = try StreamHeader(
            modelID: modelID, sampleRate: sampleRate, channelCount: channels,
            blocksPerPacket: blocksPerPacket, keyInterval: keyInterval,
            layerCount: layers, sampleCount: declaresSampleCount ? sampleCount : nil,
            formatVersion: auxiliary.isEmpty ? 1 : 2)
        let list = (0..<packets).map { index in
            let isKey = index % keyEvery == 0
            let rates = (0..<layers).map { UInt8(10 + $0 % 2 * generator.below(2)) }
            let chunks = (0..<channels).map { _ in
                (0..<layers).map { _ in generator.bytes(generator.below(2 * chunkBytes)) }
            }
            return Packet(
                isKey: isKey, blockCount: index == packets - 1 ? last : blocksPerPacket,
                rateIndices: isKey ? rates : [], chunks: chunks)
        }
        return StreamSample(
            header: header, auxiliary: auxiliary, packets: list, sampleCount: sampleCount)
    }

    /// Two records of format version 2: tags, and one of a kind to come.
    static func auxiliary() throws -> [AuxiliaryRecord] {
        [
            .tags(
                try StreamTags([
                    .init(name: "title", value: "Größe"), .init(name: "comment", value: "a\nb"),
                ])),
            .unknown(UnknownRecord(kind: 100, content: [0, 0x80, 7])),
        ]
    }

    var bytes: [UInt8] { get throws { try records.reduce([], +) } }

    /// Header, auxiliary records, packets, end.
    var records: [[UInt8]] {
        get throws {
            var writer = BitstreamWriter(header)
            var records = [writer.headerBytes()]
            for record in auxiliary { records.append(try writer.auxiliary(record)) }
            for packet in packets { records.append(try writer.packet(packet)) }
            records.append(try writer.end(sampleCount: sampleCount))
            return records
        }
    }

    /// Positions of header, auxiliary records, packets, end record and of the end of the stream.
    var offsets: [Int] {
        get throws { try records.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) } }
    }

    var blockCount: UInt64 { packets.reduce(0) { $0 + UInt64($1.blockCount) } }

    var events: [BitstreamEvent] {
        get throws {
            let offsets = try offsets
            let first = 1 + auxiliary.count
            return try [.header(header)]
                + auxiliary.enumerated().map { .auxiliary($1, offset: offsets[$0 + 1]) }
                + packets.enumerated().map { .packet($1, offset: offsets[$0 + first]) }
                + [.end(StreamEnd(sampleCount: sampleCount, blockCount: blockCount))]
        }
    }
}

/// Events of a stream, and the error that ended them.
struct ReadResult: Equatable {
    var events: [BitstreamEvent] = []
    var error: BitstreamError?
    /// Most bytes that the reader held.
    var largestBuffer = 0

    static func == (a: ReadResult, b: ReadResult) -> Bool {
        a.events == b.events && a.error == b.error
    }

    /// Pushes `bytes` in pieces whose sizes `size` chooses.
    static func read(
        _ bytes: [UInt8], mode: BitstreamReader.Mode = .strict, size: () -> Int = { .max }
    ) -> ReadResult {
        var result = ReadResult()
        var reader = BitstreamReader(mode: mode)
        do throws(BitstreamError) {
            var position = 0
            while position < bytes.count {
                let end = position + min(max(1, size()), bytes.count - position)
                reader.push(bytes[position..<end])
                position = end
                result.largestBuffer = max(result.largestBuffer, reader.bufferedByteCount)
                while let event = try reader.next() { result.events.append(event) }
            }
            reader.finish()
            while let event = try reader.next() { result.events.append(event) }
            if try reader.next() != nil {
                result.events.append(.truncated(missing: -1, offset: -1))
            }
        } catch {
            result.error = error
        }
        return result
    }

    var packets: [Packet] {
        events.compactMap { event in
            if case .packet(let packet, _) = event { packet } else { nil }
        }
    }
}
