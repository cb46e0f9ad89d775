/// One record (packet, auxiliary or end) at some position of a stream, as far as its bytes have
/// arrived.
enum StreamRecord {
    case packet(Packet, byteCount: Int)
    case auxiliary(AuxiliaryRecord, byteCount: Int)
    case end(StreamEnd, byteCount: Int)
    /// At least `missing` more bytes belong to the record.
    case incomplete(missing: Int)
    /// The record is wrong. `byteCount`: its length, where the declared length is plausible and has
    /// arrived. `isIntact`: its checksum is right.
    case invalid(BitstreamError, byteCount: Int?, isIntact: Bool)

    /// Where a record lies, before its checksum is looked at.
    enum Extent {
        /// Of a packet or an auxiliary record.
        case body(Range<Int>)
        /// The range ends before the checksum; nil numbers are malformed.
        case end(range: Range<Int>, numbers: (samples: UInt64, blocks: UInt64))
        case incomplete(missing: Int)
        case malformedLength
        case tooLong(UInt64)
        case malformedEnd
    }

    /// Bytes of a packet's record with a body of so many: length, body, checksum.
    static func byteCount(body: Int) -> Int { Varint.byteCount(of: UInt64(body)) + body + 4 }

    /// Finds the borders of the record at `position` of `bytes`.
    static func extent(_ bytes: [UInt8], at position: Int, limit: Int) -> Extent {
        switch Varint.read(bytes, at: position, end: bytes.count) {
        case .incomplete:
            // A packet has at least one byte of body, an end record at least 7 bytes.
            return .incomplete(missing: position < bytes.count ? 6 : StreamEnd.minimumByteCount)
        case .malformed:
            return .malformedLength
        case .value(0, _):
            return endExtent(bytes, at: position)
        case .value(let length, let count):
            guard length <= limit else { return .tooLong(length) }
            let start = position + count
            let end = start + Int(length)
            return end + 4 <= bytes.count
                ? .body(start..<end) : .incomplete(missing: end + 4 - bytes.count)
        }
    }

    private static func endExtent(_ bytes: [UInt8], at position: Int) -> Extent {
        var next = position + 1
        var numbers: [UInt64] = []
        for index in 0..<2 {
            switch Varint.read(bytes, at: next, end: bytes.count) {
            case .incomplete:
                // At least one byte of this number, the number after it and the checksum.
                return .incomplete(missing: 1 + (1 - index) + 4)
            case .malformed:
                return .malformedEnd
            case .value(let value, let count):
                guard value <= StreamHeader.maximumSampleCount else { return .malformedEnd }
                numbers.append(value)
                next += count
            }
        }
        if next + 4 > bytes.count { return .incomplete(missing: next + 4 - bytes.count) }
        return .end(range: position..<next, numbers: (numbers[0], numbers[1]))
    }

    /// Reads the record at `position` of `bytes`.
    /// - Parameters:
    ///   - offset: position in the stream, for errors.
    ///   - packet: index of the packet, for errors.
    static func read(
        _ bytes: [UInt8], at position: Int, header: StreamHeader, packet: Int, offset: Int
    ) -> StreamRecord {
        switch extent(bytes, at: position, limit: header.maximumRecordLength) {
        case .incomplete(let missing):
            return .incomplete(missing: missing)
        case .malformedLength:
            return .invalid(
                .malformedLength(packet: packet, offset: offset), byteCount: nil, isIntact: false)
        case .tooLong(let length):
            let error = BitstreamError.packetLength(
                length, limit: header.maximumRecordLength, packet: packet, offset: offset)
            return .invalid(error, byteCount: nil, isIntact: false)
        case .malformedEnd:
            return .invalid(.malformedEnd(offset: offset), byteCount: nil, isIntact: false)
        case .end(let range, let numbers):
            let byteCount = range.count + 4
            let declared = bytes.littleEndian(at: range.upperBound)
            let computed = CRC32.checksum(of: bytes[range])
            guard declared == computed else {
                let error = BitstreamError.endChecksum(
                    offset: offset, declared: declared, computed: computed)
                return .invalid(error, byteCount: byteCount, isIntact: false)
            }
            do throws(BitstreamError) {
                return .end(
                    try StreamEnd(sampleCount: numbers.samples, blockCount: numbers.blocks),
                    byteCount: byteCount)
            } catch {
                return .invalid(error, byteCount: byteCount, isIntact: true)
            }
        case .body(let body):
            let byteCount = body.upperBound + 4 - position
            let declared = bytes.littleEndian(at: body.upperBound)
            let computed = CRC32.checksum(of: bytes[position..<body.upperBound])
            let isAuxiliary = AuxiliaryRecord.isBody(bytes, at: body.lowerBound, header: header)
            guard declared == computed else {
                let error: BitstreamError =
                    isAuxiliary
                    ? .tags(.checksum(declared: declared, computed: computed), offset: offset)
                    : .packetChecksum(
                        packet: packet, offset: offset, declared: declared, computed: computed)
                return .invalid(error, byteCount: byteCount, isIntact: false)
            }
            if isAuxiliary {
                return auxiliary(bytes, body: body, byteCount: byteCount, offset: offset)
            }
            guard body.count <= header.maximumBodyLength else {
                let error = BitstreamError.packetLength(
                    UInt64(body.count), limit: header.maximumBodyLength, packet: packet,
                    offset: offset)
                return .invalid(error, byteCount: byteCount, isIntact: true)
            }
            do throws(PacketError) {
                return .packet(
                    try Packet(bytes: bytes, range: body, header: header), byteCount: byteCount)
            } catch {
                return .invalid(
                    .packet(error, packet: packet, offset: offset), byteCount: byteCount,
                    isIntact: true)
            }
        }
    }

    private static func auxiliary(
        _ bytes: [UInt8], body: Range<Int>, byteCount: Int, offset: Int
    ) -> StreamRecord {
        guard body.count <= AuxiliaryRecord.maximumBodyLength else {
            let error = StreamTagError.tooLong(
                body.count, limit: AuxiliaryRecord.maximumBodyLength)
            return .invalid(.tags(error, offset: offset), byteCount: byteCount, isIntact: true)
        }
        do throws(StreamTagError) {
            return .auxiliary(
                try AuxiliaryRecord(bytes: bytes, range: body), byteCount: byteCount)
        } catch {
            return .invalid(.tags(error, offset: offset), byteCount: byteCount, isIntact: true)
        }
    }
}

extension Packet {
    /// Reads one record (length, body, checksum) that fills `record` exactly, without any state.
    /// - Throws: `BitstreamError` with packet 0 and offsets from the start of `record`.
    public static func parse(record: [UInt8], header: StreamHeader) throws(BitstreamError) -> Packet
    {
        switch StreamRecord.read(record, at: 0, header: header, packet: 0, offset: 0) {
        case .packet(let packet, let byteCount):
            guard byteCount == record.count else { throw .dataAfterEnd(offset: byteCount) }
            return packet
        case .auxiliary:
            throw .packet(
                .reservedFlags(record[Varint.byteCount(of: UInt64(record.count - 4))]), packet: 0,
                offset: 0)
        case .end: throw .packetLength(0, limit: header.maximumBodyLength, packet: 0, offset: 0)
        case .incomplete(let missing): throw .truncated(missing: missing, offset: 0)
        case .invalid(let error, _, _): throw error
        }
    }
}
