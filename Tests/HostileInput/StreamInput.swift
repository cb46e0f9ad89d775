import CMRLCodec
import Foundation
import NeuralNetwork

/// A stream through readers and decoder.
enum StreamInput {
    /// The model of `TestVectors/codec`.
    static let model: CodecModel = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("TestVectors/codec/tiny.nwm")
        do { return try CodecModel(bytes: [UInt8](Data(contentsOf: file))) } catch { fatalError("\(file.path): \(error)") }
    }()

    /// Packets longer than this are not decoded here: a few bytes may stand for 255 channels of a minute, which take long but nothing else.
    private static let mostBlocks = 60

    /// What a reader found.
    private struct Reading: Equatable {
        var events: [BitstreamEvent] = []
        var error: BitstreamError?
    }

    private static func read(_ bytes: [UInt8], _ mode: BitstreamReader.Mode, piece: Int) -> Reading {
        var reading = Reading(), reader = BitstreamReader(mode: mode), position = 0, limit = 0
        do throws(BitstreamError) {
            repeat {
                let end = min(position + piece, bytes.count)
                reader.push(bytes[position..<end])
                position = end
                while let event = try reader.next() { reading.events.append(event) }
                limit = reader.header?.maximumBodyLength ?? 300
                precondition(reader.bufferedByteCount <= limit + piece + 128, "the reader holds \(reader.bufferedByteCount) bytes")
            } while position < bytes.count
            reader.finish()
            while let event = try reader.next() { reading.events.append(event) }
        } catch { reading.error = error }
        return reading
    }

    static func outcome(_ bytes: [UInt8]) -> String {
        let strict = read(bytes, .strict, piece: max(bytes.count, 1)), piece = 1 + Int(bytes.last ?? 0) % 64
        precondition(read(bytes, .strict, piece: piece) == strict, "events depend on the pieces")
        let concealed = read(bytes, .conceal, piece: max(bytes.count, 1))
        precondition(read(bytes, .conceal, piece: piece) == concealed, "events depend on the pieces")
        // What the strict reader gives before its error, the other gives too.
        let packets = strict.events.filter { if case .packet = $0 { true } else { false } }
        precondition(concealed.error != nil || packets.allSatisfy(concealed.events.contains), "concealing loses intact packets")
        if let error = strict.error { precondition(error.offset.map { (0...bytes.count).contains($0) } ?? true, "\(error) is not in the stream") }
        var note = decode(strict.events, conceals: false)
        _ = decode(concealed.events, conceals: true)
        if let error = strict.error { note = "\(error)" }
        return note
    }

    /// Samples of a reading, or the error.
    private static func decode(_ events: [BitstreamEvent], conceals: Bool) -> String {
        guard case .header(let header)? = events.first else { return "read: nothing" }
        let decoder: Decoder
        do { decoder = try Decoder(model: model, header: header) } catch { return "\(error)" }
        var samples = 0, packets = 0
        func pull() {
            while let piece = decoder.pull() {
                precondition(piece.count == header.channelCount && piece.allSatisfy { $0.count == piece[0].count && $0.allSatisfy(\.isFinite) })
                samples += piece[0].count
            }
        }
        for event in events {
            switch event {
            case .packet(let packet, _):
                guard packet.blockCount * header.channelCount <= mostBlocks else { return "read: a packet of \(packet.blockCount) blocks" }
                packets += 1
                guard packets * header.channelCount <= mostBlocks else { return "read: many packets" }
                do { try decoder.push(packet) } catch {
                    if !conceals { return "\(error)" }
                    decoder.conceal(blocks: packet.blockCount)
                }
            case .damaged, .truncated:
                guard header.blocksPerPacket * header.channelCount <= mostBlocks else { return "read: damage" }
                decoder.conceal(blocks: header.blocksPerPacket)
            default: break
            }
            pull()
        }
        decoder.finish()
        pull()
        return "read: \(packets) packets, \(samples) samples"
    }

    /// The same stream with right checksums and the model's identity, as far as records can be told apart.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        guard bytes.count > 19 else { return result }
        for (i, byte) in model.id.bytes.enumerated() { result[7 + i] = byte }
        var position = 6 + Int(bytes[5])
        guard position + 4 <= result.count else { return result }
        func seal(_ range: Range<Int>) {
            let crc = CRC32.checksum(of: result[range])
            for i in 0..<4 { result[range.upperBound + i] = UInt8(truncatingIfNeeded: crc >> (8 * UInt32(i))) }
        }
        seal(0..<position)
        position += 4
        while let (length, bodyStart) = varint(result, at: position) {
            var end = bodyStart + length
            if length == 0 {
                guard let (_, second) = varint(result, at: bodyStart), let (_, last) = varint(result, at: second) else { break }
                end = last
            }
            guard end + 4 <= result.count else { break }
            seal(position..<end)
            position = end + 4
        }
        return result
    }

    private static func varint(_ bytes: [UInt8], at start: Int) -> (value: Int, next: Int)? {
        var value = 0
        for i in 0..<4 {
            guard start + i < bytes.count else { return nil }
            value |= Int(bytes[start + i] & 0x7F) << (7 * i)
            if bytes[start + i] < 0x80 { return (value, start + i + 1) }
        }
        return nil
    }
}
