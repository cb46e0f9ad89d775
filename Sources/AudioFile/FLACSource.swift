import CFLAC

/// FLAC (RFC 9639), alone or in Ogg, through libFLAC itself: it checks the MD5 sum of the samples,
/// and tells where a stream ends, so that files which were put one behind another are read to the
/// last sample.
final class FLACSource: FrameSource {
    let sampleRate: Int
    let channels: Int
    private(set) var promisedFrames: Int?
    let formatName: String
    let tags: SoundTags
    private(set) var warnings: [AudioWarning] = []
    /// All streams of the file. Looked for only when somebody asks: that reads the whole file.
    private(set) lazy var declaredFrames: Int? = totalFrames()
    var isFloat: Bool { false }
    var isSeekable: Bool { true }

    private let file: RangedFile
    private let isOgg: Bool
    /// Frames that the first header promises.
    private let first: Int?
    private var decoder: FLACDecoder
    /// The part of the file that the decoder reads.
    private var part: RangedFile
    private var framesRead = 0
    /// A header that promised too little was passed over.
    private var isLonger = false
    private var ended = false
    private var failure: String?

    /// - Parameter file: begins with a stream, or with an ID3 tag in front of it.
    init(_ file: RangedFile, isOgg: Bool) throws(AudioFileError) {
        self.file = file
        self.isOgg = isOgg
        part = file
        decoder = try FLACDecoder(file, isOgg: isOgg)
        let info = decoder.info
        guard (1...AudioLimits.channels).contains(info.channels),
            AudioLimits.sampleRates.contains(info.sampleRate)
        else {
            throw .malformedHeader(
                path: file.descriptor.path,
                reason: "\(info.sampleRate) Hz, \(info.channels) channels")
        }
        (sampleRate, channels) = (info.sampleRate, info.channels)
        first = info.totalFrames
        promisedFrames = first
        formatName = "\(isOgg ? "Ogg FLAC" : "FLAC"), \(info.bits)-bit"
        tags = decoder.tags
    }

    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int {
        let room = buffer.count / channels * channels
        var done = 0
        while done < room, !ended {
            let count = decoder.take(
                into: UnsafeMutableBufferPointer(rebasing: buffer[done..<room]))
            done += count
            if count == 0 { try more(delivered: framesRead + done / channels) }
            if failure != nil, done > 0 { break }
        }
        framesRead += done / channels
        return done / channels
    }

    /// Decodes the next frame, or goes on behind the end of a stream.
    private func more(delivered: Int) throws(AudioFileError) {
        if let failure {
            throw .damaged(path: file.descriptor.path, frame: delivered, reason: failure)
        }
        // A stream of unknown length ends where another one begins.
        if !isOgg, decoder.info.totalFrames == nil, let place = decoder.position,
            part.bytes(at: place, count: 4).has("fLaC")
        {
            return try next(at: place)
        }
        switch decoder.step() {
        case .frame: break
        case .end:
            if let error = part.failure { throw error }
            guard !isOgg, let place = decoder.position else {
                close()
                ended = true
                return
            }
            try next(at: place)
        case .failed(let reason):
            if let error = part.failure { throw error }
            failure = reason
        }
    }

    /// Goes on at a place behind the end of a stream.
    private func next(at place: Int) throws(AudioFileError) {
        let start = part.range.lowerBound + place - part.prefix.count
        let rest = start..<max(start, file.range.upperBound)
        let ahead = RangedFile(file.descriptor, range: rest).bytes(at: 0, count: 129)
        let isFrame = ahead.count >= 2 && ahead[0] == 0xFF && ahead[1] & 0xFC == 0xF8
        if let total = decoder.info.totalFrames, !isLonger,
            decoder.decodedFrames > total || isFrame
        {
            isLonger = true
            warnings.append(.longer(declaredFrames: promisedFrames ?? total))
        }
        if isFrame, decoder.info.totalFrames != nil {
            // Read on with a header that does not say how many.
            return try open(rest, prefix: decoder.info.headerWithoutLength)
        }
        close()
        guard ahead.has("fLaC") else {
            ended = true
            // 128 bytes "TAG" are ID3 of the first kind.
            if !rest.isEmpty, !(ahead.count == 128 && ahead.has("TAG")) {
                warnings.append(.bytesLeft(bytes: rest.count))
            }
            return
        }
        try open(rest, prefix: [])
        let info = decoder.info
        guard info.sampleRate == sampleRate, info.channels == channels else {
            warnings.append(
                .otherSound(
                    AudioWarning.soundText(rate: info.sampleRate, channels: info.channels),
                    bytes: rest.count))
            ended = true
            return
        }
        promisedFrames = promisedFrames.flatMap { first in info.totalFrames.map { first + $0 } }
    }

