extension Packet {
    /// Bytes of the packet's record in a stream (length, body, checksum) without making it.
    /// - Parameter blocksPerPacket: of the stream's header; a packet of another length says so.
    public func recordByteCount(blocksPerPacket: Int) -> Int {
        let layers = layerCount
        var body = 1 + payloadByteCount
        if isKey {
            let isUniform = layers > 1 && rateIndices.allSatisfy { $0 == rateIndices[0] }
            body += isUniform ? 1 : rateIndices.count
        }
        if blockCount != blocksPerPacket {
            body += Varint.byteCount(of: UInt64(max(0, blockCount)))
        }
        for layer in 0..<layers {
            for channel in 0..<chunks.count where layer < layers - 1 || channel < chunks.count - 1 {
                body += Varint.byteCount(of: UInt64(chunks[channel][layer].count))
            }
        }
        return Varint.byteCount(of: UInt64(body)) + body + 4
    }
}
