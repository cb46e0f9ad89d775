/// What can be said about a packet from its bytes alone, without the packets before it and without
/// copying its chunks.
public struct PacketInfo: Sendable, Equatable {
    /// Whether it is a key packet.
    public let isKey: Bool
    /// Blocks in the packet.
    public let blockCount: Int
    /// Rate indices of the layers; empty unless `isKey`.
    public let rateIndices: [UInt8]
    /// Bytes of each chunk, `chunkByteCounts[channel][layer]`.
    public let chunkByteCounts: [[Int]]
    /// Bytes of the body; a record in a file is longer by its length number and 4 bytes of
    /// checksum.
    public let bodyByteCount: Int
    /// Where the chunks begin in the body.
    let chunkStart: Int

    /// Layers of the packet.
    public var layerCount: Int { chunkByteCounts.first?.count ?? 0 }
    /// Bytes of all chunks.
    public var payloadByteCount: Int { bodyByteCount - chunkStart }
    /// Bytes of the record in a file.
    public var recordByteCount: Int {
        Varint.byteCount(of: UInt64(bodyByteCount)) + bodyByteCount + 4
    }

    /// Reads the body of a packet (what a datagram transport would carry).
    /// - Throws: `PacketError`.
    public init(body: [UInt8], header: StreamHeader) throws(PacketError) {
        try self.init(bytes: body, range: 0..<body.count, header: header)
    }

    /// - Parameters:
    ///   - range: the body in `bytes`.
    init(bytes: [UInt8], range: Range<Int>, header: StreamHeader) throws(PacketError) {
        guard range.count <= header.maximumBodyLength else {
            throw .tooLong(range.count, limit: header.maximumBodyLength)
        }
        var position = range.lowerBound
        func byte() throws(PacketError) -> UInt8 {
            guard position < range.upperBound else {
                throw .malformedBody(position: position - range.lowerBound)
            }
            defer { position += 1 }
            return bytes[position]
        }
        func number() throws(PacketError) -> UInt64 {
            guard
                case .value(let value, let count) = Varint.read(
                    bytes, at: position, end: range.upperBound)
            else {
                throw .malformedBody(position: position - range.lowerBound)
            }
            position += count
            return value
        }

        let flags = try byte()
        let isKey = flags & PacketFlags.key != 0
        let layers = PacketFlags.layerCount(flags)
        let isUniform = flags & PacketFlags.uniformRate != 0
        if flags & PacketFlags.reserved != 0 || isUniform && (!isKey || layers == 1) {
            throw .reservedFlags(flags)
        }
        guard layers <= header.layerCount else {
            throw .layerCount(layers, maximum: header.layerCount)
        }

        var rateIndices: [UInt8] = []
        if isKey {
            for _ in 0..<(isUniform ? 1 : layers) { rateIndices.append(try byte()) }
            if isUniform { rateIndices = [UInt8](repeating: rateIndices[0], count: layers) }
        }
        var blockCount = UInt64(header.blocksPerPacket)
        if flags & PacketFlags.shortBlockCount != 0 {
            blockCount = try number()
            guard blockCount >= 1, blockCount < header.blocksPerPacket else {
                throw .blockCount(blockCount, blocksPerPacket: header.blocksPerPacket)
            }
        }

        var counts = [[Int]](
            repeating: [Int](repeating: 0, count: layers), count: header.channelCount)
        var sum: UInt64 = 0
        for layer in 0..<layers {
            for channel in 0..<header.channelCount
            where layer < layers - 1 || channel < header.channelCount - 1 {
                let count = try number()
                sum += count
                counts[channel][layer] = Int(count)
            }
        }
        let available = range.upperBound - position
        guard sum <= available else { throw .chunkLengths(declared: sum, available: available) }
        counts[header.channelCount - 1][layers - 1] = available - Int(sum)

        self.isKey = isKey
        self.blockCount = Int(blockCount)
        self.rateIndices = rateIndices
        chunkByteCounts = counts
        bodyByteCount = range.count
        chunkStart = position - range.lowerBound
    }
}
