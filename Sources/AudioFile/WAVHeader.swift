/// The header of a WAV file: Microsoft and IBM, "Multimedia Programming Interface and Data
/// Specifications 1.0" (RIFF, 1991), WAVEFORMATEXTENSIBLE, and RF64 (EBU Tech 3306) for more than 4
/// GiB. Written here rather than by libsndfile because that refuses to write WAV to a pipe.
struct WAVHeader: Equatable {
    var sampleRate: Int
    var channels: Int
    var encoding: SampleEncoding
    /// Bytes of samples that the header promises; nil where it holds a placeholder of a program
    /// that could not know.
    var dataBytes: Int?

    var frameBytes: Int { channels * encoding.byteCount }

    /// Last 14 bytes of KSDATAFORMAT_SUBTYPE_PCM and ..._IEEE_FLOAT.
    static let guidTail: [UInt8] = [
        0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
    ]
}

extension WAVHeader {
    /// Bytes of samples above which the file must be RF64.
    static let riffLimit = 0xFFFF_FFFF - 128

    /// The header as bytes. 44 of them for 8- to 32-bit integers in one or two channels.
    /// - Parameters:
    ///   - reservesLong: leave room (a JUNK chunk) so that the header can become RF64 later, as EBU
    ///     Tech 3306 recommends.
    ///   - tags: texts for a list before the samples, where pipes can have it too.
    ///   - limit: bytes of samples above which RF64 is used.
    func bytes(reservesLong: Bool, tags: SoundTags = SoundTags(), limit: Int = riffLimit)
        -> [UInt8]
    {
        var format: [UInt8] = []
        let extensible = channels > 2
        let tag: UInt64 = encoding.isFloat ? 3 : 1
        format.append(integer: extensible ? 0xFFFE : tag, count: 2)
        format.append(integer: UInt64(channels), count: 2)
        format.append(integer: UInt64(sampleRate), count: 4)
        format.append(integer: UInt64(sampleRate * frameBytes), count: 4)
        format.append(integer: UInt64(frameBytes), count: 2)
        format.append(integer: UInt64(encoding.bits), count: 2)
        if extensible {
            format.append(integer: 22, count: 2)
            format.append(integer: UInt64(encoding.bits), count: 2)
            format.append(integer: 0, count: 4)  // no channel has a place in the room
            format.append(integer: tag, count: 2)
            format += Self.guidTail
        } else if encoding.isFloat {
            format.append(integer: 0, count: 2)
        }
        var chunks: [UInt8] = []
        chunks.append(ascii: "fmt ")
        chunks.append(integer: UInt64(format.count), count: 4)
        chunks += format
        let frames = dataBytes.map { $0 / frameBytes }
        let long = (dataBytes ?? 0) > limit
        if encoding.isFloat {
            chunks.append(ascii: "fact")
            chunks.append(integer: 4, count: 4)
            chunks.append(
                integer: UInt64(frames.map { min($0, 0xFFFF_FFFF) } ?? 0xFFFF_FFFF), count: 4)
        }
        chunks += tags.riffList()
        let extra = reservesLong || long ? 36 : 0
        let riffBytes = dataBytes.map { UInt64(4 + extra + chunks.count + 8 + $0 + ($0 & 1)) }
        var header: [UInt8] = []
        header.append(ascii: long ? "RF64" : "RIFF")
        header.append(integer: long ? 0xFFFF_FFFF : riffBytes ?? 0xFFFF_FFFF, count: 4)
        header.append(ascii: "WAVE")
        if extra > 0 {
            header.append(ascii: long ? "ds64" : "JUNK")
            header.append(integer: 28, count: 4)
            header.append(integer: long ? riffBytes ?? 0 : 0, count: 8)
            header.append(integer: long ? UInt64(dataBytes ?? 0) : 0, count: 8)
            header.append(integer: long ? UInt64(frames ?? 0) : 0, count: 8)
            header.append(integer: 0, count: 4)
        }
        header += chunks
        header.append(ascii: "data")
        header.append(
            integer: long ? 0xFFFF_FFFF : dataBytes.map { UInt64($0) } ?? 0xFFFF_FFFF, count: 4)
        return header
    }
}
