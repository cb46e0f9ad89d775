/// Decodes packets into samples at the model's rate. Push packets (nil for a lost one), pull samples.
///
/// One object decodes one stream on one thread at a time; any number may run side by side.
public final class Decoder {
    public let model: CodecModel
    public let header: StreamHeader
    /// Layers that are decoded at most.
    public let layers: Int
    private var channels: [ChannelDecoder]
    private var rates: PacketRates?
    /// Layers that were in every packet since the key packet: where one was dropped on the way, its
    /// later symbols cannot be read.
    private var layersInStep = 0
    /// False from a lost packet to the next key packet: symbols depend on what was lost.
    private var isInStep = false
    private var output: [[Float]]
    /// Samples that `pull` leaves until more come or the stream ends: as many as a stream may hold
    /// beyond its length.
    private let heldBack: Int
    private var isFinished = false
    /// Samples per channel given out so far.
    public private(set) var samplesOut = 0
    public private(set) var concealedBlocks = 0
    /// A number made of all symbols that were decoded, the same as `Encoder.symbolChecksum` where
    /// nothing was lost or left out. A packet adds the same whatever was lost before it, where each
    /// lost packet was concealed by one call.
    public var symbolChecksum: UInt64 {
        channels.indices.reduce(0) { $0 &+ channels[$1].symbolChecksum &* UInt64(2 * $1 + 1) }
    }

    /// - Parameters:
    ///   - layers: decode at most so many layers; nil = all that come
    ///   - isLowDelay: `pull` gives every sample at once. Otherwise it keeps a block back,
    ///     so that `finish` can cut the output to the exact length: a stream holds whole blocks.
    public init(
        model: CodecModel, header: StreamHeader, layers: Int? = nil, isLowDelay: Bool = false
    ) throws(CodecError) {
        guard header.modelID == model.id else {
            throw .wrongModel(stream: header.modelID, model: model.id)
        }
        if let layers, !(1...model.layerCount).contains(layers) {
            throw .layers(layers, allowed: 1...model.layerCount)
        }
        self.model = model
        self.header = header
        self.layers = min(layers ?? model.layerCount, model.layerCount)
        heldBack = isLowDelay ? 0 : model.signal.blockSamples
        channels = (0..<header.channelCount).map { _ in ChannelDecoder(model.core) }
        output = Array(repeating: [], count: header.channelCount)
    }

    /// Decodes a packet; nil stands for a lost packet of the stream's usual size, which is
    /// concealed.
    ///
    /// Packets after a lost one are concealed as well until a key packet arrives, since their
    /// symbols cannot be read without it.
    public func push(_ packet: Packet?) throws(CodecError) {
        guard !isFinished else { throw .finished }
        guard let packet else { return conceal(blocks: header.blocksPerPacket) }
        guard packet.chunks.count == channels.count else {
            throw .channelCountMismatch(got: packet.chunks.count, expected: channels.count)
        }
        guard
            StreamHeader.blocksPerPacketRange(channels: channels.count).contains(packet.blockCount)
        else { throw .packet("\(packet.blockCount) blocks") }
        if packet.isKey {
            let indices = Array(packet.rateIndices.prefix(layers))
            guard !indices.isEmpty else { throw .packet("key packet without rate indices") }
            if indices != rates?.indices { rates = PacketRates(model.core, indices) }
            isInStep = true
            layersInStep = rates?.indices.count ?? 0
        }
        guard isInStep, let rates else {
            guard self.rates != nil || concealedBlocks > 0 else { throw .noKeyPacket }
            return conceal(blocks: packet.blockCount)
        }
        layersInStep = packet.chunks.reduce(layersInStep) { min($0, $1.count) }
        guard layersInStep > 0 else {
            isInStep = false
            throw .packet("a channel without chunks")
        }
        // A packet that turns out damaged must leave the decoder as it was.
        let kept = channels
        let before = output.map(\.count)
        for i in channels.indices {
            let chunks = Array(packet.chunks[i].prefix(layersInStep))
            do {
                output[i] += try channels[i].decode(
                    chunks: chunks, blocks: packet.blockCount, rates: rates, isKey: packet.isKey,
                    tables: model.tables)
            } catch {
                channels = kept
                for j in output.indices { output[j].removeLast(output[j].count - before[j]) }
                isInStep = false
                throw .entropy(error)
            }
        }
    }

    /// Conceals a lost packet of a known length; like `push(nil)` otherwise. Ignored after
    /// `finish`.
    /// - Parameter blocks: 1 ... as many as a packet of so many channels may hold; a larger number
    ///   counts as that
    public func conceal(blocks: Int) {
        guard !isFinished, blocks > 0 else { return }
        let blocks = min(
            blocks, StreamHeader.blocksPerPacketRange(channels: channels.count).upperBound)
        isInStep = false
        concealedBlocks += blocks
        for i in channels.indices { output[i] += channels[i].conceal(blocks: blocks) }
    }

    /// Samples per channel that `finish` fills in at most, a minute: a stream may declare any
    /// length.
    public var longestFill: Int { 60 * model.signal.sampleRate }

    /// Ends the stream: the last frames are given out.
    /// - Parameter sampleCount: cut or fill with zeros to so many samples per channel in all, at the
    ///   model's rate (streams say their length at the source's rate); at most `longestFill` zeros are
    ///   filled in. nil = everything that the packets hold, which is up to a block more than was
    ///   encoded. Samples that were pulled before stay pulled: with `isLowDelay`, or where a lost
    ///   packet was longer than the real one, there may be more of them.
    public func finish(sampleCount: Int? = nil) {
        guard !isFinished else { return }
        isFinished = true
        for i in channels.indices {
            output[i] += channels[i].flush()
            guard let sampleCount else { continue }
            let wanted = max(sampleCount - samplesOut, 0)
            if output[i].count > wanted { output[i].removeLast(output[i].count - wanted) }
            if output[i].count < wanted {
                output[i] += Array(
                    repeating: 0, count: min(wanted - output[i].count, longestFill))
            }
        }
    }

    /// The samples that are ready, one array per channel; nil if there are none.
    public func pull() -> [[Float]]? {
        let kept = isFinished ? 0 : heldBack
        guard let count = output.first?.count, count > kept else { return nil }
        let result = kept == 0 ? output : output.map { Array($0.dropLast(kept)) }
        for i in output.indices { output[i].removeFirst(count - kept) }
        samplesOut += count - kept
        return result
    }
}
