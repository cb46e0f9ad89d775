/// Kind of the elements of a stored tensor; little endian, two's complement, IEEE 754.
public enum ElementType: UInt8, Sendable, CaseIterable {
    case float32 = 0
    case float16 = 1
    case int8 = 2
    case int16 = 3
    case uint16 = 4
    case int32 = 5

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .float32, .int32: 4
        case .float16, .int16, .uint16: 2
        case .int8: 1
        }
    }
}

/// Name, type, shape and place of a tensor in a weight file.
public struct TensorDescriptor: Sendable, Equatable {
    /// 1 ... 255 bytes of UTF-8, unlike any other in the file.
    public let name: String
    public let type: ElementType
    /// At most 8 dimensions, each at least 1; the last one varies fastest. No dimension: a single
    /// number.
    public let shape: [Int]
    /// Position of the first element in the file, a multiple of 16.
    public let offset: Int

    /// Product of the dimensions.
    public var elementCount: Int { shape.reduce(1, *) }
    /// Bytes of the elements, without padding.
    public var byteCount: Int { elementCount * type.byteCount }
}
