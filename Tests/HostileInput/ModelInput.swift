import CMRLCodec
import Foundation
import NeuralNetwork

/// A model file; where it can be read, a little sound goes through a codec with it.
enum ModelInput {
    static func outcome(_ bytes: [UInt8]) -> String {
        if bytes.count <= smallFile, let file = try? WeightFile(bytes) { readAll(file) }
        let model: CodecModel
        do { model = try CodecModel(bytes: bytes) } catch { return "\(error)" }
        return coded(with: model, "model \(model.name) of \(model.parameterCount) parameters")
    }

    /// A little sound through a codec.
    /// - Parameter name: of the model, for the line that is returned
    static func coded(with model: CodecModel, _ name: String) -> String {
        do {
            let layers = min(model.layerCount, 2)
            var configuration = CodecEncoder.Configuration(
                layers: layers,
                rate: .indices(
                    model.fixedRates == nil
                        ? [UInt8(90), 200].suffix(layers) : Array(repeating: 0, count: layers)))
            configuration.blocksPerPacket = 2
            let encoder = try CodecEncoder(model: model, configuration: configuration)
            var state: UInt32 = 1
            try encoder.push([
                (0..<1000).map { _ in
                    state = state &* 1_664_525 &+ 1_013_904_223
                    return Float(Int32(bitPattern: state)) * 0x1p-32
                }
            ])
            try encoder.finish()
            let decoder = try CodecDecoder(model: model, header: try encoder.header())
            var samples = 0
            while let packet = encoder.pull() { try decoder.push(packet) }
            decoder.finish(sampleCount: 1000)
            while let piece = decoder.pull() { samples += piece[0].count }
            precondition(
                samples == 1000 && encoder.symbolChecksum == decoder.symbolChecksum,
                "encoder and decoder disagree")
            return "read: \(name)"
        } catch { return "\(error)" }
    }

    /// No codec fits into such a file, whose tensors are read one by one instead.
    private static let smallFile = 4096

    /// Every tensor in every way: values of the right number, or an error.
    private static func readAll(_ file: WeightFile) {
        for tensor in file.tensors {
            func check(_ count: Int?) {
                precondition(
                    count == nil || count == tensor.elementCount,
                    "\(tensor.name): \(String(describing: count)) values")
            }
            check((try? file.floats(tensor.name, shape: tensor.shape))?.count)
            check((try? file.int8s(tensor.name))?.count)
            check((try? file.int16s(tensor.name))?.count)
            check((try? file.uint16s(tensor.name))?.count)
            check((try? file.int32s(tensor.name))?.count)
        }
    }

    /// The tiny model with bytes replaced: a place (3 bytes, lowest first) and a new byte, and so
    /// on.
    static func changed(_ changes: [UInt8]) -> [UInt8] {
        var result = TinyModel.bytes
        for i in stride(from: 0, to: changes.count - 3, by: 4) {
            let place = Int(changes[i]) | Int(changes[i + 1]) << 8 | Int(changes[i + 2]) << 16
            result[place % result.count] = changes[i + 3]
        }
        return result
    }

    /// The same file with its own length and SHA-256.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 64 else { return bytes }
        var result = bytes
        for i in 0..<8 { result[8 + i] = UInt8(truncatingIfNeeded: bytes.count >> (8 * i)) }
        let body = result.count - 32
        result.replaceSubrange(
            body..., with: result[..<body].withUnsafeBytes { SHA256Digest.of($0) })
        return result
    }
}
