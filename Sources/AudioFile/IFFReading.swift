/// Headers of AIFF, AIFF-C, AU and CAF.
enum IFFReading {
    /// AIFF and AIFF-C (Apple, 1989 and 1991); the input stands at the start.
    /// - Returns: nil for codings that are libsndfile's business.
    static func parseAIFF(_ input: ByteInput) throws(AudioFileError) -> SoundLayout? {
        let path = input.descriptor.path
        let isCompressible = try input.take(12).has("AIFC", at: 8)
        let walk = ChunkWalk(style: .short(.big))
        var layout = SoundLayout(
            container: "AIFF", dataOffset: 0, chunks: walk.style)
        var hasFormat = false
        var hasData = false
        while let chunk = try walk.next(input) {
            if chunk.has("SSND") {
                let head = try input.peek(8)
                guard head.count == 8, chunk.body == 0 || chunk.body >= 8 else { break }
                // The samples may begin behind an offset; a length of 0 is a placeholder.
                let offset = Int(head.integer(at: 0, count: 4, .big))
                guard chunk.body == 0 || offset <= chunk.body - 8 else { break }
                layout.dataOffset = input.position + 8 + offset
                layout.dataBytes = promised(chunk.body, header: 8 + offset)
                hasData = true
                if hasFormat {
                    _ = try input.skip(8 + offset)
                    return layout.format == nil ? nil : layout
                }
                // The format may stand behind the samples, where a pipe is past them.
                guard input.isSeekable else { return nil }
            }
            let text = textNames.first { chunk.has($0.id) }
            guard chunk.has("COMM") || text != nil, chunk.body <= ChunkWalk.largestText else {
                guard chunk.body <= ChunkWalk.largestHeader || input.isSeekable,
                    try walk.skip(chunk, of: input)
                else { break }
                continue
            }
            guard let body = try walk.body(chunk, of: input) else { break }
            if let text {
                if layout.tags[text.name] == nil { layout.tags[text.name] = SoundTags.text(body) }
                continue
            }
            layout.format = try formatAIFF(body, isCompressible: isCompressible, path: path)
            hasFormat = true
            guard layout.format != nil else { return nil }
            if hasData { return layout }
        }
        throw .malformedHeader(
            path: path, reason: hasFormat ? "no samples behind the format" : "no format")
    }

    /// The text chunks of AIFF and what they hold.
    static let textNames: [(id: StaticString, name: SoundTags.Name)] = [
        ("NAME", .title), ("AUTH", .artist), ("(c) ", .copyright), ("ANNO", .comment),
    ]

    /// Length of the samples, or nil for 0 and for what programs write that could not know.
    /// - Parameter header: bytes of the chunk in front of the samples.
    private static func promised(_ size: Int, header: Int) -> Int? {
        if size <= header || size >= 0xFFFF_0000 { return nil }
        // SoX writes 0x7F000008 into pipes.
        return (0x7F00_0000...0x8000_0000).contains(size) ? nil : size - header
    }

    /// Interprets the `COMM` chunk.
    private static func formatAIFF(
        _ body: [UInt8], isCompressible: Bool, path: String
    ) throws(AudioFileError) -> RawFormat? {
        guard body.count >= 18 else {
            throw .malformedHeader(path: path, reason: "a format of \(body.count) bytes")
        }
        let channels = Int(body.integer(at: 0, count: 2, .big))
        let bits = Int(body.integer(at: 6, count: 2, .big))
        let rate = extendedRate(body[8..<18])
        try check(channels: channels, rate: rate, path: path)
        let width = (bits + 7) / 8 * 8
        let coding = isCompressible && body.count >= 22 ? Array(body[18..<22]) : Array("NONE".utf8)
        var order = ByteOrder.big
        let encoding: SampleEncoding?
        switch String(decoding: coding, as: UTF8.self) {
        case "NONE", "twos", "in24", "in32": encoding = SampleEncoding(bits: width, isSigned: true)
        case "sowt":
            encoding = SampleEncoding(bits: width, isSigned: true)
            order = .little
        case "raw ": encoding = SampleEncoding(bits: width, isSigned: false)
        case "fl32", "FL32": encoding = .float32
        case "fl64", "FL64": encoding = .float64
        case "ulaw", "ULAW": encoding = .muLaw
        case "alaw", "ALAW": encoding = .aLaw
        default: return nil
        }
        guard let encoding else {
            throw .malformedHeader(path: path, reason: "samples of \(bits) bits")
        }
        return try RawFormat(
            sampleRate: Int(rate), channels: channels, encoding: encoding, byteOrder: order)
    }