    private func open(_ range: Range<Int>, prefix: [UInt8]) throws(AudioFileError) {
        part = RangedFile(file.descriptor, range: range, prefix: prefix)
        decoder = try FLACDecoder(part, isOgg: false)
    }

    /// The streams of the file, by their headers, as far as they go on with each other and say how
    /// long they are: libFLAC looks for a frame by its number, and finds that of another stream, so
    /// each is sought alone.
    private lazy var streams: [(range: Range<Int>, frames: Int?)] = {
        let places = isOgg ? [] : Self.streams(in: file)
        let begin = file.range.lowerBound
        var streams = [(range: file.range, frames: first)]
        for place in places {
            let block = file.bytes(at: place, count: 26)
            guard block.count == 26 else { break }
            // Rate 20 bits, channels less one 3, bits less one 5, frames 36.
            let fields = block.integer(at: 18, count: 8, .big)
            guard Int(fields >> 44) == sampleRate, Int(fields >> 41 & 7) + 1 == channels else {
                break
            }
            let frames = Int(fields & 0xF_FFFF_FFFF)
            let last = streams.count - 1
            streams[last].range = streams[last].range.lowerBound..<(begin + place)
            streams.append(((begin + place)..<file.range.upperBound, frames > 0 ? frames : nil))
        }
        return streams
    }()

    /// Frames of all streams; nil where one does not say.
    private func totalFrames() -> Int? {
        guard first != nil else { return nil }
        return streams.reduce(0 as Int?) { sum, stream in
            sum.flatMap { sum in stream.frames.map { sum + $0 } }
        }
    }

    /// Places of the streams behind the first one.
    private static func streams(in file: RangedFile) -> [Int] {
        var start: [UInt8] = []
        start.append(ascii: "fLaC")
        start.append(integer: 0x22, count: 4, .big)
        let step = 1 << 16
        var places: [Int] = []
        var place = ID3Tag.length(file.bytes(at: 0, count: 16)) + start.count
        while place < file.length {
            let block = file.bytes(at: place, count: step + start.count - 1)
            var from = 0
            while let found = block[from...].firstIndex(of: start[0]), found < step {
                if block[found...].starts(with: start) { places.append(place + found) }
                from = found + 1
            }
            place += step
        }
        return places
    }

    private func close() {
        let checked = decoder.finish()
        if !checked, !isLonger { warnings.append(.checksum) }
    }

    func seek(toFrame frame: Int) throws(AudioFileError) {
        (failure, ended, isLonger, framesRead) = (nil, false, false, frame)
        warnings = []
        promisedFrames = first
        guard frame > 0 else {
            // From the start again, so that the checksum holds.
            part = file
            decoder = try FLACDecoder(part, isOgg: isOgg)
            return
        }
        var left = frame
        var number = 0
        while let frames = streams[number].frames, left >= frames {
            guard number + 1 < streams.count else {
                ended = true
                return
            }
            left -= frames
            number += 1
        }
        part = RangedFile(file.descriptor, range: streams[number].range)
        decoder = try FLACDecoder(part, isOgg: isOgg)
        guard left == 0 || decoder.seek(to: left) else {
            throw .notSeekable(path: file.descriptor.path)
        }
    }
}
