/// The header of an AIFF file (Apple, "Audio Interchange File Format", 1989), or AIFF-C with the
/// compression type `fl32` or `fl64` for floating point. Written here because libsndfile 1.2.0
/// gives short files false lengths: floating-point ones of fewer than 24 bytes, and 8-bit ones with
/// an odd number of bytes.
struct AIFFHeader {
    var sampleRate: Int
    var channels: Int
    var encoding: SampleEncoding
    /// Bytes of samples.
    var dataBytes: Int

    /// The header as bytes; nil where AIFF has no code for the encoding, or the file would be
    /// longer than 4 GiB.
    func bytes(tags: SoundTags = SoundTags()) -> [UInt8]? {
        switch encoding {
        case .signed8, .signed16, .signed24, .signed32, .float32, .float64: break
        default: return nil
        }
        var common: [UInt8] = []
        common.append(integer: UInt64(channels), count: 2, .big)
        common.append(integer: UInt64(dataBytes / (channels * encoding.byteCount)), count: 4, .big)
        common.append(integer: UInt64(encoding.bits), count: 2, .big)
        common += extendedRate()
        if encoding.isFloat {
            common.append(ascii: encoding == .float32 ? "fl32" : "fl64")
            common += [0, 0]  // an empty name and its padding
        }
        var chunks: [UInt8] = []
        if encoding.isFloat {
            chunks.append(ascii: "FVER")
            chunks.append(integer: 4, count: 4, .big)
            chunks.append(integer: 0xA280_5140, count: 4, .big)  // version 1 of AIFF-C
        }
        chunks.append(ascii: "COMM")
        chunks.append(integer: UInt64(common.count), count: 4, .big)
        chunks += common
        chunks += Self.texts(tags)
        chunks.append(ascii: "SSND")
        chunks.append(integer: UInt64(dataBytes + 8), count: 4, .big)
        chunks.append(integer: 0, count: 8, .big)
        let total = 4 + chunks.count + dataBytes + (dataBytes & 1)
        guard total <= 0xFFFF_FFFF else { return nil }
        var header: [UInt8] = []
        header.append(ascii: "FORM")
        header.append(integer: UInt64(total), count: 4, .big)
        header.append(ascii: encoding.isFloat ? "AIFC" : "AIFF")
        return header + chunks
    }

    private static func texts(_ tags: SoundTags) -> [UInt8] {
        var chunks: [UInt8] = []
        for (id, name) in IFFReading.textNames {
            guard let text = tags[name] else { continue }
            chunks.append(ascii: id)
            chunks.append(integer: UInt64(text.utf8.count), count: 4, .big)
            chunks += text.utf8
            if text.utf8.count % 2 == 1 { chunks.append(0) }
        }
        return chunks
    }

    /// The sampling rate as an 80-bit extended number: sign and exponent with bias 16383, then 64
    /// bits of mantissa with its leading one.
    private func extendedRate() -> [UInt8] {
        let rate = UInt64(sampleRate)
        let zeros = rate.leadingZeroBitCount
        var bytes: [UInt8] = []
        bytes.append(integer: UInt64(16383 + 63 - zeros), count: 2, .big)
        bytes.append(integer: rate << UInt64(zeros), count: 8, .big)
        return bytes
    }
}
