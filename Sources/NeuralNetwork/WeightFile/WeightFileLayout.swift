/// Layout of a weight file, all numbers little endian:
///
///     0   magic "NWM" 0x1A
///     4   version, UInt8; 3 zero bytes
///     8   length of the whole file, UInt64
///     16  length of the metadata, UInt32
///     20  number of tensors, UInt32
///     24  length of the tensor table, UInt32; 4 zero bytes
///     32  metadata, tensor table
///         elements of each tensor in the order of the table, each at the next multiple of 16, zero
///         bytes between zero bytes to the next multiple of 16, SHA-256 (32 bytes) of everything
///         before
///
/// Table entry: length of the name UInt8, name, element type UInt8, rank UInt8, dimensions UInt32.
enum WeightFileLayout {
    static let headerByteCount = 32
    static let alignment = 16
    static let checksumByteCount = 32

    /// The next multiple of 16.
    static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }
}
