import CMRLCodec

/// What a packet of a stream holds, and what its bits are spent on.
public struct PacketReport: Encodable, Sendable {
    /// One layer of all channels.
    public struct Layer: Encodable, Sendable {
        public var bytes = 0
        /// Of key packets.
        public var rateIndex: Int?
    }

    /// Bits of a block by the model's probabilities, all channels together.
    public struct Block: Encodable, Sendable, Equatable {
        /// Where it begins, seconds.
        public var seconds: Double
        public var envelopeBits = 0.0
        /// Of the coefficients in each layer.
        public var layerBits: [Double] = []
    }

    public var file = ""
    public var kind = "packet"
    public var number = 0
    /// Of its record in the file, bytes.
    public var offset = 0
    /// Where it begins, seconds.
    public var seconds = 0.0
    public var isKey = false
    public var blocks = 0
    /// The record: payload and framing.
    public var bytes = 0
    public var payloadBytes = 0
    public var framingBytes = 0
    public var layers: [Layer] = []
    /// Absent without the model, and where a lost packet before makes it unreadable.
    public var blockBits: [Block]?
}

/// Reads what symbols a stream's packets hold, where its model is at hand.
struct PacketTracing {
    /// Blocks so far, lost ones included where their number is known.
    private(set) var blocks = 0
    private let tracer: SymbolTracer?
    private let header: StreamHeader

    init(_ header: StreamHeader, model: CodecModel?) throws(CodecError) {
        self.header = header
        tracer = try model.map { model throws(CodecError) in
            try SymbolTracer(model: model, header: header)
        }
    }

    /// - Returns: the blocks of each group; nil where they cannot be read
    mutating func read(_ packet: Packet) -> (report: PacketReport, traced: [[SymbolTracer.Block]]?)
    {
        var report = PacketReport()
        report.seconds = header.block.seconds(blocks: blocks)
        report.isKey = packet.isKey
        report.blocks = packet.blockCount
        report.payloadBytes = packet.payloadByteCount
        report.bytes = packet.recordByteCount(blocksPerPacket: header.blocksPerPacket)
        report.framingBytes = report.bytes - report.payloadBytes
        report.layers = (0..<packet.layerCount).map { layer in
            PacketReport.Layer(
                bytes: packet.chunks.reduce(0) { $0 + $1[layer].count },
                rateIndex: layer < packet.rateIndices.count
                    ? Int(packet.rateIndices[layer]) : nil)
        }
        let traced = try? tracer?.trace(packet)
        report.blockBits = traced.map { groups in
            (0..<packet.blockCount).map { block in
                let all = groups.map { $0[block] }
                return PacketReport.Block(
                    seconds: header.block.seconds(blocks: blocks + block),
                    envelopeBits: all.reduce(0) { $0 + Self.sum($1.envelopeBits) },
                    layerBits: (all.first?.layers.indices ?? 0..<0).map { layer in
                        all.reduce(0) { $0 + Self.sum($1.layers[layer].bits) }
                    })
            }
        }
        blocks += packet.blockCount
        return (report, traced)
    }

    func lose() { tracer?.lose() }

    private static func sum(_ bits: [Float]) -> Double { bits.reduce(0) { $0 + Double($1) } }
}
