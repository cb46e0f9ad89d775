/// Creative Voice files, whose samples lie in blocks with headers. Read here because libsndfile
/// takes the headers of all blocks behind the first for samples.
enum VOCReading {
    /// Most blocks of sound: 1024 samples each make four hours at 48 kHz of far fewer.
    private static let mostBlocks = 1 << 20

    static func isVOC(_ start: [UInt8]) -> Bool { start.has("Creative Voice F") }

    /// The blocks of sound of a file.
    /// - Returns: one part a block, with offsets from the start of the file; nil for codings that
    ///   are libsndfile's business.
    static func parts(_ file: RangedFile) throws(AudioFileError) -> [SoundLayout]? {
        let path = file.descriptor.path
        let head = file.bytes(at: 0, count: 26)
        guard head.count == 26 else {
            throw .malformedHeader(path: path, reason: "\(head.count) of 26 bytes")
        }
        var place = Int(head.integer(at: 20, count: 2))
        var parts: [SoundLayout] = []
        /// Silence without samples, in front of the part with a number.
        var silences: [(part: Int, frames: Int, rate: Int)] = []
        /// What an extended block says about the block of sound behind it.
        var extended: (rate: Int, channels: Int)?
        while true {
            let block = file.bytes(at: place, count: 16)
            guard block.count >= 4, block[0] != 0 else { break }
            var size = Int(block.integer(at: 1, count: 3))
            // SoX counts 8 bytes too few in its only block.
            let left = file.length - place - 4 - size
            if block[0] == 9, left == 9, file.bytes(at: file.length - 1, count: 1) == [0] {
                size += 8
            }
            let body = Array(block[4...])
            switch block[0] {
            case 1, 9:
                let isNew = block[0] == 9
                guard body.count >= (isNew ? 12 : 2), size >= (isNew ? 12 : 2) else {
                    throw .malformedHeader(path: path, reason: "a block of \(size) bytes")
                }
                let format =
                    isNew
                    ? try newFormat(body, path) : try oldFormat(body, extended, path)
                guard let format else { return nil }
                extended = nil
                let header = isNew ? 12 : 2
                parts.append(
                    SoundLayout(
                        container: "VOC", format: format, dataOffset: place + 4 + header,
                        dataBytes: size - header))
            case 2:
                guard let format = parts.last?.format else { break }
                parts.append(
                    SoundLayout(
                        container: "VOC", format: format, dataOffset: place + 4, dataBytes: size))
            case 3:
                // A length less one, and a divisor of 1 MHz.
                guard body.count >= 3, size >= 3 else { break }
                silences.append(
                    (
                        parts.count, Int(body.integer(at: 0, count: 2)) + 1,
                        1_000_000 / (256 - Int(body[2]))
                    ))
            case 8:
                guard body.count >= 4 else { break }
                let channels = Int(body[3]) + 1
                let divisor = 65536 - Int(body.integer(at: 0, count: 2))
                extended = (256_000_000 / (channels * divisor), channels)
            default: break
            }
            place += 4 + size
            guard parts.count + silences.count < mostBlocks else {
                throw .unrecognised(path: path, reason: "VOC of more than \(mostBlocks) blocks")
            }
        }
        if let failure = file.failure { throw failure }
        guard let first = parts.first, let format = first.format else {
            throw .malformedHeader(path: path, reason: "no block of sound")
        }
        guard parts.allSatisfy({ $0.format == first.format }) else {
            throw .unrecognised(path: path, reason: "VOC whose blocks have several formats")
        }
        for silence in silences.reversed() {
            let frames = (silence.frames * format.sampleRate + silence.rate / 2) / silence.rate
            parts.insert(
                SoundLayout(
                    container: "VOC", format: format, dataOffset: first.dataOffset,
                    dataBytes: frames * format.frameBytes, isSilent: true), at: silence.part)
        }
        return parts
    }

    /// Block 1: a divisor of 1 MHz and a coding.
    private static func oldFormat(
        _ body: [UInt8], _ extended: (rate: Int, channels: Int)?, _ path: String
    ) throws(AudioFileError) -> RawFormat? {
        guard let encoding = encoding(Int(body[1]), bits: 8) else { return nil }
        return try RawFormat(
            sampleRate: extended?.rate ?? 1_000_000 / (256 - Int(body[0])),
            channels: extended?.channels ?? 1, encoding: encoding)
    }

    /// Block 9: rate, bits, channels, coding.
    private static func newFormat(_ body: [UInt8], _ path: String) throws(AudioFileError)
        -> RawFormat?
    {
        let rate = Int(body.integer(at: 0, count: 4))
        let channels = Int(body[5])
        guard AudioLimits.sampleRates.contains(rate), channels > 0 else {
            throw .malformedHeader(path: path, reason: "\(rate) Hz, \(channels) channels")
        }
        guard
            let encoding = encoding(
                Int(body.integer(at: 6, count: 2)), bits: Int(body[4]))
        else { return nil }
        return try RawFormat(sampleRate: rate, channels: channels, encoding: encoding)
    }

    private static func encoding(_ code: Int, bits: Int) -> SampleEncoding? {
        switch code {
        case 0: bits == 8 ? .unsigned8 : bits == 16 ? .signed16 : nil
        case 4: .signed16
        case 6: .aLaw
        case 7: .muLaw
        default: nil
        }
    }
}
