import CMRLCodec
import Dispatch
import Foundation
import NeuralNetwork

/// Speech through a model file's real encoder and decoder.
public struct ModelEvaluation {
    public struct Result: Sendable, Codable {
        public var seconds = 0.0
        public var payloadBytes = 0
        public var packets = 0
        /// Mean over clips of plain SNR in dB.
        public var snr = 0.0
        public var encodeSeconds = 0.0
        public var decodeSeconds = 0.0
        public var payloadKbps: Double { Double(payloadBytes) * 8 / seconds / 1000 }
    }

    public let model: CodecModel
    public init(model: CodecModel) { self.model = model }

    /// Codes every clip with fixed rate indices.
    /// - Parameter decodedLayers: layers that the decoder uses; nil = all.
    public func run(
        corpus: Corpus, rateIndices: [UInt8], decodedLayers: Int? = nil,
        threads: Int = 2,
        decoded: (@Sendable (Corpus.Clip, [Float]) throws -> Void)? = nil
    ) throws -> Result {
        let parts = try InTurns.run(corpus.clips.count, threads: threads) {
            Result()
        } _: { i, sum in
            try Self.code(
                corpus.clips[i], model: model, rateIndices, decodedLayers, decoded, &sum)
        }
        var total = Result()
        for part in parts {
            total.seconds += part.seconds
            total.payloadBytes += part.payloadBytes
            total.packets += part.packets
            total.snr += part.snr / Double(corpus.clips.count)
            total.encodeSeconds += part.encodeSeconds
            total.decodeSeconds += part.decodeSeconds
        }
        return total
    }

    private static func code(
        _ clip: Corpus.Clip, model: CodecModel, _ rateIndices: [UInt8], _ decodedLayers: Int?,
        _ receive: (@Sendable (Corpus.Clip, [Float]) throws -> Void)?, _ sum: inout Result
    ) throws {
        let samples = clip.floats
        let configuration = CodecEncoder.Configuration(
            layers: rateIndices.count, rate: .indices(rateIndices))
        let start = DispatchTime.now()
        let encoder = try CodecEncoder(model: model, configuration: configuration)
        try encoder.push([samples])
        try encoder.finish()
        var packets: [Packet] = []
        while let packet = encoder.pull() { packets.append(packet) }
        let middle = DispatchTime.now()
        let header = try encoder.header(sampleCount: UInt64(samples.count))
        let decoder = try CodecDecoder(model: model, header: header, layers: decodedLayers)
        for packet in packets { try decoder.push(packet) }
        decoder.finish(sampleCount: samples.count)
        let output = decoder.pull()?.first ?? []
        let end = DispatchTime.now()
        var signal = 1e-9
        var noise = 1e-9
        for (x, y) in zip(samples, output) {
            signal += Double(x * x)
            noise += Double((x - y) * (x - y))
        }
        sum.seconds += Double(samples.count) / Double(model.signal.sampleRate)
        sum.payloadBytes += packets.reduce(0) { $0 + $1.payloadByteCount }
        sum.packets += packets.count
        sum.snr += 10 * log10(signal / noise)
        sum.encodeSeconds += Double(middle.uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9
        sum.decodeSeconds += Double(end.uptimeNanoseconds - middle.uptimeNanoseconds) * 1e-9
        try receive?(clip, output)
    }
}
