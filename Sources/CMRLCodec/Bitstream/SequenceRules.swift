/// Rules about the order of packets, the same for writer and reader.
struct SequenceRules: Sendable {
    private var packetsSinceKey = 0
    private var keyLayerCount: Int?
    /// Packets so far.
    private(set) var packetCount = 0
    /// Blocks of the packets so far.
    private(set) var blockCount: UInt64 = 0

    /// The rule that `packet` would break as the next packet.
    func violation(_ packet: Packet, header: StreamHeader) -> PacketError? {
        if packet.isKey { return nil }
        guard let keyLayerCount else { return .firstPacketNotKey }
        if packetsSinceKey >= header.keyInterval {
            return .keyPacketMissing(interval: header.keyInterval)
        }
        if packet.layerCount > keyLayerCount {
            return .moreLayersThanKey(packet.layerCount, key: keyLayerCount)
        }
        return nil
    }

    mutating func append(_ packet: Packet) {
        if packet.isKey {
            packetsSinceKey = 0
            keyLayerCount = packet.layerCount
        }
        packetsSinceKey += 1
        packetCount += 1
        blockCount += UInt64(packet.blockCount)
    }
}
