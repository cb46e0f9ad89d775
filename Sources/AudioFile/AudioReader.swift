#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads sound as floats in [-1, 1]: WAV, RF64, FLAC, AIFF, AU, CAF, Ogg, MP3 and everything else
/// that libsndfile knows, or raw PCM, from a file or a pipe, in memory that does not grow with the
/// length. The same bytes give the same samples either way. Where FFmpeg is installed it reads the
/// rest: AAC, AMR, WMA, Speex, Matroska and others.
///
/// PCM is taken from a pipe as it comes. Other codings cannot be read without seeking and are first
/// copied to a nameless temporary file.
///
/// The length is what was decoded: what a header says about it is compared and warned of.
///
/// Values of floating-point files outside [-1, 1] are passed on; NaN and infinities become 0 and
/// are counted.
public final class AudioReader {
    /// How to open.
    public struct Options: Sendable {
        /// Headerless PCM; nil recognises the format from the file itself.
        public var raw: RawFormat?
        /// Read PCM to the end of the file, whatever length the header promises.
        public var ignoresLength: Bool
        /// Folder of the temporary file for pipes that cannot be read directly; nil takes
        /// `$TMPDIR`, `/var/tmp` or `/tmp`.
        public var spoolDirectory: String?
        /// A coding without a header; nil recognises the format from the file itself.
        public var headerless: HeaderlessCoding?
        /// What reads the formats that no library here reads; nil refuses them.
        public var ffmpeg: FFmpeg?

        public init(
            raw: RawFormat? = nil, ignoresLength: Bool = false, spoolDirectory: String? = nil,
            headerless: HeaderlessCoding? = nil, ffmpeg: FFmpeg? = .installed
        ) {
            self.raw = raw
            self.headerless = headerless
            self.ffmpeg = ffmpeg
            self.ignoresLength = ignoresLength
            self.spoolDirectory = spoolDirectory
        }
    }

    /// The name given at opening; `-` for standard input.
    public let path: String
    /// Frames per second, in Hz.
    public var sampleRate: Int { source.sampleRate }
    /// Number of channels, 1 ... 1024.
    public var channels: Int { source.channels }
    /// Frames as far as they can be known beforehand, from the header or the size of the file; nil
    /// where the header holds 0 or the placeholder of a program that wrote to a pipe. A hint for
    /// progress reports: the truth is `framesRead` at the end.
    public var declaredFrameCount: Int? { source.declaredFrames }
    /// Container and coding, for reports.
    public var formatName: String { source.formatName }
    /// Texts that the file carries about itself, as far as they were met: those of a file are all
    /// there when it is open; a pipe may bring some behind its samples.
    public var tags: SoundTags { source.tags }
    /// `rewind()` is possible.
    public var isSeekable: Bool { source.isSeekable }
    /// Frames delivered since the start.
    public private(set) var framesRead = 0
    /// Samples that were NaN or infinite and were delivered as 0.
    public private(set) var nonFiniteSampleCount = 0
    /// The end was reached.
    public private(set) var isAtEnd = false

    private let source: any FrameSource
    private let keepsPromise: Bool
    private var interleaved: [Float] = []

    /// Opens a file, or standard input for `-`.
    public convenience init(path: String, options: Options = Options()) throws(AudioFileError) {
        if path == "-" {
            try self.init(fileDescriptor: STDIN_FILENO, closes: false, path: path, options: options)
            return
        }
        // A name of an open descriptor stands for that itself: opening it anew would start a file
        // at its beginning, and fails for sockets.
        if let number = DescriptorName.number(path) {
            let own = fcntl(number, F_DUPFD_CLOEXEC, 0)
            guard own >= 0 else { throw .cannotOpen(path: path, code: errno) }
            try self.init(fileDescriptor: own, closes: true, path: path, options: options)
            return
        }
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .cannotOpen(path: path, code: errno) }
        try self.init(fileDescriptor: number, closes: true, path: path, options: options)
    }

    /// Reads from an open descriptor.
    /// - Parameters:
    ///   - fileDescriptor: stands at the first byte of the sound file.
    ///   - closes: the reader closes the descriptor when it goes away.
    ///   - path: for messages.
    public init(fileDescriptor: CInt, closes: Bool, path: String, options: Options = Options())
        throws(AudioFileError)
    {
        self.path = path
        let descriptor = Descriptor(fileDescriptor, path: path, closes: closes)
        source = try SoundOpening.open(descriptor, options)
        keepsPromise = options.raw == nil && !options.ignoresLength
    }

    /// Reads interleaved samples. A pipe may deliver fewer frames than fit.
    /// - Parameter buffer: room for a whole number of frames, at least one.
    /// - Returns: number of frames; 0 only at the end.
    public func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int {
        guard buffer.count >= channels, buffer.count % channels == 0 else {
            throw .channelMismatch(expected: channels, given: buffer.count % channels)
        }
        guard !isAtEnd else { return 0 }
        let frames = try source.read(into: buffer)
        guard frames > 0 else {
            isAtEnd = true
            return 0
        }
        if source.isFloat {
            for index in 0..<(frames * channels) where !buffer[index].isFinite {
                buffer[index] = 0
                nonFiniteSampleCount += 1
            }
        }
        framesRead += frames
        return frames
    }

    /// Reads up to `frames` frames, one array a channel. All arrays are empty only at the end.
    public func readPlanar(frames: Int) throws(AudioFileError) -> [[Float]] {
        let wanted = max(frames, 1) * channels
        if interleaved.count != wanted { interleaved = [Float](repeating: 0, count: wanted) }
        let count = try interleaved.withUnsafeMutableBufferPointer {
            (buffer) throws(AudioFileError) in try read(into: buffer)
        }
        let channels = channels
        return (0..<channels).map { channel in
            [Float](unsafeUninitializedCapacity: count) { output, initialised in
                for frame in 0..<count {
                    output.initializeElement(at: frame, to: interleaved[frame * channels + channel])
                }
                initialised = count
            }
        }
    }

    /// Goes back to the first frame; counts start again.
    /// - Throws: `AudioFileError.notSeekable` for a pipe.
    public func rewind() throws(AudioFileError) { try seek(toFrame: 0) }

    /// Goes to a frame; `framesRead` then counts from there, and the warnings hold only after a
    /// `rewind`.
    /// - Parameter frame: counted from the first, not negative; at most the length of the file.
    /// - Throws: `AudioFileError.notSeekable` for a pipe and for a place that does not exist.
    public func seek(toFrame frame: Int) throws(AudioFileError) {
        guard frame >= 0 else { throw .notSeekable(path: path) }
        try source.seek(toFrame: frame)
        framesRead = 0
        nonFiniteSampleCount = 0
        isAtEnd = false
    }

    /// What the user should know about what was read so far; complete at the end.
    public var warnings: [AudioWarning] {
        var list: [AudioWarning] = []
        if isAtEnd, keepsPromise, let declared = source.promisedFrames, framesRead < declared {
            list.append(.truncated(declaredFrames: declared, framesRead: framesRead))
        }
        list += source.warnings
        if nonFiniteSampleCount > 0 { list.append(.nonFiniteSamples(count: nonFiniteSampleCount)) }
        if isAtEnd, framesRead == 0, list.isEmpty { list.append(.noSamples) }
        return list
    }
}
