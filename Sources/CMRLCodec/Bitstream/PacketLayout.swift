/// The fields of a packet's body before its chunks, as they are written and read.
///
/// flags, rate indices (key packets), number of blocks (where it is not the header's), length of
/// every chunk but the last; format description, section 1.4.
struct PacketLayout: Equatable {
    var isKey: Bool
    var blockCount: Int
    /// One for each layer in key packets, none in others.
    var rateIndices: [UInt8]
    /// Bytes of each chunk, `chunkByteCounts[group][layer]`.
    var chunkByteCounts: [[Int]]

    var layerCount: Int { chunkByteCounts.first?.count ?? 0 }
    var payloadByteCount: Int { chunkByteCounts.reduce(0) { $1.reduce($0, +) } }

    /// The order of chunks, and of their lengths: by layer, then by group.
    static func order(groups: Int, layers: Int) -> some BidirectionalCollection<
        (group: Int, layer: Int)
    > {
        (0..<max(groups * layers, 0)).lazy.map { (group: $0 % groups, layer: $0 / groups) }
    }

    var order: some BidirectionalCollection<(group: Int, layer: Int)> {
        Self.order(groups: chunkByteCounts.count, layers: layerCount)
    }

    /// The fields as bytes.
    /// - Parameter blocksPerPacket: of the stream's header
    func bytes(blocksPerPacket: Int) -> [UInt8] {
        let layers = layerCount
        let isUniform = layers > 1 && isKey && rateIndices.allSatisfy { $0 == rateIndices[0] }
        var flags = UInt8(truncatingIfNeeded: layers - 1) << PacketFlags.layerShift
        if isKey { flags |= PacketFlags.key }
        if isUniform { flags |= PacketFlags.uniformRate }
        if blockCount != blocksPerPacket { flags |= PacketFlags.shortBlockCount }
        var bytes = [flags]
        if isKey { bytes += isUniform ? rateIndices[..<1] : rateIndices[...] }
        if blockCount != blocksPerPacket {
            Varint.append(UInt64(max(0, blockCount)), to: &bytes)
        }
        for (group, layer) in order.dropLast() {
            Varint.append(UInt64(chunkByteCounts[group][layer]), to: &bytes)
        }
        return bytes
    }

    /// Reads the fields.
    /// - Parameters:
    ///   - range: the body in `bytes`
    ///   - end: set to where the chunks begin in `bytes`
    /// - Throws: `PacketError`
    init(bytes: [UInt8], range: Range<Int>, header: StreamHeader, end: inout Int)
        throws(PacketError)
    {
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
        let layers = PacketFlags.layerCount(flags)
        let isUniform = flags & PacketFlags.uniformRate != 0
        isKey = flags & PacketFlags.key != 0
        if flags & PacketFlags.reserved != 0 || isUniform && (!isKey || layers == 1) {
            throw .reservedFlags(flags)
        }
        guard layers <= header.layerCount else {
            throw .layerCount(layers, maximum: header.layerCount)
        }

        rateIndices = []
        if isKey {
            for _ in 0..<(isUniform ? 1 : layers) { rateIndices.append(try byte()) }
            if isUniform { rateIndices = [UInt8](repeating: rateIndices[0], count: layers) }
        }
        blockCount = header.blocksPerPacket
        if flags & PacketFlags.shortBlockCount != 0 {
            let count = try number()
            guard count >= 1, count < header.blocksPerPacket else {
                throw .blockCount(count, blocksPerPacket: header.blocksPerPacket)
            }
            blockCount = Int(count)
        }

        let groups = header.groupCount
        chunkByteCounts = Array(repeating: Array(repeating: 0, count: layers), count: groups)
        var sum: UInt64 = 0
        for (group, layer) in Self.order(groups: groups, layers: layers).dropLast() {
            let count = try number()
            sum += count
            chunkByteCounts[group][layer] = Int(count)
        }
        let available = range.upperBound - position
        guard sum <= available else { throw .chunkLengths(declared: sum, available: available) }
        chunkByteCounts[groups - 1][layers - 1] = available - Int(sum)
        end = position
    }
}

extension PacketLayout {
    /// Of a packet that may break rules.
    init(_ packet: Packet) {
        isKey = packet.isKey
        blockCount = packet.blockCount
        rateIndices = packet.rateIndices
        let layers = packet.layerCount
        chunkByteCounts = packet.chunks.map { row in
            (0..<layers).map { $0 < row.count ? row[$0].count : 0 }
        }
    }
}
