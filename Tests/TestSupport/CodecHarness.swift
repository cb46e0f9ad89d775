import CMRLCodec
import Foundation

/// Whole signals through `CodecEncoder` and `CodecDecoder`.
public struct CodedSignal: Sendable {
    public let model: CodecModel
    public let header: StreamHeader
    public let packets: [Packet]
    public let samples: Int
    /// Of the encoder.
    public let symbolChecksum: UInt64

    /// - Parameter pieces: lengths in which the samples are pushed; repeated, nil = all at once.
    public init(
        _ model: CodecModel, _ signal: [[Float]], rates: [UInt8]? = nil, blocksPerPacket: Int = 50,
        keyInterval: Int = 1, bitrate: Double? = nil, layering: Layering = .residual,
        pieces: [Int]? = nil
    ) throws {
        let indices = rates ?? [120]
        var configuration = CodecEncoder.Configuration(
            channels: signal.count, layers: bitrate == nil ? indices.count : 1, layering: layering,
            rate: bitrate.map { .bitrate($0) } ?? .indices(indices))
        configuration.blocksPerPacket = blocksPerPacket
        configuration.keyInterval = keyInterval
        let encoder = try CodecEncoder(model: model, configuration: configuration)
        let count = signal.first?.count ?? 0
        var packets: [Packet] = []
        var position = 0
        var piece = 0
        while position < count {
            let end = pieces.map { min(position + $0[piece % $0.count], count) } ?? count
            try encoder.push(signal.map { Array($0[position..<end]) })
            position = end
            piece += 1
            if piece % 3 == 0 { while let packet = encoder.pull() { packets.append(packet) } }
        }
        try encoder.finish()
        while let packet = encoder.pull() { packets.append(packet) }
        self.model = model
        self.packets = packets
        samples = count
        symbolChecksum = encoder.symbolChecksum
        header = try encoder.header(sampleCount: UInt64(count))
    }

    public var payloadBits: Int { packets.reduce(0) { $0 + 8 * $1.payloadByteCount } }

    /// The stream as a file holds it.
    public var bytes: [UInt8] {
        get throws {
            var writer = BitstreamWriter(header)
            var result = writer.headerBytes()
            for packet in packets { result += try writer.packet(packet) }
            return try result + writer.end(sampleCount: UInt64(samples))
        }
    }

    /// Decodes packets (nil = lost) and pulls after each; `sampleCount` nil = everything the
    /// packets hold.
    public static func decode(
        _ model: CodecModel, _ header: StreamHeader, _ packets: [Packet?], layers: Int? = nil,
        sampleCount: Int? = nil, pullsOnce: Bool = false, enhances: Bool? = nil
    ) throws -> (samples: [[Float]], checksum: UInt64) {
        let decoder = try CodecDecoder(
            model: model, header: header, layers: layers, enhances: enhances)
        var samples = [[Float]](repeating: [], count: header.channelCount)
        func pull() {
            while let piece = decoder.pull() {
                for (i, channel) in piece.enumerated() { samples[i] += channel }
            }
        }
        for packet in packets {
            try decoder.push(packet)
            if !pullsOnce { pull() }
        }
        decoder.finish(sampleCount: sampleCount)
        pull()
        return (samples, decoder.symbolChecksum)
    }

    public func decoded(layers: Int? = nil) throws -> [[Float]] {
        try Self.decode(model, header, packets, layers: layers, sampleCount: samples).samples
    }
}

/// Signal-to-noise ratio in dB.
public func signalToNoise(_ signal: [Float], _ decoded: [Float]) -> Double {
    var power = 1e-12
    var noise = 1e-12
    for (a, b) in zip(signal, decoded) {
        power += Double(a * a)
        noise += Double((a - b) * (a - b))
    }
    return 10 * log10(power / noise)
}
