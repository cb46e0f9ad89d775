import CMPG123

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// MPEG audio (MP3, layers I and II) through libmpg123 itself, which counts frames where a header
/// does not say how many there are: libsndfile stops where it guesses that the end should be.
final class MPEGSource: FrameSource {
    let sampleRate: Int
    let channels: Int
    let declaredFrames: Int?
    let promisedFrames: Int?
    let formatName: String
    let tags: SoundTags
    private(set) var warnings: [AudioWarning] = []
    var isFloat: Bool { false }
    var isSeekable: Bool { true }

    private let file: RangedFile
    private let handle: OpaquePointer
    private var framesRead = 0
    private var ended = false
    private var failure: String?

    /// - Parameters:
    ///   - file: begins with a frame, an ID3 tag, or a little of something else.
    ///   - container: name of a container around it, for reports.
    ///   - tags: texts of that container.
    init(
        _ file: RangedFile, container: String? = nil, tags: SoundTags = SoundTags()
    ) throws(AudioFileError) {
        self.file = file
        let path = file.descriptor.path
        file.seek(to: 0)
        _ = mpg123_init()
        guard let handle = mpg123_new(nil, nil) else {
            throw .unrecognised(path: path, reason: "out of memory")
        }
        do throws(AudioFileError) {
            let start = try Self.open(handle, file)
            (sampleRate, channels) = (start.rate, start.channels)
            (declaredFrames, promisedFrames) = (start.length, start.promised)
            formatName = [container, start.name].compactMap { $0 }.joined(separator: ", ")
            var all = tags
            all.fill(from: SoundTags(mpeg: handle))
            self.tags = all
        } catch {
            mpg123_delete(handle)
            throw file.failure ?? error
        }
        self.handle = handle
    }

    deinit { mpg123_delete(handle) }

    private static func open(
        _ handle: OpaquePointer, _ file: RangedFile
    ) throws(AudioFileError) -> (
        rate: Int, channels: Int, length: Int?, promised: Int?, name: String
    ) {
        func check(_ status: CInt) throws(AudioFileError) {
            guard status == MPG123_OK.rawValue else {
                throw .unrecognised(path: file.descriptor.path, reason: reason(handle))
            }
        }
        let flags = [MPG123_FORCE_FLOAT, MPG123_GAPLESS, MPG123_QUIET].reduce(0) {
            $0 | Int($1.rawValue)
        }
        try check(mpg123_param2(handle, CInt(MPG123_ADD_FLAGS.rawValue), flags, 0))
        try check(
            mpg123_param2(
                handle, CInt(MPG123_REMOVE_FLAGS.rawValue), Int(MPG123_AUTO_RESAMPLE.rawValue), 0))
        try check(mpg123_replace_reader_handle(handle, read, seek, nil))
        try check(mpg123_open_handle(handle, Unmanaged.passUnretained(file).toOpaque()))
        var rate: CLong = 0
        var channels: CInt = 0
        var encoding: CInt = 0
        try check(mpg123_getformat(handle, &rate, &channels, &encoding))
        guard AudioLimits.sampleRates.contains(rate), (1...2).contains(channels),
            encoding == MPG123_ENC_FLOAT_32.rawValue
        else {
            throw .malformedHeader(
                path: file.descriptor.path, reason: "\(rate) Hz, \(channels) channels")
        }
        // Where there is an Info frame this is what it says; otherwise a guess.
        let first = Int(mpg123_length(handle))
        let hasInfo = hasInfoFrame(file)
        try check(mpg123_scan(handle))
        let length = Int(mpg123_length(handle))
        var info = mpg123_frameinfo2()
        try check(mpg123_info2(handle, &info))
        return (
            rate, Int(channels), length > 0 ? length : nil, hasInfo && first > 0 ? first : nil,
            info.layer == 3 ? "MP3" : "MPEG layer \(info.layer)"
        )
    }

    /// Whether the first frame holds no sound but the number of frames ("Xing" and "Info" of LAME
    /// and others, at most 32 bytes behind the header; behind an ID3 tag, if there is one).
    private static func hasInfoFrame(_ file: RangedFile) -> Bool {
        let head = file.bytes(at: 0, count: 10)
        let start = ID3Tag.length(head)
        let frame = file.bytes(at: start, count: 64)
        return (4...44).contains { frame.has("Xing", at: $0) || frame.has("Info", at: $0) }
    }

    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int {
        let path = file.descriptor.path
        if let failure { throw .damaged(path: path, frame: framesRead, reason: failure) }
        let room = buffer.count / channels * channels * MemoryLayout<Float>.size
        var done = 0
        while done < room, !ended, failure == nil {
            var count = 0
            let place = UnsafeMutableRawPointer(buffer.baseAddress).map { $0 + done }
            let status = mpg123_read(handle, place, room - done, &count)
            done += count
            switch status {
            case MPG123_OK.rawValue: break
            case MPG123_DONE.rawValue: ended = true
            case MPG123_NEW_FORMAT.rawValue: checkFormat()
            default: failure = Self.reason(handle)
            }
        }
        if let error = file.failure { throw error }
        let frames = done / (MemoryLayout<Float>.size * channels)
        framesRead += frames
        if frames == 0, let failure {
            throw .damaged(path: path, frame: framesRead, reason: failure)
        }
        return frames
    }

