import CMRLCodec

/// Packets as a datagram transport might bring them, or a careless program make them, straight into
/// a decoder: every execution reaches symbols and samples.
///
/// Byte 0: bit 0 two channels, bit 1 low delay, bits 2, 3 layers to decode (0 all), bit 4 nested
/// layers. Then packets: a byte of bits 0, 1 blocks, 2 key, 4, 5 layers, 6 a rate index less, 7
/// conceal what is refused (once: it takes ten times as long as decoding), or 0x88 for a lost
/// packet; rate indices in key packets; each chunk a length and bytes.
public enum PacketInput {
    /// Blocks of all channels that are decoded at most.
    private static let mostBlocks = 6
    private static let header = Result {
        try Layering.allCases.map { layering in
            try (1...2).map {
                try StreamHeader(
                    modelID: TinyModel.model.id, sampleRate: 16_000, channelCount: $0,
                    blocksPerPacket: 2, keyInterval: 9,
                    layerCount: layering == .nested ? 3 : 2, layering: layering)
            }
        }
    }

    static func outcome(_ bytes: [UInt8]) -> String {
        let options = bytes.first ?? 0
        let isLowDelay = options & 2 != 0
        let played = play(bytes, isLowDelay: isLowDelay)
        // Holding samples back must not change them. Not asked every time: it costs as much again.
        if bytes.count % 8 == 0 {
            precondition(
                play(bytes, isLowDelay: !isLowDelay) == played, "low delay gives other samples")
        }
        return played.note
    }

    private struct Played: Equatable {
        var note: String
        var samples: [[UInt32]] = []
        var symbols: UInt64 = 0
    }

    private static func play(_ bytes: [UInt8], isLowDelay: Bool) -> Played {
        var reader = Reader(bytes: bytes)
        let options = reader.byte()
        let channels = 1 + Int(options & 1)
        let layers = Int(options >> 2 & 3)
        let decoder: CodecDecoder
        do {
            decoder = try CodecDecoder(
                model: TinyModel.model, header: header.get()[Int(options >> 4 & 1)][channels - 1],
                layers: layers == 0 ? nil : layers, isLowDelay: isLowDelay)
        } catch { return Played(note: "\(error)") }
        var samples = [[UInt32]](repeating: [], count: channels)
        var blocks = 0
        var packets = 0
        var hasConcealed = false
        var firstError: String?
        func pull() {
            while let piece = decoder.pull() {
                precondition(
                    piece.count == channels
                        && piece.allSatisfy {
                            $0.count == piece[0].count && $0.allSatisfy(\.isFinite)
                        })
                for c in 0..<channels { samples[c] += piece[c].map(\.bitPattern) }
            }
        }
        while !reader.isAtEnd, blocks * channels < mostBlocks {
            let packet = reader.packet(channels: channels)
            packets += 1
            do {
                try decoder.push(packet.isLost ? nil : packet.packet)
                blocks += packet.isLost ? 2 : packet.packet.blockCount
            } catch {
                firstError = firstError ?? "\(error)"
                if packet.conceals && !hasConcealed {
                    hasConcealed = true
                    decoder.conceal(blocks: packet.packet.blockCount)
                    blocks += packet.packet.blockCount
                }
            }
            pull()
        }
        decoder.finish(sampleCount: blocks * TinyModel.model.signal.blockSamples)
        pull()
        precondition(
            samples.allSatisfy { $0.count == blocks * TinyModel.model.signal.blockSamples },
            "\(samples.map(\.count)) samples of \(blocks) blocks")
        return Played(
            note: firstError ?? "read: \(packets) packets, \(blocks) blocks", samples: samples,
            symbols: decoder.symbolChecksum)
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0
        var isAtEnd: Bool { position >= bytes.count }

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func byte() -> UInt8 {
            guard position < bytes.count else { return 0 }
            position += 1
            return bytes[position - 1]
        }

        mutating func chunk() -> [UInt8] {
            let start = min(position + 1, bytes.count)
            let end = min(start + Int(byte()), bytes.count)
            position = end
            return Array(bytes[start..<end])
        }

        mutating func packet(channels: Int) -> (packet: Packet, isLost: Bool, conceals: Bool) {
            let control = byte()
            let isKey = control & 4 != 0
            let layers = Int(control >> 4 & 3)
            let indices = max(layers - Int(control >> 6 & 1), 0)
            if control & 0x8F == 0x88 {
                return (
                    Packet(isKey: false, blockCount: 2, rateIndices: [], chunks: []), true, false
                )
            }
            let rates = isKey ? (0..<indices).map { _ in byte() } : []
            let chunks = (0..<channels).map { _ in (0..<layers).map { _ in chunk() } }
            return (
                Packet(
                    isKey: isKey, blockCount: Int(control & 3), rateIndices: rates, chunks: chunks),
                false, control & 0x80 != 0
            )
        }
    }

    /// Good packets in the form above, where they fit.
    public static func bytes(_ packets: [Packet], channels: Int) -> [UInt8] {
        var result: [UInt8] = [UInt8(channels - 1)]
        for packet in packets {
            result.append(
                UInt8(packet.blockCount & 3) | (packet.isKey ? 4 : 0) | UInt8(packet.layerCount & 3)
                    << 4)
            result += packet.rateIndices
            for chunk in packet.chunks.joined() {
                result += [UInt8(min(chunk.count, 255))] + chunk.prefix(255)
            }
        }
        return result
    }
}
