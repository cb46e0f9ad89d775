/// Turns floats into stored samples. Values are scaled by 2^(bits - 1), rounded to the nearest
/// integer (ties to even) and limited, so that reading a file and writing it again at the same
/// width changes nothing. (libsndfile scales by 2^(bits - 1) - 1 when it converts floats itself,
/// which would change most samples of a 16-bit file by one; therefore it is only ever given
/// integers.)
struct PCMEncoder {
    let encoding: SampleEncoding
    let byteOrder: ByteOrder
    /// Samples that were outside the range of the integers.
    private(set) var clippedCount = 0
    /// Samples that were no number or infinite and became 0.
    private(set) var nonFiniteCount = 0

    /// The law of a companded encoding.
    private let law: Companding.Inverse?

    init(encoding: SampleEncoding, byteOrder: ByteOrder) {
        self.encoding = encoding
        self.byteOrder = byteOrder
        law = Companding.table(encoding).map { Companding.Inverse($0) }
    }

    /// Encodes all samples of `input` into the first `input.count * encoding.byteCount` bytes of
    /// `output`.
    mutating func encode(
        _ input: UnsafeBufferPointer<Float>, into output: UnsafeMutableRawBufferPointer
    ) {
        let size = encoding.byteCount
        switch encoding {
        case .float32:
            for (index, sample) in input.enumerated() {
                store(finite(sample).bitPattern, at: index * size, output)
            }
        case .float64:
            for (index, sample) in input.enumerated() {
                store(Double(finite(sample)).bitPattern, at: index * size, output)
            }
        case .signed8, .unsigned8:
            let offset: UInt8 = encoding.isSigned ? 0 : 0x80
            for (index, sample) in input.enumerated() {
                output[index] = UInt8(truncatingIfNeeded: quantise(sample)) ^ offset
            }
        case .signed16, .unsigned16:
            let offset: UInt16 = encoding.isSigned ? 0 : 0x8000
            for (index, sample) in input.enumerated() {
                store(
                    UInt16(truncatingIfNeeded: quantise(sample)) ^ offset, at: index * size, output)
            }
        case .aLaw, .muLaw:
            guard let law else { return }
            for (index, sample) in input.enumerated() {
                let value = finite(sample)
                if !law.range.contains(value) { clippedCount += 1 }
                output[index] = law.code(value)
            }
        case .signed32, .unsigned32:
            let offset: UInt32 = encoding.isSigned ? 0 : 0x8000_0000
            for (index, sample) in input.enumerated() {
                store(
                    UInt32(truncatingIfNeeded: quantise(sample)) ^ offset, at: index * size, output)
            }
        case .signed24, .unsigned24:
            let offset: UInt32 = encoding.isSigned ? 0 : 0x80_0000
            let big = byteOrder == .big
            for (index, sample) in input.enumerated() {
                let value = UInt32(truncatingIfNeeded: quantise(sample)) ^ offset
                output[3 * index + (big ? 2 : 0)] = UInt8(truncatingIfNeeded: value)
                output[3 * index + 1] = UInt8(truncatingIfNeeded: value >> 8)
                output[3 * index + (big ? 0 : 2)] = UInt8(truncatingIfNeeded: value >> 16)
            }
        }
    }

    /// The integer code of a sample at the encoder's width; counts what had to be limited.
    @inline(__always)
    mutating func quantise(_ sample: Float) -> Int {
        let limit = Double(1 << (encoding.bits - 1))
        let scaled = (Double(finite(sample)) * limit).rounded(.toNearestOrEven)
        if scaled > limit - 1 {
            clippedCount += 1
            return Int(limit) - 1
        }
        if scaled < -limit {
            clippedCount += 1
            return -Int(limit)
        }
        return Int(scaled)
    }

    /// The sample, or 0 in the place of NaN and infinities.
    @inline(__always)
    mutating func finite(_ sample: Float) -> Float {
        if sample.isFinite { return sample }
        nonFiniteCount += 1
        return 0
    }

    @inline(__always)
    private func store<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: T, at offset: Int, _ output: UnsafeMutableRawBufferPointer
    ) {
        output.storeBytes(
            of: byteOrder == .big ? value.bigEndian : value.littleEndian, toByteOffset: offset,
            as: T.self)
    }
}
