/// A model: named tensors and metadata with a checksum that is also the model's identity. See
/// `WeightFileLayout` and `Docs/format.md`.
public struct WeightFile: Sendable {
    /// First bytes of every weight file.
    public static let magic: [UInt8] = [0x4E, 0x57, 0x4D, 0x1A]
    /// Version that this code reads and writes.
    public static let version: UInt8 = 1
    public static let maximumMetadataByteCount = 1 << 20
    public static let maximumTensorCount = 65_535
    public static let maximumRank = 8
    /// Largest tensor in bytes: 2^31.
    public static let maximumTensorByteCount = 1 << 31

    /// Table of contents.
    public let index: WeightFileIndex
    /// The whole file.
    public let bytes: [UInt8]

    /// Identity of the model; its `description` is the hexadecimal string.
    public var modelID: ModelID { index.modelID }
    /// Metadata, JSON in UTF-8; not parsed here.
    public var metadata: [UInt8] { index.metadata }
    /// Tensors in the order of the file.
    public var tensors: [TensorDescriptor] { index.tensors }

    /// Checks a file and keeps it (without copying it).
    /// - Throws: `WeightFileError`.
    public init(_ bytes: [UInt8]) throws(WeightFileError) {
        self.bytes = bytes
        index = try Self.access(bytes) { buffer throws(WeightFileError) in
            try WeightFileIndex(parsing: buffer)
        }
    }

    /// Checks a file in memory and keeps a copy. `WeightFileIndex` reads it in place instead.
    /// - Throws: `WeightFileError`.
    public init(copying buffer: UnsafeRawBufferPointer) throws(WeightFileError) {
        index = try WeightFileIndex(parsing: buffer)
        bytes = Array(buffer)
    }

    /// The identity that a whole file declares; nothing is checked.
    package static func declaredID(of file: some BidirectionalCollection<UInt8>) -> ModelID? {
        ModelID(bytes: file.suffix(WeightFileLayout.checksumByteCount))
    }

    /// See `WeightFileIndex.floats`.
    public func floats(_ name: String, shape: [Int]? = nil) throws(WeightFileError) -> [Float] {
        try Self.access(bytes) { buffer throws(WeightFileError) in
            try index.floats(name, shape: shape, in: buffer)
        }
    }

    /// See `WeightFileIndex.int8s`.
    public func int8s(_ name: String, shape: [Int]? = nil) throws(WeightFileError) -> [Int8] {
        try Self.access(bytes) { buffer throws(WeightFileError) in
            try index.int8s(name, shape: shape, in: buffer)
        }
    }

    /// See `WeightFileIndex.int16s`.
    public func int16s(_ name: String, shape: [Int]? = nil) throws(WeightFileError) -> [Int16] {
        try Self.access(bytes) { buffer throws(WeightFileError) in
            try index.int16s(name, shape: shape, in: buffer)
        }
    }

    /// See `WeightFileIndex.uint16s`.
    public func uint16s(_ name: String, shape: [Int]? = nil) throws(WeightFileError) -> [UInt16] {
        try Self.access(bytes) { buffer throws(WeightFileError) in
            try index.uint16s(name, shape: shape, in: buffer)
        }
    }

    /// See `WeightFileIndex.int32s`.
    public func int32s(_ name: String, shape: [Int]? = nil) throws(WeightFileError) -> [Int32] {
        try Self.access(bytes) { buffer throws(WeightFileError) in
            try index.int32s(name, shape: shape, in: buffer)
        }
    }

    /// `withUnsafeBytes` with a typed error.
    private static func access<Value>(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(WeightFileError) -> Value
    ) throws(WeightFileError) -> Value {
        let result: Result<Value, WeightFileError> = bytes.withUnsafeBytes { buffer in
            do throws(WeightFileError) {
                return .success(try body(buffer))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
