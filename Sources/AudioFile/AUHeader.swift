/// The header of an AU file (Sun and NeXT, described in `audio(5)`): big-endian, and by design fit
/// for pipes.
struct AUHeader: Equatable {
    var sampleRate: Int
    var channels: Int
    var encoding: SampleEncoding
    /// Bytes of samples; nil where unknown (0xFFFFFFFF).
    var dataBytes: Int?

    /// Reads up to the first sample; the input stands at the start.
    /// - Returns: nil where the coding is libsndfile's business (ADPCM).
    static func parse(_ input: ByteInput) throws(AudioFileError) -> SoundLayout? {
        let path = input.descriptor.path
        let fields = try input.take(24)
        guard fields.count == 24 else {
            throw .malformedHeader(path: path, reason: "\(fields.count) of 24 bytes")
        }
        let order: ByteOrder = fields.has("dns.") ? .little : .big
        func field(_ number: Int) -> Int {
            Int(fields.integer(at: 4 * number, count: 4, order))
        }
        let (offset, size, code, sampleRate, channels) = (
            field(1), field(2), field(3), field(4), field(5)
        )
        guard (1...AudioLimits.channels).contains(channels) else {
            throw .malformedHeader(path: path, reason: "\(channels) channels")
        }
        guard AudioLimits.sampleRates.contains(sampleRate) else {
            throw .malformedHeader(path: path, reason: "a sampling rate of \(sampleRate) Hz")
        }
        guard let encoding = codes.first(where: { $0.code == code })?.encoding else { return nil }
        guard (24...ChunkWalk.largestHeader).contains(offset) else {
            throw .malformedHeader(path: path, reason: "samples at byte \(offset)")
        }
        guard try input.skip(offset - 24) == offset - 24 else {
            throw .malformedHeader(path: path, reason: "no samples behind the format")
        }
        return SoundLayout(
            container: "AU",
            format: try RawFormat(
                sampleRate: sampleRate, channels: channels, encoding: encoding, byteOrder: order),
            dataOffset: input.position, dataBytes: size == 0 || size >= 0xFFFF_0000 ? nil : size,
            chunks: nil)
    }

    /// The header as 24 bytes; nil where AU has no code for the encoding.
    func bytes() -> [UInt8]? {
        guard !encoding.isCompanded,
            let code = Self.codes.first(where: { $0.encoding == encoding })?.code
        else {
            return nil
        }
        var header: [UInt8] = []
        header.append(ascii: ".snd")
        // Above 2 GiB some readers take the length for negative, and the file for empty.
        let size = dataBytes.flatMap { $0 <= 0x7FFF_FFFF ? $0 : nil } ?? 0xFFFF_FFFF
        for value in [24, size, code, sampleRate, channels] {
            header.append(integer: UInt64(value), count: 4, .big)
        }
        return header
    }

    private static let codes: [(code: Int, encoding: SampleEncoding)] = [
        (2, .signed8), (3, .signed16), (4, .signed24), (5, .signed32), (6, .float32), (7, .float64),
        (1, .muLaw), (27, .aLaw),
    ]
}
