/// Packets that a `RatePlanner` coded while it looked for a rate: the whole signal at one index, or
/// at several. An encoder of the same signal with the same settings takes those that it would code
/// once more.
package struct PlannedPackets: Sendable {
    /// A packet of one layer, and what it adds to `CodecEncoder.symbolChecksum`.
    struct Known: Sendable {
        var packet: Packet
        var checksum: UInt64
    }

    /// All packets of the signal, by rate index.
    private var packets: [UInt8: [Known]] = [:]

    /// Adds the packets of a whole signal.
    mutating func add(_ known: [Known], index: UInt8) { packets[index] = known }

    /// Leaves what a plan can ask for.
    mutating func keep(_ plan: RatePlan) {
        packets = packets.filter { $0.key == plan.index || Int($0.key) == Int(plan.index) + 1 }
    }

    /// The packet with a number of a signal of which all before were coded at this index, too.
    func packet(_ number: Int, index: UInt8, blocks: Int) -> Known? {
        guard let list = packets[index], number < list.count,
            list[number].packet.blockCount == blocks
        else { return nil }
        return list[number]
    }
}
