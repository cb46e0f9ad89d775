import CSndfile

/// Any format that libsndfile reads, from a part of a seekable file.
final class SoundFileSource: FrameSource {
    let sampleRate: Int
    let channels: Int
    let declaredFrames: Int?
    let formatName: String
    let isFloat: Bool
    let tags: SoundTags
    var promisedFrames: Int? { declaredFrames }
    var isSeekable: Bool { true }
    let warnings: [AudioWarning]

    private let file: RangedFile
    private let handle: OpaquePointer
    private var framesRead = 0
    private var failure: String?

    /// - Parameters:
    ///   - file: begins with the header.
    ///   - tags: texts that were read elsewhere.
    convenience init(_ file: RangedFile, tags: SoundTags = SoundTags()) throws(AudioFileError) {
        try self.init(file, SF_INFO(), tags: tags)
    }

    /// Frames of GSM 06.10 without a header.
    convenience init(gsm file: RangedFile) throws(AudioFileError) {
        var info = SF_INFO()
        info.samplerate = CInt(HeaderlessCoding.gsm.sampleRate)
        info.channels = 1
        info.format = CInt(SF_FORMAT_RAW | SF_FORMAT_GSM610)
        let left = file.length % 33
        try self.init(
            RangedFile(
                file.descriptor,
                range: file.range.lowerBound..<(file.range.upperBound - left)),
            info, tags: SoundTags(), warnings: left > 0 ? [.brokenLastFrame(bytes: left)] : [])
    }

    /// - Parameter description: what libsndfile must be told beforehand; nothing for files with a
    ///   header.
    private init(
        _ file: RangedFile, _ description: SF_INFO, tags: SoundTags,
        warnings: [AudioWarning] = []
    ) throws(AudioFileError) {
        let path = file.descriptor.path
        self.file = file
        self.warnings = warnings
        file.seek(to: 0)
        var info = description
        var functions = Self.functions
        guard
            let handle = sf_open_virtual(
                &functions, CInt(SFM_READ), &info, Unmanaged.passUnretained(file).toOpaque())
        else {
            if let failure = file.failure { throw failure }
            throw .unrecognised(path: path, reason: Self.tidy(sf_strerror(nil)))
        }
        guard info.samplerate > 0, info.channels > 0 else {
            sf_close(handle)
            throw .malformedHeader(
                path: path, reason: "\(info.samplerate) Hz, \(info.channels) channels")
        }
        self.handle = handle
        sampleRate = Int(info.samplerate)
        channels = Int(info.channels)
        let frames = Int(info.frames)
        // libsndfile says SF_COUNT_MAX or a fraction of it where it does not know.
        declaredFrames = (0..<Int.max / 4096).contains(frames) ? frames : nil
        formatName = Self.name(of: info.format)
        let coding = info.format & CInt(SF_FORMAT_SUBMASK)
        isFloat = coding == CInt(SF_FORMAT_FLOAT) || coding == CInt(SF_FORMAT_DOUBLE)
        var all = tags
        all.fill(from: SoundTags(soundFile: handle))
        self.tags = all
    }

    /// The functions given to libsndfile; their last argument is the unretained file.
    private static let functions = SF_VIRTUAL_IO(
        get_filelen: { SoundFileSource.at($0).map { sf_count_t($0.length) } ?? -1 },
        seek: { offset, whence, pointer in
            sf_count_t(SoundFileSource.at(pointer)?.seek(Int(offset), whence: whence) ?? -1)
        },
        read: { buffer, count, pointer in
            guard let file = SoundFileSource.at(pointer), let buffer, count > 0 else { return 0 }
            let bytes = UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
            return sf_count_t(file.read(into: bytes))
        },
        write: { _, _, _ in 0 },
        tell: { SoundFileSource.at($0).map { sf_count_t($0.position) } ?? -1 })

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> RangedFile? {
        pointer.map { Unmanaged<RangedFile>.fromOpaque($0).takeUnretainedValue() }
    }

