/// A text of JSON (RFC 8259), as read.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    /// As it is written; in the grammar of JSON.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// What it is, for errors.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .number(let text): "the number \(text)"
        case .string: "a text"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Reads a text; nothing but white space may stand around it.
    /// - Throws: `MetadataError.syntax`
    init(parsing text: [UInt8]) throws(MetadataError) {
        var parser = JSONParser(text: text)
        self = try parser.whole()
    }
}

/// Why metadata cannot be used.
package enum MetadataError: Error, Equatable, CustomStringConvertible {
    /// No JSON, from a byte on.
    case syntax(position: Int)
    /// A value of another kind, or out of the range of its type, at a place of names and indices.
    case unexpected(found: String, wanted: String, path: String)
    /// A name that is not there, in the object at a place.
    case missing(name: String, path: String)

    package var description: String {
        switch self {
        case .syntax(let position): "no JSON from byte \(position) on"
        case .unexpected(let found, let wanted, let path):
            "\(path.isEmpty ? "the whole" : path) is \(found), not \(wanted)"
        case .missing(let name, let path):
            "\(path.isEmpty ? "" : "\(path): ")no \"\(name)\""
        }
    }
}

private struct JSONParser {
    let text: [UInt8]
    var position = 0
    /// Arrays and objects inside each other.
    var depth = 0

    static let deepest = 64

    mutating func whole() throws(MetadataError) -> JSONValue {
        let value = try self.value()
        skipSpace()
        guard position == text.count else { throw .syntax(position: position) }
        return value
    }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) throws(MetadataError) {
        guard next == UInt8(ascii: character) else { throw .syntax(position: position) }
        position += 1
    }

    private mutating func value() throws(MetadataError) -> JSONValue {
        skipSpace()
        guard let byte = next else { throw .syntax(position: position) }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    /// Past an opening bracket.
    private mutating func enter() throws(MetadataError) {
        guard depth < Self.deepest else { throw .syntax(position: position) }
        depth += 1
        position += 1
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue
    ) throws(MetadataError) -> JSONValue {
        let count = word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { text[position...].starts(with: $0) }
        guard matches else { throw .syntax(position: position) }
        position += count
        return value
    }

    /// Inside an array or object: whether another element follows, or the end was read.
    private mutating func goesOn(
        _ isFirst: Bool, end: Unicode.Scalar
    ) throws(MetadataError) -> Bool {
        skipSpace()
        if next == UInt8(ascii: end) {
            position += 1
            depth -= 1
            return false
        }
        if !isFirst { try skip(",") }
        return true
    }

    private mutating func array() throws(MetadataError) -> [JSONValue] {
        var values: [JSONValue] = []
        try enter()
        while try goesOn(values.isEmpty, end: "]") { values.append(try value()) }
        return values
    }

    private mutating func object() throws(MetadataError) -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        try enter()
        while try goesOn(values.isEmpty, end: "}") {
            skipSpace()
            let start = position
            let name = try string()
            skipSpace()
            try skip(":")
            // Which one would be meant?
            guard values.updateValue(try value(), forKey: name) == nil else {
                throw .syntax(position: start)
            }
        }
        return values
    }

    private mutating func digits() throws(MetadataError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        guard position > start else { throw .syntax(position: position) }
    }

    private mutating func number() throws(MetadataError) -> String {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func string() throws(MetadataError) -> String {
        try skip("\"")
        var units: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: units, as: UTF8.self) else {
                    throw .syntax(position: position)
                }
                return string
            case UInt8(ascii: "\\"):
                position += 1
                units += try escaped()
            case ..<0x20: throw .syntax(position: position)
            default:
                units.append(byte)
                position += 1
            }
        }
        throw .syntax(position: position)
    }

    /// What stands behind a backslash, in UTF-8.
    private mutating func escaped() throws(MetadataError) -> [UInt8] {
        let place = position
        guard let byte = next else { throw .syntax(position: place) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                // The first half of a pair.
                try skip("\\")
                try skip("u")
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw .syntax(position: place) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw .syntax(position: place) }
            return Array(String(scalar).utf8)
        default: throw .syntax(position: place)
        }
    }

    private mutating func hexadecimal() throws(MetadataError) -> UInt32 {
        let end = position + 4
        guard end <= text.count,
            text[position..<end].allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let code = UInt32(String(decoding: text[position..<end], as: UTF8.self), radix: 16)
        else { throw .syntax(position: position) }
        position = end
        return code
    }
}
