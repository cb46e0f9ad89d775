/// CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320, initial value and final exclusive-or
/// 0xFFFFFFFF), table driven.
///
/// The checksum of the ASCII digits "123456789" is 0xCBF43926.
package struct CRC32: Sendable {
    var state: UInt32 = .max

    /// The checksum of no bytes.
    package init() {}

    /// Continues behind bytes whose checksum is known.
    package init(resuming value: UInt32) { state = ~value }

    /// Checksum of the bytes so far.
    package var value: UInt32 { ~state }

    /// Adds bytes.
    package mutating func update(_ bytes: some Sequence<UInt8>) {
        var state = state
        Self.table.withUnsafeBufferPointer { table in
            // The index is masked to 0 ... 255 and the table has 256 entries.
            for byte in bytes { state = state >> 8 ^ table[Int((state ^ UInt32(byte)) & 0xFF)] }
        }
        self.state = state
    }

    /// Checksum of some bytes.
    package static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes)
        return crc.value
    }

    static let polynomial: UInt32 = 0xEDB8_8320

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 0 ? value >> 1 : value >> 1 ^ polynomial
        }
    }
}
