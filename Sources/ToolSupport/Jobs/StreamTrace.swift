import CMRLCodec

/// A stream in memory: its sound, and what every block of it cost.
public struct StreamTrace: Sendable {
    /// Bits of a block, all channels together.
    public struct Block: Sendable {
        public var envelopeBits = 0.0
        /// Coefficients of each layer.
        public var layerBits: [Double] = []
        /// Its share of what its packet has beside symbols: framing, ends of chunks.
        public var framingBits = 0.0
        /// Coefficients by frequency, `bands` of equal width, all layers.
        public var bandBits: [Double] = []
        /// False where it could not be read, or is lost.
        public var isRead = false
    }

    /// Bands of `Block.bandBits`.
    public static let bands = 32
    /// Samples at the model's rate, mean of all channels.
    public let samples: [Float]
    /// Hz.
    public let sampleRate: Int
    /// Seconds of a block.
    public let blockSeconds: Double
    public let layers: Int
    public let blocks: [Block]

    /// - Parameters:
    ///   - path: of a stream
    ///   - models: where its model is looked for
    /// - Throws: `ToolFailure` for what is no stream, or of no model that is there
    public init(path: String, models: ModelCache) throws {
        let bytes = try InputBytes(path: path).all(limit: Self.fileLimit)
        var reader = BitstreamReader(mode: .conceal)
        reader.push(bytes)
        reader.finish()
        var blocks: [Block] = []
        var opened: (header: StreamHeader, tracer: SymbolTracer, decoder: CodecDecoder)?
        func next() throws(ToolFailure) -> BitstreamEvent? {
            do { return try reader.next() } catch { throw .runtime("\(path): \(error)") }
        }
        while let event = try next() {
            switch event {
            case .header(let header):
                let model = try models.find(id: header.modelID, stream: path)
                opened = (
                    header, try SymbolTracer(model: model, header: header),
                    try CodecDecoder(model: model, header: header)
                )
            case .packet(let packet, _):
                guard let (header, tracer, decoder) = opened else { continue }
                try decoder.push(packet)
                blocks += Self.blocks(packet, header, try? tracer.trace(packet))
            case .damaged:
                // How much is missing is not known: the usual packet.
                guard let (header, tracer, decoder) = opened, !blocks.isEmpty else { continue }
                tracer.lose()
                try decoder.push(nil)
                blocks += Array(repeating: Block(), count: header.blocksPerPacket)
            case .auxiliary, .end, .truncated: continue
            }
        }
        guard let (header, _, decoder) = opened else {
            throw ToolFailure.runtime("\(path): no stream")
        }
        decoder.finish()
        let channels = decoder.pull() ?? []
        let count = channels.map(\.count).min() ?? 0
        samples = (0..<count).map { i in
            channels.reduce(0) { $0 + $1[i] } / Float(channels.count)
        }
        sampleRate = header.block.sampleRate
        blockSeconds = header.block.seconds(blocks: 1)
        layers = header.layerCount
        self.blocks = blocks
    }

    private static let fileLimit = 256 << 20

    private static func blocks(
        _ packet: Packet, _ header: StreamHeader, _ traced: [[SymbolTracer.Block]]?
    ) -> [Block] {
        let record = packet.recordByteCount(blocksPerPacket: header.blocksPerPacket)
        guard let traced else {
            return Array(repeating: Block(), count: packet.blockCount)
        }
        let width = header.block.samples
        var blocks = (0..<packet.blockCount).map { index in
            var block = Block(
                layerBits: Array(repeating: 0, count: header.layerCount),
                bandBits: Array(repeating: 0, count: bands), isRead: true)
            for found in traced.map({ $0[index] }) {
                block.envelopeBits += found.envelopeBits.reduce(0) { $0 + Double($1) }
                // Channels of a frame lie one behind the other.
                let hop = max(width / max(found.frames, 1), 1)
                for (layer, values) in found.layers.enumerated() {
                    for (i, bits) in values.bits.enumerated() {
                        block.layerBits[layer] += Double(bits)
                        block.bandBits[i % hop * bands / hop] += Double(bits)
                    }
                }
            }
            return block
        }
        let spent = blocks.reduce(0) { $0 + $1.envelopeBits + $1.layerBits.reduce(0, +) }
        let rest = max(0, Double(8 * record) - spent) / Double(max(packet.blockCount, 1))
        for index in blocks.indices { blocks[index].framingBits = rest }
        return blocks
    }
}
