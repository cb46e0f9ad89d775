import CMRLCodec

/// Decodes a stream while it is being written and compares it with what was encoded (`--verify`).
struct Verification {
    private let model: CodecModel
    private let name: String
    private var reader = BitstreamReader(mode: .strict)
    private var decoder: CodecDecoder?
    private var samples = 0

    init(model: CodecModel, name: String) {
        self.model = model
        self.name = name
    }

    mutating func push(_ bytes: [UInt8]) throws {
        reader.push(bytes)
        try drain()
    }

    private mutating func drain() throws {
        while let event = try reader.next() {
            switch event {
            case .header(let header): decoder = try CodecDecoder(model: model, header: header)
            case .packet(let packet, _):
                try decoder?.push(packet)
                while let samples = decoder?.pull() { self.samples += samples.first?.count ?? 0 }
            case .auxiliary, .end, .damaged, .truncated: break
            }
        }
    }

    /// - Returns: true.
    /// - Throws: `ToolFailure` where the decoder read other symbols than the encoder wrote.
    mutating func finish(encoder: CodecEncoder) throws -> Bool {
        reader.finish()
        try drain()
        guard let decoder else {
            throw ToolFailure.runtime("\(name): verification failed: no header")
        }
        decoder.finish(sampleCount: encoder.samplesIn)
        while let samples = decoder.pull() { self.samples += samples.first?.count ?? 0 }
        guard decoder.symbolChecksum == encoder.symbolChecksum else {
            throw ToolFailure.runtime(
                "\(name): verification failed: decoded symbols differ from the encoded ones")
        }
        guard samples == encoder.samplesIn else {
            throw ToolFailure.runtime(
                """
                \(name): verification failed: \(samples) samples decoded, \
                \(encoder.samplesIn) encoded
                """
            )
        }
        return true
    }
}
