/// A number made of the symbols of one chunk, with which encoder and decoder find out whether they
/// agree (FNV-1a over whole symbols).
struct SymbolHash {
    private(set) var value: UInt64

    /// - Parameters:
    ///   - packet: number of the packet in its stream
    ///   - layer: layer of the chunk
    init(packet: Int, layer: Int) {
        value = 0xcbf2_9ce4_8422_2325
        add(packet)
        add(layer)
    }

    @inline(__always)
    mutating func add(_ symbol: Int) {
        value = (value ^ UInt64(bitPattern: Int64(symbol))) &* 0x0000_0100_0000_01b3
    }

    /// The contribution to a stream's checksum; the sum over all chunks does not depend on their
    /// order.
    func weighted(group: Int) -> UInt64 { value &* UInt64(2 * group + 1) }
}
