/// Reads the metadata of model files: JSON to Swift values, without Foundation, so that programs
/// that encode and decode need nothing but Swift's own run time.
///
/// As Foundation's decoder with its usual settings, but for names that stand twice in an object,
/// which are refused.
package enum MetadataDecoder {
    /// - Parameter metadata: JSON in UTF-8
    /// - Throws: `MetadataError`, and what the type itself throws
    package static func decode<T: Decodable>(_ type: T.Type, from metadata: [UInt8]) throws -> T {
        try T(from: JSONDecoding(value: JSONValue(parsing: metadata), codingPath: []))
    }
}

/// A value and where it stands.
struct JSONDecoding: Decoder, SingleValueDecodingContainer {
    let value: JSONValue
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// "configuration.modules[1].hidden"
    private var path: String {
        codingPath.reduce("") { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
    }

    func unexpected(_ wanted: String) -> MetadataError {
        .unexpected(found: value.kind, wanted: wanted, path: path)
    }

    func missing(_ name: String) -> MetadataError { .missing(name: name, path: path) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let values) = value else { throw unexpected("an object") }
        return KeyedDecodingContainer(JSONObjectDecoding<Key>(decoding: self, values: values))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let values) = value else { throw unexpected("an array") }
        return JSONArrayDecoding(decoding: self, values: values)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    private func number<T>(_ type: T.Type, _ read: (String) -> T?) throws -> T {
        guard case .number(let text) = value, let number = read(text) else {
            throw unexpected("a number of type \(type)")
        }
        return number
    }

    /// Also numbers such as 160.0.
    private func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
        try number(type) { text in T(text) ?? Double(text).flatMap { T(exactly: $0) } }
    }

    func decodeNil() -> Bool { value == .null }
    func decode(_ type: Bool.Type) throws -> Bool {
        guard case .bool(let bool) = value else { throw unexpected("a truth value") }
        return bool
    }
    func decode(_ type: String.Type) throws -> String {
        guard case .string(let string) = value else { throw unexpected("a text") }
        return string
    }
    func decode(_ type: Double.Type) throws -> Double {
        try number(type) { Double($0).flatMap { $0.isFinite ? $0 : nil } }
    }
    func decode(_ type: Float.Type) throws -> Float {
        try number(type) { Float($0).flatMap { $0.isFinite ? $0 : nil } }
    }
    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: self) }
}
