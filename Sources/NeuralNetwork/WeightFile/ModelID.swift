/// Identity of a model: the first 8 bytes of the SHA-256 of its weight file.
public struct ModelID: Sendable, Hashable {
    /// Number of bytes.
    public static let byteCount = 8
    /// The bytes, the first one in the most significant position.
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// - Parameter bytes: the first `byteCount` bytes are taken.
    /// - Returns: nil when there are fewer.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count >= Self.byteCount else { return nil }
        rawValue = bytes.prefix(Self.byteCount).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The identity as `byteCount` bytes.
    public var bytes: [UInt8] {
        (0..<Self.byteCount).map { UInt8(truncatingIfNeeded: rawValue >> UInt64(56 - 8 * $0)) }
    }
}

extension ModelID: CustomStringConvertible {
    /// 16 hexadecimal digits, lower case.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 2 * Self.byteCount - digits.count) + digits
    }
}
