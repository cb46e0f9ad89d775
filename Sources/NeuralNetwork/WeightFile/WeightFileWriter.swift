/// Collects tensors and writes a weight file. The bytes depend on nothing but metadata and tensors
/// in the order they were added.
public struct WeightFileWriter: Sendable {
    private let metadata: [UInt8]
    private var table: [UInt8] = []
    private var names: Set<String> = []
    /// Elements of each tensor.
    private var payloads: [[UInt8]] = []

    /// - Parameter metadata: JSON in UTF-8, at most `WeightFile.maximumMetadataByteCount` bytes.
    /// - Throws: `metadataLength`, `metadataEncoding`.
    public init(metadata: [UInt8]) throws(WeightFileError) {
        guard metadata.count <= WeightFile.maximumMetadataByteCount else {
            throw .metadataLength(
                declared: metadata.count, limit: WeightFile.maximumMetadataByteCount)
        }
        guard String(validating: metadata, as: UTF8.self) != nil else { throw .metadataEncoding }
        self.metadata = metadata
    }

    /// Adds a `float32` tensor.
    /// - Parameters:
    ///   - name: 1 ... 255 bytes of UTF-8, not used before.
    ///   - shape: at most 8 dimensions of 1 ... 2^32 - 1; the product is the number of values.
    /// - Throws: `tensorName`, `duplicateName`, `rank`, `shape`, `elementCount`, `tensorCount`,
    ///   `notFinite`; nothing is added then.
    public mutating func add(_ name: String, shape: [Int], floats values: [Float])
        throws(WeightFileError)
    {
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(tensor: name, index: index)
        }
        try add(name, .float32, shape, values.map(\.bitPattern))
    }

    /// Adds a `float16` tensor of values rounded to the nearest half-precision number. Errors as of
    /// `add(_:shape:floats:)`; values that would become infinite are `notFinite`.
    public mutating func add(_ name: String, shape: [Int], halves values: [Float])
        throws(WeightFileError)
    {
        let words = values.map { Half.bits(of: $0) }
        if let index = words.firstIndex(where: { $0 & 0x7C00 == 0x7C00 }) {
            throw .notFinite(tensor: name, index: index)
        }
        try add(name, .float16, shape, words)
    }

    /// Adds an `int8` tensor. Errors as of `add(_:shape:floats:)`.
    public mutating func add(_ name: String, shape: [Int], int8s values: [Int8])
        throws(WeightFileError)
    {
        try add(name, .int8, shape, values)
    }

    /// Adds an `int16` tensor. Errors as of `add(_:shape:floats:)`.
    public mutating func add(_ name: String, shape: [Int], int16s values: [Int16])
        throws(WeightFileError)
    {
        try add(name, .int16, shape, values)
    }

    /// Adds a `uint16` tensor. Errors as of `add(_:shape:floats:)`.
    public mutating func add(_ name: String, shape: [Int], uint16s values: [UInt16])
        throws(WeightFileError)
    {
        try add(name, .uint16, shape, values)
    }

    /// Adds an `int32` tensor. Errors as of `add(_:shape:floats:)`.
    public mutating func add(_ name: String, shape: [Int], int32s values: [Int32])
        throws(WeightFileError)
    {
        try add(name, .int32, shape, values)
    }

    /// The file.
    public func bytes() -> [UInt8] {
        var bytes = WeightFile.magic + [WeightFile.version, 0, 0, 0]
        let fixed = WeightFileLayout.headerByteCount + metadata.count + table.count
        let length = payloads.reduce(fixed) { WeightFileLayout.aligned($0) + $1.count }
        let bodyEnd = WeightFileLayout.aligned(length)
        bytes.reserveCapacity(bodyEnd + WeightFileLayout.checksumByteCount)
        append(UInt64(bodyEnd + WeightFileLayout.checksumByteCount), to: &bytes)
        append(UInt32(metadata.count), to: &bytes)
        append(UInt32(payloads.count), to: &bytes)
        append(UInt32(table.count), to: &bytes)
        append(UInt32(0), to: &bytes)
        bytes += metadata
        bytes += table
        for payload in payloads {
            pad(&bytes)
            bytes += payload
        }
        pad(&bytes)
        bytes += bytes.withUnsafeBytes { SHA256Digest.of($0) }
        return bytes
    }

    private mutating func add<Word: FixedWidthInteger>(
        _ name: String, _ type: ElementType, _ shape: [Int], _ words: [Word]
    ) throws(WeightFileError) {
        let utf8 = Array(name.utf8)
        guard (1...255).contains(utf8.count) else { throw .tensorName(index: payloads.count) }
        guard !names.contains(name) else { throw .duplicateName(name) }
        guard payloads.count < WeightFile.maximumTensorCount else {
            throw .tensorCount(declared: payloads.count + 1, limit: WeightFile.maximumTensorCount)
        }
        guard shape.count <= WeightFile.maximumRank else { throw .rank(shape.count, tensor: name) }
        let descriptor = TensorDescriptor(name: name, type: type, shape: shape, offset: 0)
        let byteCount = try WeightFileIndex.byteCount(of: descriptor)
        guard byteCount == words.count * type.byteCount else {
            throw .elementCount(
                tensor: name, expected: byteCount / type.byteCount, found: words.count)
        }
        names.insert(name)
        table.append(UInt8(truncatingIfNeeded: utf8.count))
        table += utf8
        table += [type.rawValue, UInt8(truncatingIfNeeded: shape.count)]
        for dimension in shape { append(UInt32(truncatingIfNeeded: dimension), to: &table) }
        var payload: [UInt8] = []
        payload.reserveCapacity(byteCount)
        for word in words { append(word, to: &payload) }
        payloads.append(payload)
    }

    private func append<Word: FixedWidthInteger>(_ word: Word, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private func pad(_ bytes: inout [UInt8]) {
        bytes += [UInt8](repeating: 0, count: WeightFileLayout.aligned(bytes.count) - bytes.count)
    }
}
