extension Packet {
    /// Reads the body of a packet (what a datagram transport would carry). No state is needed
    /// besides the header.
    /// - Throws: `PacketError`.
    public init(body: [UInt8], header: StreamHeader) throws(PacketError) {
        try self.init(bytes: body, range: 0..<body.count, header: header)
    }

    /// - Parameter range: the body in `bytes`.
    init(bytes: [UInt8], range: Range<Int>, header: StreamHeader) throws(PacketError) {
        let info = try PacketInfo(bytes: bytes, range: range, header: header)
        var chunks = [[[UInt8]]](repeating: [], count: header.channelCount)
        var position = range.lowerBound + info.chunkStart
        for layer in 0..<info.layerCount {
            for channel in 0..<header.channelCount {
                let end = position + info.chunkByteCounts[channel][layer]
                chunks[channel].append(Array(bytes[position..<end]))
                position = end
            }
        }
        self.init(
            isKey: info.isKey, blockCount: info.blockCount, rateIndices: info.rateIndices,
            chunks: chunks)
    }

    /// The packet as bytes for a datagram transport, without length and checksum.
    /// - Throws: `PacketError` when the packet does not fit the header.
    public func body(header: StreamHeader) throws(PacketError) -> [UInt8] {
        let layers = layerCount
        guard chunks.count == header.channelCount else {
            throw .channelCount(chunks.count, expected: header.channelCount)
        }
        guard layers >= 1, layers <= header.layerCount else {
            throw .layerCount(layers, maximum: header.layerCount)
        }
        for (channel, row) in chunks.enumerated() where row.count != layers {
            throw .unevenLayers(channel: channel, found: row.count, expected: layers)
        }
        let expectedRates = isKey ? layers : 0
        guard rateIndices.count == expectedRates else {
            throw .rateIndexCount(rateIndices.count, expected: expectedRates)
        }
        guard blockCount >= 1, blockCount <= header.blocksPerPacket else {
            throw .blockCount(UInt64(max(0, blockCount)), blocksPerPacket: header.blocksPerPacket)
        }

        let isUniform = layers > 1 && isKey && rateIndices.allSatisfy { $0 == rateIndices[0] }
        var flags = UInt8(truncatingIfNeeded: layers - 1) << PacketFlags.layerShift
        if isKey { flags |= PacketFlags.key }
        if isUniform { flags |= PacketFlags.uniformRate }
        if blockCount != header.blocksPerPacket { flags |= PacketFlags.shortBlockCount }
        var body = [flags]
        body += isUniform ? rateIndices[..<1] : rateIndices[...]
        if blockCount != header.blocksPerPacket { Varint.append(UInt64(blockCount), to: &body) }
        for layer in 0..<layers {
            for channel in 0..<chunks.count where layer < layers - 1 || channel < chunks.count - 1 {
                Varint.append(UInt64(chunks[channel][layer].count), to: &body)
            }
        }
        for layer in 0..<layers {
            for channel in 0..<chunks.count { body += chunks[channel][layer] }
        }
        guard body.count <= header.maximumBodyLength else {
            throw .tooLong(body.count, limit: header.maximumBodyLength)
        }
        return body
    }

    /// The packet as a record of a stream: length, body, checksum of both.
    /// - Throws: `PacketError` when the packet does not fit the header.
    public func record(header: StreamHeader) throws(PacketError) -> [UInt8] {
        let body = try body(header: header)
        var record: [UInt8] = []
        record.reserveCapacity(body.count + 8)
        Varint.append(UInt64(body.count), to: &record)
        record += body
        record.appendLittleEndian(CRC32.checksum(of: record))
        return record
    }
}
