/// What the header of a sound file says: where its samples lie and how they are stored.
struct SoundLayout: Equatable {
    /// For reports, for example "WAV".
    var container: String
    /// Coding of the samples; nil where it is one for libsndfile (ADPCM, GSM ...).
    var format: RawFormat?
    /// Place of the first byte of samples, from the start of the input.
    var dataOffset: Int
    /// Bytes of samples that the header promises; nil where it holds 0 or a placeholder of a
    /// program that could not know.
    var dataBytes: Int?
    /// How chunks are framed around the samples; nil where there are none.
    var chunks: ChunkStyle?
    /// Texts in front of the samples.
    var tags = SoundTags()
    /// Zeros, of which there are no bytes in the file.
    var isSilent = false
    /// Frames that a `fact` chunk of WAV promises; nil without one.
    var factFrames: Int?
    /// The coding as the header has it, for a WAV file that is given to libsndfile.
    var waveFormat: [UInt8] = []

    /// Frames of a block of a coding in WAV: what padding of the last one can be; 0 where the
    /// header does not say.
    var blockFrames: Int {
        waveFormat.count >= 20 ? Int(waveFormat.integer(at: 18, count: 2)) : 0
    }

    /// For reports, for example "WAV, 16-bit".
    var name: String { format.map { "\(container), \($0.encoding)" } ?? container }

    /// Its samples can follow those of `other` in one sound.
    func continues(_ other: SoundLayout) -> Bool {
        guard let format, let own = other.format else { return false }
        return format.sampleRate == own.sampleRate && format.channels == own.channels
            && format.encoding.isFloat == own.encoding.isFloat
    }
}

/// How the chunks of a container are framed.
enum ChunkStyle: Equatable {
    /// Four letters, 32 bits of length, even padding: RIFF with the least significant byte first,
    /// AIFF and RIFX with the most significant.
    case short(ByteOrder)
    /// Four letters and 64 bits of length, big-endian: CAF.
    case long
    /// 16 bytes of identifier, 64 bits of length that count the header too, padding to 8: Wave64.
    case wave64

    /// Bytes of a chunk's header.
    var headerBytes: Int {
        switch self {
        case .short: 8
        case .long: 12
        case .wave64: 24
        }
    }

    /// Lengths from here on are no lengths, but say that nobody knew.
    static let endless = 1 << 62

    /// The number of bytes behind the header that the chunk has, without and with padding, at most
    /// `endless`; nil where these bytes are no header: an identifier has printable letters.
    func size(_ header: some RandomAccessCollection<UInt8>) -> (body: Int, padded: Int)? {
        guard header.count >= headerBytes, header.prefix(4).allSatisfy({ (0x20..<0x7F) ~= $0 })
        else { return nil }
        let bytes = Array(header)
        let size: UInt64
        switch self {
        case .short(let order): size = bytes.integer(at: 4, count: 4, order)
        case .long: size = bytes.integer(at: 4, count: 8, .big)
        case .wave64:
            let whole = bytes.integer(at: 16, count: 8)
            guard whole >= 24 else { return nil }
            size = whole - 24
        }
        guard size < UInt64(Self.endless) else { return (Self.endless, Self.endless) }
        let body = Int(size)
        switch self {
        case .short: return (body, body + body % 2)
        case .long: return (body, body)
        case .wave64: return (body, (body + 7) / 8 * 8)
        }
    }
}

/// Walking through the chunks of a container.
struct ChunkWalk {
    /// Most bytes in front of the samples, and of one chunk that is looked into: what was read of a
    /// pipe is kept until its format is known.
    static let largestHeader = 64 << 20
    /// Most bytes of a chunk of texts.
    static let largestText = 1 << 20

    let style: ChunkStyle

    /// A chunk whose header was taken; the input stands at its body.
    struct Chunk {
        var header: [UInt8]
        var body: Int
        var padded: Int

        func has(_ name: StaticString) -> Bool { header.has(name) }
    }

    /// Takes the header of the next chunk; nil at the end or where there is none.
    func next(_ input: ByteInput) throws(AudioFileError) -> Chunk? {
        let ahead = try input.peek(style.headerBytes)
        guard let size = style.size(ahead) else { return nil }
        return Chunk(
            header: try input.take(style.headerBytes), body: size.body, padded: size.padded)
    }

    /// Takes the body of a chunk, and its padding.
    /// - Returns: nil where the input ends inside the body.
    func body(_ chunk: Chunk, of input: ByteInput) throws(AudioFileError) -> [UInt8]? {
        guard chunk.body <= Self.largestHeader else { return nil }
        let body = try input.take(chunk.body)
        guard body.count == chunk.body else { return nil }
        try pad(chunk, input)
        return body
    }

    /// Leaves out the body of a chunk and its padding.
    /// - Returns: false where the input ends inside the body.
    func skip(_ chunk: Chunk, of input: ByteInput) throws(AudioFileError) -> Bool {
        guard try input.skip(chunk.body) == chunk.body else { return false }
        try pad(chunk, input)
        return true
    }

    /// Leaves out padding. Some programs forget it, others fill up to 4 bytes: what has a known
    /// name is the next chunk.
    private func pad(_ chunk: Chunk, _ input: ByteInput) throws(AudioFileError) {
        let padding = chunk.padded - chunk.body
        let ahead = try input.peek(style.headerBytes + 3)
        let places = [padding] + (0...3).filter { $0 != padding }
        let known = places.first { ChunkName.isKnown(ahead.dropFirst($0)) }
        _ = try input.take(known ?? padding)
    }
}

/// Names of chunks.
enum ChunkName {
    /// Whether these bytes begin with the name of a chunk that sound files are known to have.
    static func isKnown(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        guard bytes.count >= 4 else { return false }
        let letters = Array(bytes.prefix(4))
        return letters.withUnsafeBytes { contains($0.loadUnaligned(as: UInt32.self)) }
    }

    /// The same for four bytes as they lie in memory, without those that are in front of samples.
    static func followsSamples(_ name: UInt32) -> Bool { behind.contains(name) }

    private static func contains(_ name: UInt32) -> Bool {
        behind.contains(name) || front.contains(name)
    }

    private static let front = names("fmt data ds64 FVER COMM SSND desc RIFF FORM")
    private static let behind = names(
        "LIST list INFO id3 ID3 bext cue smpl fact PEAK JUNK junk PAD FLLR inst acid DISP iXML "
            + "axml chna afsp _PMX SAUR minf elm1 regn umid cart levl plst strc LGWV R64m MD5 ANNO "
            + "NAME AUTH MARK INST COMT APPL AESD SAXL MIDI info strg mark free uuid ovvw peak "
            + "edct chan pakt kuki summ (c)")

    private static func names(_ text: String) -> Set<UInt32> {
        Set(
            text.split(separator: " ").map { word in
                let letters =
                    Array(word.utf8) + [UInt8](repeating: 0x20, count: 4 - word.utf8.count)
                return letters.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
            })
    }
}
