#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reads sound as floats in [-1, 1]: WAV, RF64, FLAC, AIFF, AU, Ogg and everything else that
/// libsndfile knows, or raw PCM, from a file or a pipe, in memory that does not grow with the
/// length.
///
/// WAV, AU and raw PCM are taken from a pipe as they come. Other formats cannot be read without
/// seeking and are first copied to a nameless temporary file.
///
/// Values of floating-point files outside [-1, 1] are passed on; NaN and infinities become 0 and
/// are counted.
public final class AudioReader {
    /// How to open.
    public struct Options: Sendable {
        /// Headerless PCM; nil recognises the format from the file itself.
        public var raw: RawFormat?
        /// Read WAV and AU to the end of the file, whatever length the header promises.
        public var ignoresLength: Bool
        /// Folder of the temporary file for pipes that cannot be read directly; nil takes
        /// `$TMPDIR`, `/var/tmp` or `/tmp`.
        public var spoolDirectory: String?

        public init(
            raw: RawFormat? = nil, ignoresLength: Bool = false, spoolDirectory: String? = nil
        ) {
            self.raw = raw
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
    /// Frames that the header promises; nil where it does not say or holds the placeholder of a
    /// program that wrote to a pipe. A hint for progress reports: the truth is `framesRead` at the
    /// end.
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
    private let endsByHeader: Bool
    private var interleaved: [Float] = []

    /// Opens a file, or standard input for `-`.
    public convenience init(path: String, options: Options = Options()) throws(AudioFileError) {
        if path == "-" {
            try self.init(fileDescriptor: STDIN_FILENO, closes: false, path: path, options: options)
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
        (source, endsByHeader) = try Self.source(for: descriptor, options: options)
    }

    private static func source(
        for descriptor: Descriptor, options: Options
    ) throws(AudioFileError) -> (any FrameSource, endsByHeader: Bool) {
        let path = descriptor.path
        let kind = try descriptor.status().st_mode & S_IFMT
        guard kind != S_IFDIR, kind != S_IFBLK else { throw .notAFile(path: path) }
        if let raw = options.raw {
            return (
                PCMSource(
                    descriptor: descriptor, format: raw, dataBytes: nil, formatName: "raw PCM"),
                false
            )
        }
        let start = kind == S_IFREG ? descriptor.position : nil
        var stream = ByteStream(descriptor)
        let found = try recognise(&stream)
        guard let start else {
            if let (format, dataBytes, name) = found {
                let length = options.ignoresLength ? nil : dataBytes
                return (
                    PCMSource(
                        descriptor: descriptor, format: format, dataBytes: length,
                        formatName: name),
                    true
                )
            }
            guard !stream.taken.isEmpty else { throw .emptyFile(path: path) }
            let spool = try SpoolFile.copy(
                start: stream.taken, then: descriptor, directory: options.spoolDirectory)
            return (try SoundFileSource(descriptor: spool), true)
        }
        guard !stream.taken.isEmpty else { throw .emptyFile(path: path) }
        if options.ignoresLength, let (format, _, name) = found {
            return (
                PCMSource(descriptor: descriptor, format: format, dataBytes: nil, formatName: name),
                false
            )
        }
        try descriptor.seek(to: start)
        // libsndfile silently corrects the length of a truncated WAV file: keep what the header
        // said.
        let declared = found.flatMap { found in found.dataBytes.map { $0 / found.format.frameBytes }
        }
        return (try SoundFileSource(descriptor: descriptor, declaredFrames: declared), true)
    }

    /// Reads the header of a WAV or AU file with linear samples; nil for everything else. The
    /// stream remembers what was taken.
    private static func recognise(
        _ stream: inout ByteStream
    ) throws(AudioFileError) -> (format: RawFormat, dataBytes: Int?, name: String)? {
        let magic = try stream.peek(4)
        if magic.elementsEqual(".snd".utf8) {
            _ = try stream.take(4)
            guard let header = try AUHeader.parse(afterMagic: &stream) else { return nil }
            let format = try? RawFormat(
                sampleRate: header.sampleRate, channels: header.channels, encoding: header.encoding,
                byteOrder: .big)
            return format.map { ($0, header.dataBytes, "AU") }
        }
        if magic.elementsEqual("RIFF".utf8) || magic.elementsEqual("RF64".utf8) {
            guard case .linear(let header) = try WAVHeader.recognise(&stream) else { return nil }
            let format = try? RawFormat(
                sampleRate: header.sampleRate, channels: header.channels, encoding: header.encoding)
            return format.map {
                ($0, header.dataBytes, magic[1] == UInt8(ascii: "F") ? "RF64" : "WAV")
            }
        }
        return nil
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
        if isAtEnd, endsByHeader, let declared = declaredFrameCount, framesRead < declared {
            list.append(.truncated(declaredFrames: declared, framesRead: framesRead))
        }
        if isAtEnd, source.trailingBytes > 0 {
            list.append(.brokenLastFrame(bytes: source.trailingBytes))
        }
        if nonFiniteSampleCount > 0 { list.append(.nonFiniteSamples(count: nonFiniteSampleCount)) }
        return list
    }
}

/// Something odd that does not stop the reading.
public enum AudioWarning: Equatable, Sendable, CustomStringConvertible {
    /// The file ends before the length in its header.
    case truncated(declaredFrames: Int, framesRead: Int)
    /// The file ends inside a frame; these bytes were left out.
    case brokenLastFrame(bytes: Int)
    /// NaN or infinite samples were replaced by 0.
    case nonFiniteSamples(count: Int)

    public var description: String {
        switch self {
        case .truncated(let declared, let read): "truncated: \(read) of \(declared) samples"
        case .brokenLastFrame(let bytes):
            "\(bytes) byte\(bytes == 1 ? "" : "s") behind the last whole sample left out"
        case .nonFiniteSamples(let count):
            "\(count) sample\(count == 1 ? "" : "s") without a finite value replaced by 0"
        }
    }
}
