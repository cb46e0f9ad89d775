import NeuralNetwork

/// A channel on its way from the chunks of a time-domain cascade to samples.
final class TimeDomainDecoder {
    private let coder: TimeDomainCoder
    /// Shared with the other channels of a stream.
    private let graph: Graph<Float>
    private var context: Context
    /// What the frame before left for the next one, faded out; nil at the beginning of a stream.
    private var tail: [Float]?
    private var concealment = Concealment(TimeDomainCoder.signal)
    /// Packets so far, concealed ones too, and the sum of the hashes of the decoded ones' chunks.
    private var packetCount = 0
    private(set) var symbolChecksum: UInt64 = 0

    fileprivate struct Context {
        var level = 0
        /// Of the layers that came since the key packet.
        var states: [TimeDomainSymbolModel.State] = []
    }

    /// A packet that was read: nothing can fail any more.
    struct ReadPacket {
        fileprivate var context: Context
        /// Of each layer, frame by frame.
        fileprivate var symbols: [[[UInt8]]]
        fileprivate var hash: UInt64
    }

    init(_ coder: TimeDomainCoder, _ graph: Graph<Float>) {
        self.coder = coder
        self.graph = graph
        context = Context()
    }

    /// Reads a packet's chunks (one per layer, at least one). The decoder is as it was until
    /// `sound`.
    func read(
        chunks: [[UInt8]], blocks: Int, isKey: Bool
    ) throws(EntropyCodingError) -> ReadPacket {
        var context = self.context
        if isKey { context.states = coder.symbolModels.map { $0.makeState() } }
        var hash: UInt64 = 0
        var symbols: [[[UInt8]]] = []
        for (layer, chunk) in chunks.prefix(context.states.count).enumerated() {
            var decoder = RangeDecoder(chunk)
            var own = SymbolHash(packet: packetCount, layer: layer)
            if layer == 0 {
                context.level = TimeDomainLevel.decode(
                    last: isKey ? nil : context.level, from: &decoder, hash: &own)
            }
            var frames: [[UInt8]] = []
            for _ in 0..<blocks {
                frames.append(
                    try coder.symbolModels[layer].decode(
                        state: &context.states[layer], from: &decoder, hash: &own))
            }
            symbols.append(frames)
            hash &+= own.value
        }
        return ReadPacket(context: context, symbols: symbols, hash: hash)
    }

    /// Samples of a packet that was read last.
    func sound(_ packet: ReadPacket) -> [Float] {
        context = packet.context
        packetCount += 1
        symbolChecksum &+= packet.hash
        let unit = PaperLevel.unit(index: context.level)
        var result: [Float] = []
        for block in 0..<(packet.symbols.first?.count ?? 0) {
            let frame = coder.frame(packet.symbols.map { $0[block] }, graph).map { $0 * unit }
            result += joined(frame)
        }
        concealment.recover()
        concealment.hear(result)
        return result
    }

    /// Samples in place of lost frames.
    func conceal(blocks: Int) -> [Float] {
        packetCount += 1
        let result = joined(
            concealment.samples(blocks * PaperFraming.hop, ahead: PaperFraming.overlap))
        concealment.hear(result)
        return result
    }

    /// Fades what came before into the next samples.
    /// - Parameter samples: 32 more than are given out; those are kept for the next ones
    private func joined(_ samples: [Float]) -> [Float] {
        let overlap = PaperFraming.overlap
        let rise = PaperFraming.singleRise
        var result = samples
        if let tail {
            for i in 0..<overlap { result[i] = samples[i] * rise[i] + tail[i] }
        }
        let end = samples.count - overlap
        tail = (0..<overlap).map { samples[end + $0] * rise[overlap - 1 - $0] }
        result.removeLast(overlap)
        return result
    }
}
