/// Texts that a stream carries about its sound: title, artist, date and the like, by the names of
/// Vorbis comments in lower case. Names may repeat; their order is kept.
public struct StreamTags: Sendable, Equatable {
    /// One text.
    public struct Entry: Sendable, Equatable {
        /// 1 ... 64 of the characters a ... z, 0 ... 9, `_` and `-`.
        public let name: String
        /// 1 ... 65,000 bytes of UTF-8 without NUL.
        public let value: String

        /// - Throws: `StreamTagError.name`, `StreamTagError.value`.
        public init(name: String, value: String) throws(StreamTagError) {
            guard Self.isName(name.utf8) else { throw .name(name) }
            guard Self.valueByteCounts.contains(value.utf8.count), !value.utf8.contains(0) else {
                throw .value(name: name, byteCount: value.utf8.count)
            }
            self.name = name
            self.value = value
        }

        static let nameByteCounts = 1...64
        static let valueByteCounts = 1...65_000

        private static func isName(_ bytes: some Collection<UInt8>) -> Bool {
            nameByteCounts.contains(bytes.count)
                && bytes.allSatisfy {
                    switch $0 {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                        UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }

        /// Bytes of the entry in its record.
        public var byteCount: Int {
            [name, value].reduce(0) {
                $0 + Varint.byteCount(of: UInt64($1.utf8.count)) + $1.utf8.count
            }
        }
    }

    /// Most bytes of all entries of a stream together.
    public static let maximumByteCount = AuxiliaryRecord.maximumBodyLength - 1

    public let entries: [Entry]

    /// - Throws: `StreamTagError.tooLong` above `maximumByteCount`.
    public init(_ entries: [Entry]) throws(StreamTagError) {
        let byteCount = entries.reduce(0) { $0 + $1.byteCount }
        guard byteCount <= Self.maximumByteCount else {
            throw .tooLong(byteCount, limit: Self.maximumByteCount)
        }
        self.entries = entries
    }

    /// Reads the content of a record.
    /// - Parameter range: the content in `bytes`.
    init(bytes: [UInt8], range: Range<Int>) throws(StreamTagError) {
        var position = range.lowerBound
        func text() throws(StreamTagError) -> String {
            guard
                case .value(let length, let count) = Varint.read(
                    bytes, at: position, end: range.upperBound),
                length <= UInt64(range.upperBound - position - count)
            else { throw .malformed(position: position - range.lowerBound) }
            let start = position + count
            let end = start + Int(length)
            guard let text = String(validating: bytes[start..<end], as: UTF8.self) else {
                throw .malformed(position: start - range.lowerBound)
            }
            position = end
            return text
        }
        var entries: [Entry] = []
        while position < range.upperBound {
            let name = try text()
            entries.append(try Entry(name: name, value: try text()))
        }
        try self.init(entries)
    }

    /// The content of a record.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            for text in [entry.name, entry.value] {
                Varint.append(UInt64(text.utf8.count), to: &bytes)
                bytes += text.utf8
            }
        }
        return bytes
    }
}

/// What is wrong with the tags of a stream.
public enum StreamTagError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The name has other characters than a ... z, 0 ... 9, `_` and `-`, or not 1 ... 64 of them.
    case name(String)
    /// The value is empty, has more than 65,000 bytes, or holds NUL.
    case value(name: String, byteCount: Int)
    /// All entries together have too many bytes.
    case tooLong(Int, limit: Int)
    /// A length is no number or goes beyond the record, or a text is no UTF-8; `position` counts
    /// from the start of the tags.
    case malformed(position: Int)
    /// The checksum of the record is wrong.
    case checksum(declared: UInt32, computed: UInt32)
    /// Behind a packet or behind other tags.
    case misplaced

    public var description: String {
        switch self {
        case .name(let name): "\"\(name)\" is no name of a tag"
        case .value(let name, let byteCount):
            "the tag \(name) has \(byteCount) bytes, possible are 1...65000 without NUL"
        case .tooLong(let byteCount, let limit):
            "the tags have \(byteCount) bytes, the limit is \(limit)"
        case .malformed(let position): "the tags are malformed at their byte \(position)"
        case .checksum(let declared, let computed):
            "damaged: checksum \(hexadecimal(declared)), computed \(hexadecimal(computed))"
        case .misplaced: "tags stand once, before the first packet"
        }
    }
}
