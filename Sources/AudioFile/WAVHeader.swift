/// The header of a WAV file: Microsoft and IBM, "Multimedia Programming Interface and Data
/// Specifications 1.0" (RIFF, 1991), WAVEFORMATEXTENSIBLE, and RF64 (EBU Tech 3306) for more than 4
/// GiB. Written here rather than by libsndfile because that refuses to write WAV to a pipe, and
/// read here because it does not report lengths that are false.
struct WAVHeader: Equatable {
    var sampleRate: Int
    var channels: Int
    var encoding: SampleEncoding
    /// Bytes of samples that the header promises; nil where it holds a placeholder of a program
    /// that could not know.
    var dataBytes: Int?

    var frameBytes: Int { channels * encoding.byteCount }

    /// What a header turned out to be.
    enum Recognition: Equatable {
        /// Plain PCM or floating point; the stream stands at the first sample.
        case linear(WAVHeader)
        /// Some other coding (A-law, ADPCM ...): libsndfile's business.
        case other
        /// No WAV file, or a broken header.
        case none
    }

    /// Most bytes before the samples: what was read of a pipe is kept until its format is known.
    private static let largestHeader = 64 << 20

    /// Reads up to the first sample.
    static func recognise(_ stream: inout ByteStream) throws(AudioFileError) -> Recognition {
        let start = try stream.take(12)
        guard start.count == 12, start[8..<12].elementsEqual("WAVE".utf8) else { return .none }
        let riff = start[0..<4].elementsEqual("RIFF".utf8)
        let rf64 = start[0..<4].elementsEqual("RF64".utf8)
        guard riff || rf64 else { return .none }
        let riffBytes = start.integer(at: 4, count: 4)
        var longDataBytes: UInt64?
        var format: WAVHeader?
        while true {
            let chunk = try stream.take(8)
            guard chunk.count == 8 else { return .none }
            let size = chunk.integer(at: 4, count: 4)
            if chunk[0..<4].elementsEqual("data".utf8) {
                guard var header = format else { return .none }
                header.dataBytes = Self.promised(
                    size, riffBytes: riffBytes, longDataBytes: longDataBytes)
                return .linear(header)
            }
            guard size <= largestHeader, stream.taken.count <= largestHeader else { return .none }
            let body = try stream.take(Int(size) + Int(size & 1))
            guard body.count >= Int(size) else { return .none }
            if chunk[0..<4].elementsEqual("ds64".utf8), body.count >= 16 {
                longDataBytes = body.integer(at: 8, count: 8)
            } else if chunk[0..<4].elementsEqual("fmt ".utf8) {
                guard let parsed = parseFormat(body) else { return .other }
                format = parsed
            }
        }
    }

    /// Interprets the `fmt ` chunk; nil where it is not plain PCM or floating point.
    private static func parseFormat(_ body: [UInt8]) -> WAVHeader? {
        guard body.count >= 16 else { return nil }
        var tag = body.integer(at: 0, count: 2)
        let bits = Int(body.integer(at: 14, count: 2))
        if tag == 0xFFFE {
            guard body.count >= 40, body[26..<40].elementsEqual(guidTail) else { return nil }
            tag = body.integer(at: 24, count: 2)
        }
        guard tag == 1 || tag == 3, let encoding = SampleEncoding(bits: bits, isFloat: tag == 3)
        else { return nil }
        let channels = Int(body.integer(at: 2, count: 2))
        let header = WAVHeader(
            sampleRate: Int(body.integer(at: 4, count: 4)), channels: channels, encoding: encoding)
        guard (1...AudioLimits.channels).contains(channels), header.sampleRate > 0,
            Int(body.integer(at: 12, count: 2)) == header.frameBytes
        else { return nil }
        return header
    }

    /// Length in the header, or nil where it is one of the values that programs write into pipes:
    /// 0xFFFFFFFF (ffmpeg), about 0x7FFFF000 (SoX), 0 together with an impossible RIFF size.
    private static func promised(_ size: UInt64, riffBytes: UInt64, longDataBytes: UInt64?) -> Int?
    {
        if size == 0xFFFF_FFFF, let long = longDataBytes {
            return long == 0 || long > UInt64(Int.max) ? nil : Int(long)
        }
        if size >= 0xFFFF_0000 || (0x7FFF_0000...0x8000_0000).contains(size) { return nil }
        if size == 0, riffBytes == 0 || riffBytes >= 0x7FFF_0000 { return nil }
        return Int(size)
    }

    /// Last 14 bytes of KSDATAFORMAT_SUBTYPE_PCM and ..._IEEE_FLOAT.
    private static let guidTail: [UInt8] = [
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