    /// Behind a change of the format the sound ends, unless rate and channels are the same.
    private func checkFormat() {
        var rate: CLong = 0
        var channels: CInt = 0
        var encoding: CInt = 0
        mpg123_getformat(handle, &rate, &channels, &encoding)
        guard rate != sampleRate || Int(channels) != self.channels else { return }
        ended = true
        warnings.append(
            .otherSound(
                AudioWarning.soundText(rate: rate, channels: Int(channels)),
                bytes: max(0, file.length - Int(mpg123_tell_stream(handle)))))
    }

    func seek(toFrame frame: Int) throws(AudioFileError) {
        guard mpg123_seek(handle, off_t(min(frame, 1 << 48)), SEEK_SET) >= 0 else {
            throw .notSeekable(path: file.descriptor.path)
        }
        (failure, ended, framesRead, warnings) = (nil, false, frame, [])
    }

    private static func reason(_ handle: OpaquePointer) -> String {
        guard let text = mpg123_strerror(handle) else { return "unknown reason" }
        var reason = String(cString: text)
        while reason.last == "." || reason.last == "!" { reason.removeLast() }
        return reason
    }

    private static let read:
        @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int) -> Int = {
            pointer, buffer, count in
            guard let pointer, let buffer else { return -1 }
            let file = Unmanaged<RangedFile>.fromOpaque(pointer).takeUnretainedValue()
            return file.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
        }

    private static let seek: @convention(c) (UnsafeMutableRawPointer?, off_t, CInt) -> off_t = {
        pointer, offset, whence in
        guard let pointer else { return -1 }
        let file = Unmanaged<RangedFile>.fromOpaque(pointer).takeUnretainedValue()
        return off_t(file.seek(Int(offset), whence: whence) ?? -1)
    }
}

/// The tag in front of MP3 and sometimes of other files (id3.org, "ID3 tag version 2.4.0").
enum ID3Tag {
    /// Bytes of a tag, its header of 10 bytes included; 0 where there is none.
    /// - Parameter start: the first 10 bytes of the file.
    static func length(_ start: some RandomAccessCollection<UInt8>) -> Int {
        let bytes = Array(start.prefix(10))
        guard bytes.count == 10, bytes.has("ID3"), bytes[3] < 0xFF,
            bytes[6...].allSatisfy({ $0 < 0x80 })
        else { return 0 }
        let size = bytes[6...].reduce(0) { $0 << 7 | Int($1) }
        return 10 + size + (bytes[5] & 0x10 != 0 ? 10 : 0)
    }
}

extension SoundTags {
    /// Tags of an MPEG file that is open and was scanned.
    init(mpeg handle: OpaquePointer) {
        self.init()
        var first: UnsafeMutablePointer<mpg123_id3v1>?
        var second: UnsafeMutablePointer<mpg123_id3v2>?
        guard mpg123_id3(handle, &first, &second) == MPG123_OK.rawValue else { return }
        if let tag = second?.pointee {
            for index in 0..<tag.texts {
                guard let entry = tag.text?[index],
                    let name = Self.id3Names.first(where: {
                        let (id, wanted) = (entry.id, Array($0.id.utf8CString))
                        return id.0 == wanted[0] && id.1 == wanted[1] && id.2 == wanted[2]
                            && id.3 == wanted[3]
                    })?.name, self[name] == nil
                else { continue }
                self[name] = Self.text(entry.text)
            }
            if self[.comment] == nil {
                self[.comment] = tag.comment.flatMap { Self.text($0.pointee) }
            }
        }
        if let tag = first?.pointee {
            func field<T>(_ value: T) -> String {
                withUnsafeBytes(of: value) { Self.text($0.prefix { $0 != 0 }) }
            }
            for (name, text) in [
                (Name.title, field(tag.title)), (.artist, field(tag.artist)),
                (.album, field(tag.album)), (.date, field(tag.year)),
                (.comment, field(tag.comment)),
            ] where self[name] == nil {
                self[name] = text
            }
        }
    }

    private static func text(_ string: mpg123_string) -> String? {
        guard let bytes = string.p, string.fill > 1 else { return nil }
        return text(UnsafeRawBufferPointer(start: bytes, count: string.fill - 1).prefix { $0 != 0 })
    }

    /// Frames of ID3, which all are texts.
    private static let id3Names: [(id: String, name: Name)] = [
        ("TIT2", .title), ("TPE1", .artist), ("TALB", .album), ("TRCK", .trackNumber),
        ("TDRC", .date), ("TYER", .date), ("TCON", .genre), ("TCOP", .copyright),
    ]
}
