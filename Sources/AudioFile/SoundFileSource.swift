import CSndfile

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Any format that libsndfile reads, from a seekable descriptor.
final class SoundFileSource: FrameSource {
    let sampleRate: Int
    let channels: Int
    let declaredFrames: Int?
    let formatName: String
    let isFloat: Bool
    var isSeekable: Bool { true }
    var trailingBytes: Int { 0 }
    var tags: SoundTags { SoundTags(soundFile: handle) }

    private let descriptor: Descriptor
    private let handle: OpaquePointer
    private var framesRead = 0
    private var failure: String?

    /// - Parameters:
    ///   - descriptor: stands at the start of the file.
    ///   - declaredFrames: what the header says, where libsndfile would hide it; nil believes
    ///     libsndfile.
    init(descriptor: Descriptor, declaredFrames: Int? = nil) throws(AudioFileError) {
        self.descriptor = descriptor
        var info = SF_INFO()
        // A descriptor of its own: libsndfile closes it where it fails, even if told not to, and by
        // then its number may be another file's.
        let own = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 0)
        guard own >= 0 else { throw .cannotOpen(path: descriptor.path, code: errno) }
        guard let handle = sf_open_fd(own, CInt(SFM_READ), &info, CInt(SF_TRUE)) else {
            throw .unrecognised(path: descriptor.path, reason: Self.tidy(sf_strerror(nil)))
        }
        guard info.samplerate > 0, info.channels > 0 else {
            sf_close(handle)
            throw .malformedHeader(
                path: descriptor.path, reason: "\(info.samplerate) Hz, \(info.channels) channels")
        }
        self.handle = handle
        sampleRate = Int(info.samplerate)
        channels = Int(info.channels)
        let frames = Int(info.frames)
        // libsndfile says SF_COUNT_MAX or a fraction of it where it does not know.
        self.declaredFrames =
            declaredFrames ?? ((0..<Int.max / 4096).contains(frames) ? frames : nil)
        formatName = Self.name(of: info.format)
        let coding = info.format & CInt(SF_FORMAT_SUBMASK)
        isFloat = coding == CInt(SF_FORMAT_FLOAT) || coding == CInt(SF_FORMAT_DOUBLE)
    }

    deinit {
        sf_close(handle)
    }

    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int {
        if let failure { throw .damaged(path: descriptor.path, frame: framesRead, reason: failure) }
        let room = buffer.count / channels
        let frames = max(0, Int(sf_readf_float(handle, buffer.baseAddress, sf_count_t(room))))
        framesRead += frames
        // The next call would forget the error: deliver the good frames first and throw then.
        if frames < room, sf_error(handle) != 0 {
            let reason = Self.tidy(sf_strerror(handle))
            failure = reason
            if frames == 0 {
                throw .damaged(path: descriptor.path, frame: framesRead, reason: reason)
            }
        }
        return frames
    }

    func seek(toFrame frame: Int) throws(AudioFileError) {
        guard sf_seek(handle, sf_count_t(frame), CInt(SEEK_SET)) == frame else {
            throw .notSeekable(path: descriptor.path)
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
        ]
        let codings: [(Int, String)] = [
            (SF_FORMAT_PCM_S8, "8-bit"), (SF_FORMAT_PCM_U8, "8-bit unsigned"),
            (SF_FORMAT_PCM_16, "16-bit"),
            (SF_FORMAT_PCM_24, "24-bit"), (SF_FORMAT_PCM_32, "32-bit"),
            (SF_FORMAT_FLOAT, "32-bit float"),
            (SF_FORMAT_DOUBLE, "64-bit float"), (SF_FORMAT_ULAW, "µ-law"),
            (SF_FORMAT_ALAW, "A-law"),
            (SF_FORMAT_VORBIS, "Vorbis"), (SF_FORMAT_OPUS, "Opus"),
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
