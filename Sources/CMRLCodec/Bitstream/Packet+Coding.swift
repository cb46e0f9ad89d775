extension Packet {
    /// Reads the body of a packet (what a datagram transport would carry). No state is needed
    /// besides the header.
    /// - Throws: `PacketError`.
    public init(body: [UInt8], header: StreamHeader) throws(PacketError) {
        try self.init(bytes: body, range: 0..<body.count, header: header)
    }

    /// - Parameter range: the body in `bytes`.
    init(bytes: [UInt8], range: Range<Int>, header: StreamHeader) throws(PacketError) {
        var position = 0
        let layout = try PacketLayout(
            bytes: bytes, range: range, header: header, end: &position)
        var chunks = [[[UInt8]]](repeating: [], count: header.groupCount)
        for (group, layer) in layout.order {
            let end = position + layout.chunkByteCounts[group][layer]
            chunks[group].append(Array(bytes[position..<end]))
            position = end
        }
        self.init(
            isKey: layout.isKey, blockCount: layout.blockCount, rateIndices: layout.rateIndices,
            chunks: chunks)
    }

    /// The packet as bytes for a datagram transport, without length and checksum.
    /// - Throws: `PacketError` when the packet does not fit the header.
    public func body(header: StreamHeader) throws(PacketError) -> [UInt8] {
        let layers = layerCount
        guard chunks.count == header.groupCount else {
            throw .groupCount(chunks.count, expected: header.groupCount)
        }
        guard layers >= 1, layers <= header.layerCount else {
            throw .layerCount(layers, maximum: header.layerCount)
        }
        for (group, row) in chunks.enumerated() where row.count != layers {
            throw .unevenLayers(group: group, found: row.count, expected: layers)
        }
        let expectedRates = isKey ? layers : 0
        guard rateIndices.count == expectedRates else {
            throw .rateIndexCount(rateIndices.count, expected: expectedRates)
        }
        guard blockCount >= 1, blockCount <= header.blocksPerPacket else {
            throw .blockCount(UInt64(max(0, blockCount)), blocksPerPacket: header.blocksPerPacket)
        }
        let layout = PacketLayout(self)
        var body = layout.bytes(blocksPerPacket: header.blocksPerPacket)
        let length = body.count + layout.payloadByteCount
        guard length <= header.maximumBodyLength else {
            throw .tooLong(length, limit: header.maximumBodyLength)
        }
        body.reserveCapacity(length)
        for (group, layer) in layout.order { body += chunks[group][layer] }
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

    /// Bytes of the packet's record in a stream (length, body, checksum).
    /// - Parameter blocksPerPacket: of the stream's header; a packet of another length says so.
    public func recordByteCount(blocksPerPacket: Int) -> Int {
        let layout = PacketLayout(self)
        return StreamRecord.byteCount(
            body: layout.bytes(blocksPerPacket: blocksPerPacket).count + layout.payloadByteCount)
    }
}
