import CMRLCodec
import Dispatch
import Foundation

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

    /// Codes every clip, each as a whole sound.
    /// - Parameters:
    ///   - layers: modules that are sent
    ///   - decodedLayers: layers that the decoder uses; nil = all.
    ///   - decoded: every clip's sound, on several threads at once
    public func run(
        corpus: Corpus, rate: CodecEncoder.Rate, layers: Int = 1, decodedLayers: Int? = nil,
        threads: Int = 2,
        decoded: (@Sendable (Corpus.Clip, [Float]) throws -> Void)? = nil
    ) throws -> Result {
        let parts = try InTurns.run(corpus.clips.count, threads: threads) {
            Result()
        } _: { i, sum in
            try code(corpus.clips[i], rate, layers, decodedLayers, decoded, &sum)
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

    private func code(
        _ clip: Corpus.Clip, _ rate: CodecEncoder.Rate, _ layers: Int, _ decodedLayers: Int?,
        _ receive: (@Sendable (Corpus.Clip, [Float]) throws -> Void)?, _ sum: inout Result
    ) throws {
        let samples = clip.floats
        let start = DispatchTime.now()
        let stream = try model.encode([samples], rate: rate, layers: layers)
        let middle = DispatchTime.now()
        let output = try model.decode(stream, layers: decodedLayers).channels.first ?? []
        let end = DispatchTime.now()
        var reader = BitstreamReader()
        reader.push(stream)
        reader.finish()
        while let event = try reader.next() {
            guard case .packet(let packet, _) = event else { continue }
            sum.payloadBytes += packet.payloadByteCount
            sum.packets += 1
        }
        var signal = 1e-9
        var noise = 1e-9
        for (x, y) in zip(samples, output) {
            signal += Double(x * x)
            noise += Double((x - y) * (x - y))
        }
        sum.seconds += Double(samples.count) / Double(model.signal.sampleRate)
        sum.snr += 10 * log10(signal / noise)
        sum.encodeSeconds += Double(middle.uptimeNanoseconds - start.uptimeNanoseconds) * 1e-9
        sum.decodeSeconds += Double(end.uptimeNanoseconds - middle.uptimeNanoseconds) * 1e-9
        try receive?(clip, output)
    }
}
