/// Access to the elements. `bytes` is the file that the index was made from; another buffer of the
/// same length gives other values, never an access outside of it, and one of another length is
/// refused.
extension WeightFileIndex {
    /// Values of a `float32` or `float16` tensor; half precision is converted exactly.
    /// - Parameter shape: expected shape, if it matters.
    /// - Throws: `missingTensor`, `shapeMismatch`, `typeMismatch`, `notFinite`.
    public func floats(_ name: String, shape: [Int]? = nil, in bytes: UnsafeRawBufferPointer)
        throws(WeightFileError) -> [Float]
    {
        let tensor = try find(name, shape, bytes)
        let values: [Float]
        switch tensor.type {
        case .float32:
            values = elements(tensor, bytes) { (word: UInt32) in Float(bitPattern: word) }
        case .float16:
            values = elements(tensor, bytes) { (word: UInt16) in Half.float(fromBits: word) }
        case .int8, .int16, .uint16, .int32: throw .typeMismatch(tensor: name, found: tensor.type)
        }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(tensor: name, index: index)
        }
        return values
    }

    /// Values of an `int8` tensor. Errors as of `floats`.
    public func int8s(_ name: String, shape: [Int]? = nil, in bytes: UnsafeRawBufferPointer)
        throws(WeightFileError) -> [Int8]
    {
        try integers(name, shape, bytes, .int8)
    }

    /// Values of an `int16` tensor. Errors as of `floats`.
    public func int16s(_ name: String, shape: [Int]? = nil, in bytes: UnsafeRawBufferPointer)
        throws(WeightFileError) -> [Int16]
    {
        try integers(name, shape, bytes, .int16)
    }

    /// Values of a `uint16` tensor. Errors as of `floats`.
    public func uint16s(_ name: String, shape: [Int]? = nil, in bytes: UnsafeRawBufferPointer)
        throws(WeightFileError) -> [UInt16]
    {
        try integers(name, shape, bytes, .uint16)
    }

    /// Values of an `int32` tensor. Errors as of `floats`.
    public func int32s(_ name: String, shape: [Int]? = nil, in bytes: UnsafeRawBufferPointer)
        throws(WeightFileError) -> [Int32]
    {
        try integers(name, shape, bytes, .int32)
    }

    private func integers<Element: FixedWidthInteger & BitwiseCopyable>(
        _ name: String, _ shape: [Int]?, _ bytes: UnsafeRawBufferPointer, _ type: ElementType
    ) throws(WeightFileError) -> [Element] {
        let tensor = try find(name, shape, bytes)
        guard tensor.type == type else { throw .typeMismatch(tensor: name, found: tensor.type) }
        return elements(tensor, bytes) { (word: Element) in word }
    }

    private func find(_ name: String, _ shape: [Int]?, _ bytes: UnsafeRawBufferPointer)
        throws(WeightFileError) -> TensorDescriptor
    {
        guard bytes.count == byteCount else {
            throw .fileLength(declared: UInt64(byteCount), found: bytes.count)
        }
        guard let tensor = descriptor(name) else { throw .missingTensor(name) }
        if let shape, shape != tensor.shape {
            throw .shapeMismatch(tensor: name, expected: shape, found: tensor.shape)
        }
        return tensor
    }

    /// The initialiser made sure that the elements lie inside `byteCount` bytes.
    private func elements<Word: FixedWidthInteger & BitwiseCopyable, Element>(
        _ tensor: TensorDescriptor, _ bytes: UnsafeRawBufferPointer, _ convert: (Word) -> Element
    ) -> [Element] {
        let stride = MemoryLayout<Word>.size
        return (0..<tensor.elementCount).map { index in
            convert(
                Word(
                    littleEndian: bytes.loadUnaligned(
                        fromByteOffset: tensor.offset + stride * index, as: Word.self)))
        }
    }
}
