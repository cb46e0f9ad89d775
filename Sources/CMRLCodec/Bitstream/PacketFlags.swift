/// First byte of a packet's body.
enum PacketFlags {
    /// The packet is a key packet.
    static let key: UInt8 = 0x01
    /// The block count is written because it is not the header's.
    static let shortBlockCount: UInt8 = 0x02
    /// Number of layers less one, 3 bits.
    static let layerShift: UInt8 = 2
    /// All layers have the same rate index, which is written once; only in key packets of two
    /// layers or more.
    static let uniformRate: UInt8 = 0x20
    /// Must be zero.
    static let reserved: UInt8 = 0xC0

    static func layerCount(_ flags: UInt8) -> Int { Int(flags >> layerShift & 7) + 1 }
}
