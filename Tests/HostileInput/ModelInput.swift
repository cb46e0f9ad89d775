import CMRLCodec
import Crypto
import Foundation
import NeuralNetwork

/// A model file; where it can be read, a little sound goes through a codec with it.
enum ModelInput {
    static func outcome(_ bytes: [UInt8]) -> String {
        let model: CodecModel
        do { model = try CodecModel(bytes: bytes) } catch { return "\(error)" }
        do {
            var configuration = Encoder.Configuration()
            let layers = min(model.layerCount, 2)
            configuration.rateIndices = [UInt8(90), 200].suffix(layers)
            configuration.blocksPerPacket = 2
            let encoder = try Encoder(model: model, configuration: configuration)
            var state: UInt32 = 1
            try encoder.push([
                (0..<1000).map { _ in
                    state = state &* 1_664_525 &+ 1_013_904_223
                    return Float(Int32(bitPattern: state)) * 0x1p-32
                }
            ])
            try encoder.finish()
            let header = try StreamHeader(
                modelID: model.id, sampleRate: 16_000, channelCount: 1, blocksPerPacket: 2, keyInterval: configuration.keyInterval,
                layerCount: encoder.layers)
            let decoder = try Decoder(model: model, header: header)
            var samples = 0
            while let packet = encoder.pull() { try decoder.push(packet) }
            decoder.finish(sampleCount: 1000)
            while let piece = decoder.pull() { samples += piece[0].count }
            precondition(samples == 1000 && encoder.symbolChecksum == decoder.symbolChecksum, "encoder and decoder disagree")
            return "read: model \(model.name) of \(model.parameterCount) parameters"
        } catch { return "\(error)" }
    }

    /// The same file with its own length and SHA-256.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 64 else { return bytes }
        var result = bytes
        for i in 0..<8 { result[8 + i] = UInt8(truncatingIfNeeded: bytes.count >> (8 * i)) }
        let body = result.count - 32
        result.replaceSubrange(body..., with: Array(SHA256.hash(data: result[..<body])))
        return result
    }
}
