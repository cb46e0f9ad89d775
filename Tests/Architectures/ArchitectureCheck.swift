import CMRLCodec
import Glibc

/// Decodes a stream and prints checksums of what comes out, for comparison between processors:
/// architecture-check MODEL STREAM [POST-FILTER]. One line for each number of layers, one with
/// every fifth packet lost, one of the stream that encoding the samples again gives. Used by
/// Scripts/check-arm64.sh.
@main
struct ArchitectureCheck {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard (3...4).contains(arguments.count) else {
            fatalError("usage: architecture-check MODEL STREAM [POST-FILTER]")
        }
        var model = try CodecModel(bytes: read(arguments[1]))
        if arguments.count == 4 {
            model = try model.adding(PostFilter(bytes: read(arguments[3])))
        }
        var reader = BitstreamReader()
        var packets: [Packet] = []
        var header: StreamHeader?
        var sampleCount = 0
        reader.push(read(arguments[2]))
        reader.finish()
        while let event = try reader.next() {
            switch event {
            case .header(let found): header = found
            case .packet(let packet, _): packets.append(packet)
            case .end(let end): sampleCount = Int(end.sampleCount)
            default: break
            }
        }
        guard let header else { fatalError("no header") }
        var first: [[Float]] = []
        for layers in 1...min(model.layerCount, header.layerCount) {
            let decoder = try CodecDecoder(model: model, header: header, layers: layers)
            let samples = try decode(decoder, packets, sampleCount)
            if layers == 1 { first = samples }
            print(
                """
                \(layers) layers: symbols \(String(decoder.symbolChecksum, radix: 16)) \
                samples \(checksum(samples))
                """
            )
        }
        let lossy = try CodecDecoder(model: model, header: header)
        let samples = try decode(
            lossy, packets.enumerated().map { $0.offset % 5 == 3 ? nil : $0.element }, sampleCount)
        print(
            """
            packets lost: symbols \(String(lossy.symbolChecksum, radix: 16)) samples \
            \(checksum(samples)) concealed \(lossy.concealedBlocks)
            """
        )
        let indices = [UInt8(150), 60].suffix(min(model.layerCount, 2))
        let configuration = CodecEncoder.Configuration(
            channels: header.channelCount, layers: indices.count, rate: .indices(Array(indices)))
        let encoder = try CodecEncoder(model: model, configuration: configuration)
        try encoder.push(first)
        try encoder.finish()
        var bytes: [UInt8] = []
        while let packet = encoder.pull() { for chunk in packet.chunks.joined() { bytes += chunk } }
        print(
            """
            encoded again: symbols \(String(encoder.symbolChecksum, radix: 16)) chunks \
            \(CRC32.checksum(of: bytes)) of \(bytes.count) bytes
            """
        )
    }

    private static func decode(_ decoder: CodecDecoder, _ packets: [Packet?], _ sampleCount: Int)
        throws
        -> [[Float]]
    {
        var samples = [[Float]](repeating: [], count: decoder.header.channelCount)
        func pull() {
            while let piece = decoder.pull() { for i in piece.indices { samples[i] += piece[i] } }
        }
        for packet in packets {
            try decoder.push(packet)
            pull()
        }
        decoder.finish(sampleCount: sampleCount)
        pull()
        return samples
    }

    /// CRC-32 of single precision, little endian, interleaved, as in TestVectors/codec/golden.json.
    private static func checksum(_ samples: [[Float]]) -> String {
        var bytes: [UInt8] = []
        for i in samples[0].indices {
            for channel in samples {
                for shift: UInt32 in [0, 8, 16, 24] {
                    bytes.append(UInt8(truncatingIfNeeded: channel[i].bitPattern >> shift))
                }
            }
        }
        return String(CRC32.checksum(of: bytes), radix: 16)
    }

    private static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "rb") else { fatalError("cannot open \(path)") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { return bytes }
            bytes += block[..<count]
        }
    }
}
