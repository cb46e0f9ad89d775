/// Headers of WAV, RF64 and BW64 (ITU-R BS.2088), RIFX (big-endian) and Wave64. Written here
/// because libsndfile refuses chunks that other readers pass over, believes false lengths in
/// silence, and cannot read a pipe.
enum WAVReading {
    /// The chunks that matter, under their names in RIFF and as the first four bytes of the
    /// identifiers of Wave64.
    private static let wave64Riff: [UInt8] = [
        0x72, 0x69, 0x66, 0x66, 0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0,
    ]

    /// Whether these first bytes are those of such a file.
    static func isWave64(_ start: some RandomAccessCollection<UInt8>) -> Bool {
        start.starts(with: wave64Riff)
    }

    /// Reads up to the first sample; the input stands at the start.
    static func parse(_ input: ByteInput) throws(AudioFileError) -> SoundLayout {
        let path = input.descriptor.path
        let isLong = isWave64(try input.peek(16))
        let start = try input.take(isLong ? 40 : 12)
        let order: ByteOrder = start.has("RIFX") ? .big : .little
        let container =
            isLong ? "W64" : start.has("RF64") ? "RF64" : start.has("BW64") ? "BW64" : "WAV"
        guard isLong ? start.has("wave", at: 24) : start.has("WAVE", at: 8) else {
            throw .unrecognised(path: path, reason: "a \(container) file without sound")
        }
        let walk = ChunkWalk(style: isLong ? .wave64 : .short(order))
        var layout = SoundLayout(container: container, dataOffset: 0, chunks: walk.style)
        var hasFormat = false
        var longBytes: UInt64?
        while let chunk = try walk.next(input) {
            if chunk.has("data") {
                guard hasFormat else {
                    throw .malformedHeader(path: path, reason: "no format in front of the samples")
                }
                layout.dataOffset = input.position
                layout.dataBytes =
                    isLong
                    ? ((1..<ChunkStyle.endless).contains(chunk.body) ? chunk.body : nil)
                    : promised(UInt64(chunk.body), longBytes: longBytes)
                return layout
            }
            guard input.position <= ChunkWalk.largestHeader else { break }
            let isFormat = chunk.has("fmt ")
            let isFact = chunk.has("fact")
            guard isFormat || isFact || chunk.has("ds64") || chunk.has("LIST"),
                chunk.body <= ChunkWalk.largestText
            else {
                guard chunk.body <= ChunkWalk.largestHeader || input.isSeekable,
                    try walk.skip(chunk, of: input)
                else { break }
                continue
            }
            guard let body = try walk.body(chunk, of: input) else { break }
            if isFormat {
                (layout.format, layout.waveFormat) = (
                    try format(body, order: order, path: path), body
                )
                hasFormat = true
            } else if isFact {
                layout.factFrames =
                    body.count >= 4 ? Int(body.integer(at: 0, count: 4, order)) : nil
            } else if chunk.has("LIST") {
                layout.tags.add(riffList: body)
            } else if body.count >= 16 {
                longBytes = body.integer(at: 8, count: 8)
            }
        }
        throw .malformedHeader(
            path: path,
            reason: hasFormat ? "no samples behind the format" : "no format and no samples")
    }

    /// Interprets the `fmt ` chunk; nil for a coding that is none of PCM, floating point, A-law and
    /// µ-law.
    private static func format(
        _ body: [UInt8], order: ByteOrder, path: String
    ) throws(AudioFileError) -> RawFormat? {
        guard body.count >= 14 else {
            throw .malformedHeader(path: path, reason: "a format of \(body.count) bytes")
        }
        func field(_ offset: Int, _ count: Int) -> Int {
            Int(body.integer(at: offset, count: count, order))
        }
        var tag = field(0, 2)
        let channels = field(2, 2)
        let rate = field(4, 4)
        let frameBytes = field(12, 2)
        // Without a width (a format of 14 bytes) the frame decides.
        let bits = body.count >= 16 ? field(14, 2) : 0
        guard (1...AudioLimits.channels).contains(channels) else {
            throw .malformedHeader(path: path, reason: "\(channels) channels")
        }
        guard AudioLimits.sampleRates.contains(rate) else {
            throw .malformedHeader(path: path, reason: "a sampling rate of \(rate) Hz")
        }
        if tag == 0xFFFE {
            // The identifier of the coding begins with the tag; a header that was cut before it has
            // plain integers.
            tag = body.count >= 26 ? field(24, 2) : 1
            guard body.count < 40 || body[26..<40].elementsEqual(WAVHeader.guidTail) else {
                return nil
            }
        }
        // What holds a sample decides about its width; bits that are not used are the lowest ones.
        let width =
            frameBytes % channels == 0 && (1...8).contains(frameBytes / channels)
                && frameBytes / channels * 8 >= bits
            ? frameBytes / channels : (bits + 7) / 8
        let encoding: SampleEncoding?
        switch tag {
        case 1: encoding = SampleEncoding(bits: width * 8)
        case 3: encoding = SampleEncoding(bits: width * 8, isFloat: true)
        case 6 where width == 1: encoding = .aLaw
        case 7 where width == 1: encoding = .muLaw
        default: return nil
        }
        guard let encoding else {
            throw .malformedHeader(
                path: path, reason: "\(bits) bits in \(frameBytes) bytes for \(channels) channels")
        }
        return try RawFormat(
            sampleRate: rate, channels: channels, encoding: encoding, byteOrder: order)
    }

    /// Length in the header, or nil where it is one of the values that programs write into pipes: 0
    /// (mpg123, GStreamer), 0xFFFFFFFF (ffmpeg), about 0x7FFFF000 (SoX).
    private static func promised(_ size: UInt64, longBytes: UInt64?) -> Int? {
        if size == 0xFFFF_FFFF, let longBytes {
            return longBytes == 0 || longBytes > UInt64(Int.max) ? nil : Int(longBytes)
        }
        if size == 0 || size >= 0xFFFF_0000 || (0x7FFF_0000...0x8000_0000).contains(size) {
            return nil
        }
        return Int(size)
    }
}