    /// A sampling rate as an 80-bit extended number, rounded to whole Hz; 0 where it is none that
    /// can be.
    private static func extendedRate(_ bytes: ArraySlice<UInt8>) -> Double {
        let exponent = Int(bytes.integer(at: 0, count: 2, .big)) - 16383 - 63
        let mantissa = Double(bytes.integer(at: 2, count: 8, .big))
        guard (-63...0).contains(exponent) else { return 0 }
        return (mantissa * Double(sign: .plus, exponent: exponent, significand: 1)).rounded()
    }

    private static func check(channels: Int, rate: Double, path: String) throws(AudioFileError) {
        guard (1...AudioLimits.channels).contains(channels) else {
            throw .malformedHeader(path: path, reason: "\(channels) channels")
        }
        guard rate >= Double(AudioLimits.sampleRates.lowerBound),
            rate <= Double(AudioLimits.sampleRates.upperBound)
        else { throw .malformedHeader(path: path, reason: "a sampling rate of \(rate) Hz") }
    }

    /// CAF (Apple, "Core Audio Format Specification 1.0"); the input stands at the start.
    /// - Returns: nil for codings that are libsndfile's business.
    static func parseCAF(_ input: ByteInput) throws(AudioFileError) -> SoundLayout? {
        let path = input.descriptor.path
        _ = try input.take(8)
        let walk = ChunkWalk(style: .long)
        var layout = SoundLayout(container: "CAF", dataOffset: 0, chunks: .long)
        while true {
            guard let chunk = try walk.next(input) else { break }
            if chunk.has("data") {
                guard layout.format != nil else { break }
                // The samples follow a count of edits; a length of -1 reaches to the end.
                guard try input.skip(4) == 4 else { break }
                layout.dataOffset = input.position
                layout.dataBytes =
                    (5..<ChunkStyle.endless).contains(chunk.body) ? chunk.body - 4 : nil
                return layout
            }
            guard chunk.has("desc") || chunk.has("info"), chunk.body <= ChunkWalk.largestText else {
                guard chunk.body <= ChunkWalk.largestHeader || input.isSeekable,
                    try walk.skip(chunk, of: input)
                else { break }
                continue
            }
            guard let body = try walk.body(chunk, of: input) else { break }
            if chunk.has("info") {
                layout.tags.add(cafInformation: body)
            } else {
                layout.format = try formatCAF(body, path: path)
                guard layout.format != nil else { return nil }
            }
        }
        throw .malformedHeader(
            path: path,
            reason: layout.format == nil ? "no format" : "no samples behind the format")
    }

    /// Interprets the `desc` chunk.
    private static func formatCAF(_ body: [UInt8], path: String) throws(AudioFileError)
        -> RawFormat?
    {
        guard body.count >= 32 else {
            throw .malformedHeader(path: path, reason: "a format of \(body.count) bytes")
        }
        func field(_ offset: Int) -> Int { Int(body.integer(at: offset, count: 4, .big)) }
        let rate = Double(bitPattern: body.integer(at: 0, count: 8, .big)).rounded()
        let flags = field(12)
        let packetBytes = field(16)
        let channels = field(24)
        let bits = field(28)
        try check(channels: channels, rate: rate, path: path)
        let encoding: SampleEncoding?
        switch String(decoding: body[8..<12], as: UTF8.self) {
        case "lpcm":
            encoding = SampleEncoding(
                bits: packetBytes % channels == 0 ? packetBytes / channels * 8 : bits,
                isFloat: flags & 1 != 0, isSigned: true)
        case "ulaw": encoding = .muLaw
        case "alaw": encoding = .aLaw
        default: return nil
        }
        guard let encoding else {
            throw .malformedHeader(
                path: path, reason: "\(bits) bits in \(packetBytes) bytes for \(channels) channels")
        }
        return try RawFormat(
            sampleRate: Int(rate), channels: channels, encoding: encoding,
            byteOrder: flags & 2 != 0 ? .little : .big)
    }
}

extension SoundTags {
    /// Takes in the body of an `info` chunk of CAF: a count, then names and values that end with
    /// zeros.
    mutating func add(cafInformation body: [UInt8]) {
        guard body.count > 4 else { return }
        let texts = body[4...].split(separator: 0, omittingEmptySubsequences: false)
            .map { Self.text($0) }
        for index in stride(from: 0, to: texts.count - 1, by: 2) {
            let key = texts[index].lowercased()
            let name = Name(rawValue: key) ?? Self.cafNames.first { $0.key == key }?.name
            if let name, self[name] == nil { self[name] = texts[index + 1] }
        }
    }

    /// Names of CAF that differ from those of Vorbis comments, in lower case.
    private static let cafNames: [(key: String, name: Name)] = [
        ("track number", .trackNumber), ("recorded date", .date), ("comments", .comment),
        ("year", .date),
    ]
}
