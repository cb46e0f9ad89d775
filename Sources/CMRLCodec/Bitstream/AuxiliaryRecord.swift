/// A record that is no packet; only in streams of format version 2 and later. A decoder needs none
/// of them: it skips those that it does not know.
public enum AuxiliaryRecord: Sendable, Equatable {
    /// Texts about the sound; once, before the first packet.
    case tags(StreamTags)
    /// Of a kind that this code does not know.
    case unknown(UnknownRecord)

    /// Set in the first byte of the body, where packets have their flags; the other bits are the
    /// kind.
    static let flag: UInt8 = 0x80
    static let tagsKind: UInt8 = 1
    /// Longest body, whatever the header says about packets.
    static let maximumBodyLength = 1 << 16
    /// First format version that has such records.
    package static let firstVersion: UInt8 = 2

    /// Reads a body.
    /// - Parameter range: the body in `bytes`, not empty, with `flag` in its first byte.
    init(bytes: [UInt8], range: Range<Int>) throws(StreamTagError) {
        let kind = bytes[range.lowerBound] & ~Self.flag
        let content = range.dropFirst()
        guard kind == Self.tagsKind else {
            self = .unknown(UnknownRecord(kind: kind, content: Array(bytes[content])))
            return
        }
        self = .tags(try StreamTags(bytes: bytes, range: content))
    }

    /// Whether a body is one of an auxiliary record.
    static func isBody(_ bytes: [UInt8], at position: Int, header: StreamHeader) -> Bool {
        header.formatVersion >= firstVersion && bytes[position] & flag != 0
    }

    /// The record: length, body, checksum of both.
    var bytes: [UInt8] {
        var body: [UInt8]
        switch self {
        case .tags(let tags): body = [Self.flag | Self.tagsKind] + tags.bytes
        case .unknown(let record): body = [Self.flag | record.kind] + record.content
        }
        var record: [UInt8] = []
        Varint.append(UInt64(body.count), to: &record)
        record += body
        record.appendLittleEndian(CRC32.checksum(of: record))
        return record
    }

    /// Bytes of the record in a stream.
    public var byteCount: Int { bytes.count }
}

/// A record as a reader found it, to be passed on as it is.
public struct UnknownRecord: Sendable, Equatable {
    /// 0 or 2 ... 127.
    public let kind: UInt8
    /// At most 65,535 bytes.
    public let content: [UInt8]

    package init(kind: UInt8, content: [UInt8]) {
        self.kind = kind
        self.content = content
    }
}
