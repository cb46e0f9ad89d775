/// One transport unit: the chunks of 1 ... N blocks of all groups of channels and all layers.
public struct Packet: Sendable, Equatable {
    /// A key packet resets all coding context; decoding may start at it.
    public var isKey: Bool
    /// Blocks in the packet, 1 ... `StreamHeader.blocksPerPacket`.
    public var blockCount: Int
    /// Rate index of each layer in key packets; empty in others, which inherit those of the key
    /// packet before.
    public var rateIndices: [UInt8]
    /// One range-coded chunk per group of channels and layer, `chunks[group][layer]`; a chunk may
    /// be empty. Where channels are coded by themselves, a group is a channel.
    public var chunks: [[[UInt8]]]

    /// Rules are checked when the packet is written.
    public init(isKey: Bool, blockCount: Int, rateIndices: [UInt8], chunks: [[[UInt8]]]) {
        self.isKey = isKey
        self.blockCount = blockCount
        self.rateIndices = rateIndices
        self.chunks = chunks
    }

    /// Layers of the packet.
    public var layerCount: Int { chunks.first?.count ?? 0 }
    /// Bytes of all chunks: the payload without framing.
    public var payloadByteCount: Int { chunks.reduce(0) { $1.reduce($0) { $0 + $1.count } } }

    /// The packet with its lowest layers only.
    /// - Parameter layers: layers to keep, at least 1; more than there are keeps all.
    /// - Throws: `BitstreamError.layerSelection`.
    public func stripped(toLayers layers: Int) throws(BitstreamError) -> Packet {
        guard layers >= 1 else {
            throw .layerSelection(
                layers: layers, minimum: StreamHeader.layerCountRange.lowerBound,
                maximum: StreamHeader.layerCountRange.upperBound)
        }
        return Packet(
            isKey: isKey, blockCount: blockCount, rateIndices: Array(rateIndices.prefix(layers)),
            chunks: chunks.map { Array($0.prefix(layers)) })
    }
}
