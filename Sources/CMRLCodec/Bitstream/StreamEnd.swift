/// What the last record of a stream says.
public struct StreamEnd: Sendable, Equatable {
    /// Source samples per channel, up to 2^48 - 1; the decoder cuts its output to it.
    public let sampleCount: UInt64
    /// Blocks in all packets, up to 2^48 - 1: shows how many were lost.
    public let blockCount: UInt64

    /// Shortest end record in bytes.
    static let minimumByteCount = 7

    /// - Throws: `BitstreamError.headerField`.
    public init(sampleCount: UInt64, blockCount: UInt64) throws(BitstreamError) {
        let maximum = StreamHeader.maximumSampleCount
        if sampleCount > maximum {
            throw .headerField(.sampleCount, value: sampleCount, minimum: 0, maximum: maximum)
        }
        if blockCount > maximum {
            throw .headerField(.blockCount, value: blockCount, minimum: 0, maximum: maximum)
        }
        self.sampleCount = sampleCount
        self.blockCount = blockCount
    }

    /// The record: a zero byte, both numbers, checksum.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = [0]
        Varint.append(sampleCount, to: &bytes)
        Varint.append(blockCount, to: &bytes)
        bytes.appendLittleEndian(CRC32.checksum(of: bytes))
        return bytes
    }
}
