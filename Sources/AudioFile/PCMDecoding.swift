/// Turns stored samples into floats; full scale is 1.0 (see `SampleEncoding`).
enum PCMDecoding {
    /// Decodes `output.count` samples.
    /// - Parameters:
    ///   - input: at least `output.count * encoding.byteCount` bytes.
    ///   - output: filled completely. Floating-point input is passed on as it is, even outside [-1,
    ///     1] and not finite.
    static func decode(
        _ input: UnsafeRawBufferPointer, encoding: SampleEncoding, byteOrder: ByteOrder,
        into output: UnsafeMutableBufferPointer<Float>
    ) {
        let big = byteOrder == .big
        switch encoding {
        case .unsigned8: each(output) { Float(Int(input[$0]) - 128) * 0x1p-7 }
        case .signed8: each(output) { Float(Int8(bitPattern: input[$0])) * 0x1p-7 }
        case .signed16: each(output) { Float(Int16(bitPattern: load(input, $0, big))) * 0x1p-15 }
        case .unsigned16:
            each(output) { Float(Int16(bitPattern: load(input, $0, big) ^ 0x8000)) * 0x1p-15 }
        case .signed24: each(output) { Float(load24(input, $0, big)) * 0x1p-31 }
        case .unsigned24: each(output) { Float(load24(input, $0, big) ^ .min) * 0x1p-31 }
        case .signed32: each(output) { Float(Int32(bitPattern: load(input, $0, big))) * 0x1p-31 }
        case .unsigned32:
            each(output) { Float(Int32(bitPattern: load(input, $0, big) ^ 0x8000_0000)) * 0x1p-31 }
        case .float32: each(output) { Float(bitPattern: load(input, $0, big)) }
        case .float64: each(output) { Float(Double(bitPattern: load(input, $0, big))) }
        case .aLaw, .muLaw:
            let table = encoding == .aLaw ? Companding.aLaw : Companding.muLaw
            each(output) { table[Int(input[$0])] }
        }
    }

    @inline(__always)
    private static func each(_ output: UnsafeMutableBufferPointer<Float>, _ sample: (Int) -> Float)
    {
        for index in output.indices { output[index] = sample(index) }
    }

    /// Sample `index` of an array of `T`, which need not be aligned.
    @inline(__always)
    private static func load<T: FixedWidthInteger & BitwiseCopyable>(
        _ input: UnsafeRawBufferPointer, _ index: Int, _ big: Bool
    ) -> T {
        let value = input.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self)
        return big ? T(bigEndian: value) : T(littleEndian: value)
    }

    /// Three bytes in the upper part of 32 bits, so that the sign is in its place.
    @inline(__always)
    private static func load24(_ input: UnsafeRawBufferPointer, _ index: Int, _ big: Bool) -> Int32
    {
        let (first, second, third) = (
            UInt32(input[3 * index]), UInt32(input[3 * index + 1]), UInt32(input[3 * index + 2])
        )
        return Int32(
            bitPattern: big
                ? first << 24 | second << 16 | third << 8 : third << 24 | second << 16 | first << 8)
    }
}