    deinit {
        sf_close(handle)
    }

    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int {
        if let failure {
            throw .damaged(path: file.descriptor.path, frame: framesRead, reason: failure)
        }
        let room = buffer.count / channels
        let frames = max(0, Int(sf_readf_float(handle, buffer.baseAddress, sf_count_t(room))))
        framesRead += frames
        if let error = file.failure { throw error }
        // The next call would forget the error: deliver the good frames first and throw then.
        if frames < room, sf_error(handle) != 0 {
            let reason = Self.tidy(sf_strerror(handle))
            failure = reason
            if frames == 0 {
                throw .damaged(path: file.descriptor.path, frame: framesRead, reason: reason)
            }
        }
        return frames
    }

    func seek(toFrame frame: Int) throws(AudioFileError) {
        guard sf_seek(handle, sf_count_t(frame), 0 /* SEEK_SET */) == frame else {
            throw .notSeekable(path: file.descriptor.path)
        }
        framesRead = frame
        failure = nil
    }

    /// libsndfile's messages without "Error : " and the full stop.
    private static func tidy(_ message: UnsafePointer<CChar>?) -> String {
        guard let message else { return "unknown reason" }
        var text = Substring(String(cString: message))
        for prefix in ["Error in ", "Error : ", "Internal error : "] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        while text.last == "." || text.last == "\n" { text = text.dropLast() }
        return text.isEmpty ? "unknown reason" : String(text)
    }

    /// "FLAC, 16-bit" and the like. libsndfile's own names hold the organisations, which is too
    /// long for a report.
    private static func name(of format: CInt) -> String {
        let containers: [(Int, String)] = [
            (SF_FORMAT_WAV, "WAV"), (SF_FORMAT_WAVEX, "WAV"), (SF_FORMAT_RF64, "RF64"),
            (SF_FORMAT_AIFF, "AIFF"), (SF_FORMAT_AU, "AU"), (SF_FORMAT_FLAC, "FLAC"),
            (SF_FORMAT_CAF, "CAF"), (SF_FORMAT_W64, "W64"), (SF_FORMAT_OGG, "Ogg"),
            (SF_FORMAT_NIST, "NIST SPHERE"), (SF_FORMAT_VOC, "VOC"), (SF_FORMAT_MPEG, "MPEG"),
            (SF_FORMAT_RAW, "raw"),
        ]
        let codings: [(Int, String)] = [
            (SF_FORMAT_PCM_S8, "8-bit"), (SF_FORMAT_PCM_U8, "8-bit unsigned"),
            (SF_FORMAT_PCM_16, "16-bit"),
            (SF_FORMAT_PCM_24, "24-bit"), (SF_FORMAT_PCM_32, "32-bit"),
            (SF_FORMAT_FLOAT, "32-bit float"),
            (SF_FORMAT_DOUBLE, "64-bit float"), (SF_FORMAT_ULAW, "µ-law"),
            (SF_FORMAT_ALAW, "A-law"),
            (SF_FORMAT_VORBIS, "Vorbis"), (SF_FORMAT_OPUS, "Opus"),
            (SF_FORMAT_IMA_ADPCM, "IMA ADPCM"), (SF_FORMAT_MS_ADPCM, "MS ADPCM"),
            (SF_FORMAT_GSM610, "GSM 6.10"), (SF_FORMAT_G721_32, "G.721"),
            (SF_FORMAT_G723_24, "G.723"), (SF_FORMAT_G723_40, "G.723"),
            (SF_FORMAT_ALAC_16, "ALAC"), (SF_FORMAT_ALAC_20, "ALAC"),
            (SF_FORMAT_ALAC_24, "ALAC"), (SF_FORMAT_ALAC_32, "ALAC"),
        ]
        let container = Int(format) & SF_FORMAT_TYPEMASK
        let coding = Int(format) & SF_FORMAT_SUBMASK
        let names = [
            containers.first { $0.0 == container }?.1 ?? "sound file",
            codings.first { $0.0 == coding }?.1,
        ]
        return names.compactMap { $0 }.joined(separator: ", ")
    }
}
