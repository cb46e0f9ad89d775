import CMRLCodec

/// A stream through the readers and then, intact packets and damage, through the decoder.
enum PlayedStreamInput {
    /// Packets longer than this are not decoded here: a few bytes may stand for 255 channels of a
    /// minute, which take long but nothing else.
    private static let mostBlocks = 60

    static func outcome(_ bytes: [UInt8]) -> String {
        let readings = StreamInput.readings(bytes)
        let note = decode(readings.strict, conceals: false)
        _ = decode(readings.concealed, conceals: true)
        return readings.error.map { "\($0)" } ?? note
    }

    /// Samples of a reading, or the error.
    private static func decode(_ events: [BitstreamEvent], conceals: Bool) -> String {
        guard case .header(let header)? = events.first else { return "read: nothing" }
        let decoder: CodecDecoder
        do { decoder = try CodecDecoder(model: TinyModel.model, header: header) } catch {
            return "\(error)"
        }
        var samples = 0
        var packets = 0
        func pull() {
            while let piece = decoder.pull() {
                precondition(
                    piece.count == header.channelCount
                        && piece.allSatisfy {
                            $0.count == piece[0].count && $0.allSatisfy(\.isFinite)
                        })
                samples += piece[0].count
            }
        }
        for event in events {
            switch event {
            case .packet(let packet, _):
                guard packet.blockCount * header.channelCount <= mostBlocks else {
                    return "read: a packet of \(packet.blockCount) blocks"
                }
                packets += 1
                guard packets * header.channelCount <= mostBlocks else {
                    return "read: many packets"
                }
                do { try decoder.push(packet) } catch {
                    if !conceals { return "\(error)" }
                    decoder.conceal(blocks: packet.blockCount)
                }
            case .damaged, .truncated:
                guard header.blocksPerPacket * header.channelCount <= mostBlocks else {
                    return "read: damage"
                }
                decoder.conceal(blocks: header.blocksPerPacket)
            default: break
            }
            pull()
        }
        decoder.finish()
        pull()
        return "read: \(packets) packets, \(samples) samples"
    }
}
