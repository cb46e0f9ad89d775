/// The header of an AU file (Sun and NeXT, described in `audio(5)`): big-endian, and by design fit
/// for pipes.
struct AUHeader: Equatable {
    var sampleRate: Int
    var channels: Int
    var encoding: SampleEncoding
    /// Bytes of samples; nil where unknown (0xFFFFFFFF).
    var dataBytes: Int?

    /// Reads up to the first sample, after the four bytes of the magic have been taken.
    /// - Returns: nil where the coding is not linear (µ-law ...) or the header is broken.
    static func parse(afterMagic stream: inout ByteStream) throws(AudioFileError) -> AUHeader? {
        let fields = try stream.take(20)
        guard fields.count == 20 else { return nil }
        let values = (0..<5).map { Int(fields.integer(at: 4 * $0, count: 4, .big)) }
        let (offset, size, code, sampleRate, channels) = (
            values[0], values[1], values[2], values[3], values[4]
        )
        guard (24...65536).contains(offset), sampleRate > 0,
            (1...AudioLimits.channels).contains(channels)
        else { return nil }
        guard let encoding = codes.first(where: { $0.code == code })?.encoding else { return nil }
        guard try stream.take(offset - 24).count == offset - 24 else { return nil }
        return AUHeader(
            sampleRate: sampleRate, channels: channels, encoding: encoding,
            dataBytes: size == 0xFFFF_FFFF ? nil : size)
    }

    /// The header as 24 bytes; nil where AU has no code for the encoding.
    func bytes() -> [UInt8]? {
        guard let code = Self.codes.first(where: { $0.encoding == encoding })?.code else {
            return nil
        }
        var header: [UInt8] = []
        header.append(ascii: ".snd")
        for value in [
            24, dataBytes.flatMap { $0 < 0xFFFF_FFFF ? $0 : nil } ?? 0xFFFF_FFFF, code, sampleRate,
            channels,
        ] {
            header.append(integer: UInt64(value), count: 4, .big)
        }
        return header
    }

    private static let codes: [(code: Int, encoding: SampleEncoding)] = [
        (2, .signed8), (3, .signed16), (4, .signed24), (5, .signed32), (6, .float32), (7, .float64),
    ]
}
