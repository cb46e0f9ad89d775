/// Texts that sound files carry about themselves: what libsndfile, the `INFO` list of WAV, Vorbis
/// comments and ID3 have in common. Values are Unicode; order and letter case of a file's own names
/// are not kept. Texts about the program that wrote a file are left out, because they are not true
/// of its copies.
public struct SoundTags: Equatable, Sendable {
    /// What a text is about. The raw value is the name of the Vorbis comment in lower case, which
    /// never changes.
    public enum Name: String, CaseIterable, Sendable {
        case title
        case artist
        case album
        /// Number of the track on its album; may have the form "3/12".
        case trackNumber = "tracknumber"
        /// Usually ISO 8601 or a year, but any text.
        case date
        case genre
        case comment
        case copyright
        case license
    }

    /// Longest value, in bytes of UTF-8. Longer ones are cut at the end of a character.
    public static let longestValue = 65_535

    private var values: [Name: String] = [:]

    public init() {}

    public var isEmpty: Bool { values.isEmpty }

    /// Names that have a value, in the order of `Name.allCases`.
    public var names: [Name] { Name.allCases.filter { values[$0] != nil } }

    /// The text under a name; nil where there is none. What is set loses white space and zeros at
    /// both ends, zeros inside become spaces, and an empty text is none.
    public subscript(name: Name) -> String? {
        get { values[name] }
        set {
            let text = newValue.flatMap(Self.tidy)
            values[name] = text == Self.soxComment ? nil : text
        }
    }

    /// Takes over what `other` says where this says nothing.
    mutating func fill(from other: SoundTags) {
        values.merge(other.values) { own, _ in own }
    }

    /// What SoX writes into every file that has no comment of its own: a text about a program.
    private static let soxComment = "Processed by SoX"

    private static func tidy(_ text: String) -> String? {
        // Fields of fixed width are padded with zeros.
        var scalars = Substring(text).unicodeScalars
        func isEmpty(_ scalar: Unicode.Scalar?) -> Bool {
            scalar.map { $0.value == 0 || $0.properties.isWhitespace } ?? false
        }
        while isEmpty(scalars.first) { scalars.removeFirst() }
        while isEmpty(scalars.last) { scalars.removeLast() }
        guard !scalars.isEmpty else { return nil }
        var result = ""
        var bytes = 0
        for character in Substring(scalars) {
            bytes += character.utf8.count
            guard bytes <= longestValue else { break }
            result.append(character == "\0" ? " " : character)
        }
        return result.isEmpty ? nil : result
    }
}

extension SoundTags {
    /// Identifiers of the `INFO` list of RIFF (Microsoft and IBM, 1991); it has none for a license.
    static let riffNames: [(id: StaticString, name: Name)] = [
        ("INAM", .title), ("IART", .artist), ("IPRD", .album), ("ITRK", .trackNumber),
        ("IPRT", .trackNumber), ("ICRD", .date), ("IGNR", .genre), ("ICMT", .comment),
        ("ICOP", .copyright),
    ]

    /// The text of bytes whose coding the format leaves open: UTF-8 where it is that, otherwise
    /// ISO 8859-1, in which every byte is a character.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        return String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Takes in the body of a `LIST` chunk, if its kind is `INFO`.
    mutating func add(riffList body: some RandomAccessCollection<UInt8>) {
        let bytes = Array(body)
        guard bytes.starts(with: "INFO".utf8) else { return }
        var position = 4
        while position + 8 <= bytes.count {
            let id = bytes[position..<position + 4]
            let size = min(
                Int(bytes.integer(at: position + 4, count: 4)), bytes.count - position - 8)
            let value = bytes[position + 8..<position + 8 + size]
            if let (_, name) = Self.riffNames.first(where: { entry in
                entry.id.withUTF8Buffer { id.elementsEqual($0) }
            }), self[name] == nil {
                self[name] = Self.text(value.prefix { $0 != 0 })
            }
            position += 8 + size + (size & 1)
        }
    }

    /// A `LIST` chunk of kind `INFO`, header and padding included; empty without any text that it
    /// can hold.
    func riffList() -> [UInt8] {
        var body: [UInt8] = []
        for (id, name) in Self.riffNames {
            guard !"IPRT".utf8.elementsEqual(id.withUTF8Buffer { Array($0) }), let text = self[name]
            else { continue }
            body.append(ascii: id)
            body.append(integer: UInt64(text.utf8.count + 1), count: 4)
            body += text.utf8
            // The closing zero, and padding to an even length.
            body += [UInt8](repeating: 0, count: 2 - text.utf8.count % 2)
        }
        guard !body.isEmpty else { return [] }
        var chunk: [UInt8] = []
        chunk.append(ascii: "LIST")
        chunk.append(integer: UInt64(body.count + 4), count: 4)
        chunk.append(ascii: "INFO")
        return chunk + body
    }
}
