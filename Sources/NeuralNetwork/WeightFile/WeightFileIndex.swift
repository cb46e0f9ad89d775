/// Validated table of contents of a weight file whose bytes stay where they are, in a mapped file
/// or inside the program.
public struct WeightFileIndex: Sendable, Equatable {
    /// First 8 bytes of the file's SHA-256.
    public let modelID: ModelID
    /// Metadata, JSON in UTF-8; not parsed here.
    public let metadata: [UInt8]
    /// Tensors in the order of the file.
    public let tensors: [TensorDescriptor]
    /// Length of the file.
    public let byteCount: Int
    private let positions: [String: Int]

    /// Checks everything but the values of the elements: lengths, checksum, names, types, shapes,
    /// padding.
    /// - Parameter bytes: the whole file; not kept.
    /// - Throws: `WeightFileError`.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(WeightFileError) {
        let metadataEnd: Int
        let tableEnd: Int
        let tensorCount: Int
        (metadataEnd, tableEnd, tensorCount) = try Self.checkHeader(bytes)
        let bodyEnd = bytes.count - WeightFileLayout.checksumByteCount
        modelID = try Self.checkDigest(bytes, bodyEnd: bodyEnd)
        metadata = Array(bytes[WeightFileLayout.headerByteCount..<metadataEnd])
        guard String(validating: metadata, as: UTF8.self) != nil else { throw .metadataEncoding }

        var table = TableReader(bytes: bytes, position: metadataEnd, end: tableEnd)
        var offset = tableEnd
        var tensors: [TensorDescriptor] = []
        var positions: [String: Int] = [:]
        for index in 0..<tensorCount {
            let start = WeightFileLayout.aligned(offset)
            try Self.checkZeros(bytes, offset..<min(start, bodyEnd))
            let tensor = try table.readEntry(index: index, offset: start)
            let size = try Self.byteCount(of: tensor)
            guard size <= bodyEnd - start else {
                throw .sectionLength(
                    offset: start, needed: size, available: max(0, bodyEnd - start))
            }
            guard positions.updateValue(index, forKey: tensor.name) == nil else {
                throw .duplicateName(tensor.name)
            }
            tensors.append(tensor)
            offset = start + size
        }
        guard table.position == tableEnd else {
            throw .unusedBytes(tableEnd - table.position, offset: table.position)
        }
        let end = WeightFileLayout.aligned(offset)
        guard end >= bodyEnd else { throw .unusedBytes(bodyEnd - end, offset: end) }
        guard end == bodyEnd else {
            throw .sectionLength(offset: offset, needed: end - offset, available: bodyEnd - offset)
        }
        try Self.checkZeros(bytes, offset..<bodyEnd)
        self.tensors = tensors
        self.positions = positions
        byteCount = bytes.count
    }

    /// The tensor of a name, or nil.
    public func descriptor(_ name: String) -> TensorDescriptor? {
        positions[name].map { tensors[$0] }
    }

    private static func checkHeader(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WeightFileError) -> (metadataEnd: Int, tableEnd: Int, tensorCount: Int) {
        let found = Array(bytes.prefix(WeightFile.magic.count))
        guard found == WeightFile.magic else { throw .badMagic(found: found) }
        let minimum = WeightFileLayout.headerByteCount + WeightFileLayout.checksumByteCount
        guard bytes.count >= minimum else {
            throw .fileLength(declared: UInt64(minimum), found: bytes.count)
        }
        guard bytes[4] == WeightFile.version else { throw .unsupportedVersion(bytes[4]) }
        let declared = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        guard declared == UInt64(bytes.count) else {
            throw .fileLength(declared: declared, found: bytes.count)
        }
        try checkZeros(bytes, 5..<8)
        try checkZeros(bytes, 28..<32)
        let metadataLength = Int(
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
        let tensorCount = Int(
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 20, as: UInt32.self)))
        let tableLength = Int(
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt32.self)))
        guard metadataLength <= WeightFile.maximumMetadataByteCount else {
            throw .metadataLength(
                declared: metadataLength, limit: WeightFile.maximumMetadataByteCount)
        }
        guard tensorCount <= WeightFile.maximumTensorCount else {
            throw .tensorCount(declared: tensorCount, limit: WeightFile.maximumTensorCount)
        }
        let available = bytes.count - minimum
        guard metadataLength + tableLength <= available else {
            throw .sectionLength(
                offset: WeightFileLayout.headerByteCount, needed: metadataLength + tableLength,
                available: available)
        }
        let metadataEnd = WeightFileLayout.headerByteCount + metadataLength
        return (metadataEnd, metadataEnd + tableLength, tensorCount)
    }

    private static func checkDigest(_ bytes: UnsafeRawBufferPointer, bodyEnd: Int)
        throws(WeightFileError) -> ModelID
    {
        let digest = SHA256Digest.of(UnsafeRawBufferPointer(rebasing: bytes[..<bodyEnd]))
        let declared = Array(bytes[bodyEnd...])
        guard let computedID = ModelID(bytes: digest), let declaredID = ModelID(bytes: declared)
        else {
            throw .fileLength(
                declared: UInt64(bodyEnd + WeightFileLayout.checksumByteCount), found: bytes.count)
        }
        guard digest == declared else {
            throw .checksum(declared: declaredID, computed: computedID)
        }
        return computedID
    }

    private static func checkZeros(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>)
        throws(WeightFileError)
    {
        for index in range where bytes[index] != 0 { throw .nonzeroReserved(offset: index) }
    }

    /// Bytes of a tensor, checked for overflow.
    static func byteCount(of tensor: TensorDescriptor) throws(WeightFileError) -> Int {
        var product = tensor.type.byteCount
        for dimension in tensor.shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
            guard dimension >= 1, !overflow, next <= WeightFile.maximumTensorByteCount else {
                throw .shape(tensor.shape, tensor: tensor.name)
            }
            product = next
        }
        return product
    }
}

/// Reads the entries of the tensor table one after the other.
private struct TableReader {
    let bytes: UnsafeRawBufferPointer
    var position: Int
    let end: Int

    mutating func readEntry(index: Int, offset: Int) throws(WeightFileError) -> TensorDescriptor {
        let nameLength = Int(try take(1)[0])
        let nameBytes = try take(nameLength)
        guard nameLength >= 1, let name = String(validating: nameBytes, as: UTF8.self) else {
            throw .tensorName(index: index)
        }
        let code = try take(2)
        guard let type = ElementType(rawValue: code[0]) else {
            throw .elementType(code[0], tensor: name)
        }
        let rank = Int(code[1])
        guard rank <= WeightFile.maximumRank else { throw .rank(rank, tensor: name) }
        let dimensions = try take(4 * rank)
        let shape = (0..<rank).map { dimension in
            (0..<4).reduce(0) { $0 | Int(dimensions[4 * dimension + $1]) << (8 * $1) }
        }
        return TensorDescriptor(name: name, type: type, shape: shape, offset: offset)
    }

    private mutating func take(_ count: Int) throws(WeightFileError) -> [UInt8] {
        guard count <= end - position else {
            throw .sectionLength(offset: position, needed: count, available: end - position)
        }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }
}
