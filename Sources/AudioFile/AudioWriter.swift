#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writes floats in [-1, 1] as a sound file or a stream of PCM, in memory that does not grow with
/// the length. The bytes depend only on the samples and the settings: no time stamps (Ogg's serial
/// number excepted).
public final class AudioWriter {
    /// What to write.
    public struct Settings: Sendable {
        public var container: AudioContainer
        /// Width of the samples; 16-bit integers unless said otherwise. Without meaning for Ogg
        /// Vorbis.
        public var encoding: SampleEncoding
        /// Raw PCM only; all other containers have an order of their own.
        public var byteOrder: ByteOrder
        /// Frames per second, 1 ... 768,000 Hz.
        public var sampleRate: Int
        /// 1 ... 1024, fewer in some containers.
        public var channels: Int
        /// The exact number of frames, where it is known. A WAV stream to a pipe then starts with a
        /// true header and must be given exactly as many; a file without room for RF64 is 36 bytes
        /// shorter. Not negative, and no more than files can hold.
        public var expectedFrameCount: Int?
        /// Texts about the sound, written where the container has a place for them: WAV, FLAC, Ogg,
        /// CAF and AIFF have one for most, the others for none.
        public var tags: SoundTags

        public init(
            container: AudioContainer = .wav, encoding: SampleEncoding = .signed16,
            byteOrder: ByteOrder = .little, sampleRate: Int, channels: Int,
            expectedFrameCount: Int? = nil, tags: SoundTags = SoundTags()
        ) {
            self.container = container
            self.encoding = encoding
            self.byteOrder = byteOrder
            self.sampleRate = sampleRate
            self.channels = channels
            self.expectedFrameCount = expectedFrameCount
            self.tags = tags
        }
    }

    /// The name given at opening; `-` for standard output.
    public let path: String
    public let settings: Settings
    /// Frames written so far.
    public private(set) var framesWritten = 0
    /// Samples that were outside the range of the integers and were limited.
    public var clippedSampleCount: Int { sink.clippedSampleCount }
    /// Samples that were NaN or infinite and were written as 0.
    public var nonFiniteSampleCount: Int { sink.nonFiniteSampleCount }

    /// Bytes of sound that a file can have: what a file system can count, with room for a header.
    private static let mostBytes = Int.max - (1 << 16)
    private let sink: any FrameSink
    private var interleaved: [Float] = []

    /// Creates or overwrites a file; `-` is standard output. (Programs open their output with more
    /// care and use the other initialiser.)
    public convenience init(path: String, settings: Settings) throws(AudioFileError) {
        if path == "-" {
            try self.init(
                fileDescriptor: STDOUT_FILENO, closes: false, path: path, settings: settings)
            return
        }
        let number = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard number >= 0 else { throw .cannotOpen(path: path, code: errno) }
        try self.init(fileDescriptor: number, closes: true, path: path, settings: settings)
    }

    /// Writes to an open descriptor.
    /// - Parameters:
    ///   - closes: the writer closes the descriptor when it goes away.
    ///   - path: for messages.
    public convenience init(fileDescriptor: CInt, closes: Bool, path: String, settings: Settings)
        throws(AudioFileError)
    {
        try self.init(
            fileDescriptor: fileDescriptor, closes: closes, path: path, settings: settings,
            riffLimit: WAVHeader.riffLimit)
    }

    /// The same with a lower limit for RF64, for tests.
    package init(
        fileDescriptor: CInt, closes: Bool, path: String, settings: Settings, riffLimit: Int
    ) throws(AudioFileError) {
        let descriptor = Descriptor(fileDescriptor, path: path, closes: closes)
        let refusal = AudioFileError.unsupportedFormat(
            path: path, container: settings.container, encoding: settings.encoding,
            channels: settings.channels, sampleRate: settings.sampleRate)
        guard
            let format = try? RawFormat(
                sampleRate: settings.sampleRate, channels: settings.channels,
                encoding: settings.encoding,
                byteOrder: settings.container == .raw
                    ? settings.byteOrder : settings.container.isBigEndian ? .big : .little)
        else { throw refusal }
        if let frames = settings.expectedFrameCount,
            frames < 0 || frames > Self.mostBytes / format.frameBytes
        {
            throw .impossibleLength(path: path, frames: frames)
        }
        if !settings.container.isPipeable, !descriptor.isRewritable {
            throw .needsSeekableOutput(path: path, container: settings.container)
        }
        let opened: (any FrameSink)?
        switch settings.container {
        case .wav, .au, .aiff, .raw:
            let header: PCMSink.Header =
                switch settings.container {
                case .wav: .wav
                case .au: .au
                case .aiff: .aiff
                default: .none
                }
            opened = try PCMSink(
                descriptor: descriptor, header: header, format: format,
                expectedFrames: settings.expectedFrameCount, tags: settings.tags,
                riffLimit: riffLimit)
        case .flac, .caf, .w64, .ogg:
            opened = try SoundFileSink(
                descriptor: descriptor, container: settings.container, format: format,
                tags: settings.tags)
        }
        guard let opened else { throw refusal }
        sink = opened
        self.path = path
        self.settings = settings
    }

    /// Writes interleaved samples.
    /// - Parameter samples: a whole number of frames.
    public func write(_ samples: UnsafeBufferPointer<Float>) throws(AudioFileError) {
        let channels = settings.channels
        guard samples.count % channels == 0 else {
            throw .channelMismatch(expected: channels, given: samples.count % channels)
        }
        guard !samples.isEmpty else { return }
        try sink.write(samples)
        framesWritten += samples.count / channels
    }

    /// Writes one array a channel, all of the same length.
    public func write(planar samples: [[Float]]) throws(AudioFileError) {
        let channels = settings.channels
        guard samples.count == channels, let frames = samples.first?.count,
            samples.allSatisfy({ $0.count == frames })
        else {
            throw .channelMismatch(expected: channels, given: samples.count)
        }
        interleaved.removeAll(keepingCapacity: true)
        interleaved.reserveCapacity(frames * channels)
        for frame in 0..<frames {
            for channel in 0..<channels { interleaved.append(samples[channel][frame]) }
        }
        try interleaved.withUnsafeBufferPointer { (buffer) throws(AudioFileError) in
            try write(buffer)
        }
    }

    /// Completes the header. Must be called: a file that was not finished may have a false length.
    /// Does not synchronise with the disk.
    public func finish() throws(AudioFileError) {
        try sink.finish()
    }
}
