/// What can be said about a packet from its bytes alone, without the packets before it and without
/// copying its chunks.
public struct PacketInfo: Sendable, Equatable {
    /// Whether it is a key packet.
    public let isKey: Bool
    /// Blocks in the packet.
    public let blockCount: Int
    /// Rate indices of the layers; empty unless `isKey`.
    public let rateIndices: [UInt8]
    /// Bytes of each chunk, `chunkByteCounts[group][layer]`.
    public let chunkByteCounts: [[Int]]
    /// Bytes of the body; a record in a file is longer by its length number and 4 bytes of
    /// checksum.
    public let bodyByteCount: Int
    /// Bytes of all chunks.
    public let payloadByteCount: Int

    /// Layers of the packet.
    public var layerCount: Int { chunkByteCounts.first?.count ?? 0 }
    /// Bytes of the record in a file.
    public var recordByteCount: Int { StreamRecord.byteCount(body: bodyByteCount) }

    /// Reads the body of a packet (what a datagram transport would carry).
    /// - Throws: `PacketError`.
    public init(body: [UInt8], header: StreamHeader) throws(PacketError) {
        var end = 0
        let layout = try PacketLayout(
            bytes: body, range: 0..<body.count, header: header, end: &end)
        isKey = layout.isKey
        blockCount = layout.blockCount
        rateIndices = layout.rateIndices
        chunkByteCounts = layout.chunkByteCounts
        bodyByteCount = body.count
        payloadByteCount = body.count - end
    }
}
