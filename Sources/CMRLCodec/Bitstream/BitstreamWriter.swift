/// Writes a stream: `headerBytes()`, `packet(_:)` for each packet, `end(sampleCount:)`. Returns
/// bytes; does no output itself.
public struct BitstreamWriter: Sendable {
    /// Header of the stream.
    public let header: StreamHeader
    private var rules = SequenceRules()
    private var hasEnded = false
    private var hasTags = false

    public init(_ header: StreamHeader) { self.header = header }

    /// Bytes of the header, to be written first.
    public func headerBytes() -> [UInt8] { header.bytes }

    /// Bytes of the next packet's record.
    /// - Throws: `BitstreamError.packet` with the rule that the packet breaks (`offset` 0),
    ///   `writeAfterEnd`.
    public mutating func packet(_ packet: Packet) throws(BitstreamError) -> [UInt8] {
        if hasEnded { throw .writeAfterEnd }
        let record: [UInt8]
        do throws(PacketError) {
            record = try packet.record(header: header)
            if let violation = rules.violation(packet, header: header) { throw violation }
        } catch {
            throw .packet(error, packet: rules.packetCount, offset: 0)
        }
        rules.append(packet)
        return record
    }

    /// Bytes of a record that is no packet.
    /// - Throws: `auxiliaryRecord` in a stream of version 1, `tags` behind a packet or other tags,
    ///   `writeAfterEnd`.
    public mutating func auxiliary(_ record: AuxiliaryRecord) throws(BitstreamError) -> [UInt8] {
        if hasEnded { throw .writeAfterEnd }
        guard header.formatVersion >= AuxiliaryRecord.firstVersion else {
            throw .auxiliaryRecord(version: header.formatVersion)
        }
        if case .tags = record {
            guard !hasTags, rules.packetCount == 0 else { throw .tags(.misplaced, offset: 0) }
            hasTags = true
        }
        return record.bytes
    }

    /// Bytes of the end record.
    /// - Parameter sampleCount: source samples per channel.
    /// - Throws: `writeAfterEnd`, `sampleCountMismatch`, `headerField`.
    public mutating func end(sampleCount: UInt64) throws(BitstreamError) -> [UInt8] {
        if hasEnded { throw .writeAfterEnd }
        if let declared = header.sampleCount, declared != sampleCount {
            throw .sampleCountMismatch(header: declared, end: sampleCount)
        }
        let end = try StreamEnd(sampleCount: sampleCount, blockCount: rules.blockCount)
        hasEnded = true
        return end.bytes
    }
}
