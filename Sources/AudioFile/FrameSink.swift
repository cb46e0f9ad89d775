/// Where an `AudioWriter` puts its samples.
protocol FrameSink: AnyObject {
    var clippedSampleCount: Int { get }
    var nonFiniteSampleCount: Int { get }
    /// Writes interleaved samples, a whole number of frames.
    func write(_ samples: UnsafeBufferPointer<Float>) throws(AudioFileError)
    /// Completes the header.
    func finish() throws(AudioFileError)
}

/// Linear PCM with our own header: WAV, RF64, AU, AIFF and raw PCM, to files and pipes.
final class PCMSink: FrameSink {
    /// The header in front of the samples.
    enum Header {
        case none
        case wav
        case au
        case aiff
    }

    var clippedSampleCount: Int { encoder.clippedCount }
    var nonFiniteSampleCount: Int { encoder.nonFiniteCount }

    private let descriptor: Descriptor
    private let header: Header
    private let format: RawFormat
    private let expectedFrames: Int?
    private let start: Int?
    private let reservesLong: Bool
    private let tags: SoundTags
    private let riffLimit: Int
    private var sentHeader: [UInt8] = []
    private var encoder: PCMEncoder
    private var block: [UInt8] = []
    private var dataBytes = 0

    /// - Parameters:
    ///   - expectedFrames: the exact length where it is known beforehand; a pipe then gets a true
    ///     header.
    ///   - riffLimit: bytes of samples above which a WAV file becomes RF64.
    /// - Returns: nil where the header has no code for the encoding.
    init?(
        descriptor: Descriptor, header: Header, format: RawFormat, expectedFrames: Int?,
        tags: SoundTags, riffLimit: Int
    ) throws(AudioFileError) {
        self.descriptor = descriptor
        self.header = header
        self.format = format
        self.expectedFrames = expectedFrames
        self.tags = tags
        self.riffLimit = riffLimit
        encoder = PCMEncoder(encoding: format.encoding, byteOrder: format.byteOrder)
        start = descriptor.isRewritable ? descriptor.position : nil
        reservesLong = expectedFrames == nil && start != nil
        guard let bytes = headerBytes(dataBytes: expectedFrames.map { $0 * format.frameBytes })
        else { return nil }
        sentHeader = bytes
        try descriptor.write(bytes)
    }

    private func headerBytes(dataBytes: Int?) -> [UInt8]? {
        switch header {
        case .none: []
        case .wav:
            switch format.encoding {
            case .unsigned8, .signed16, .signed24, .signed32, .float32, .float64:
                WAVHeader(
                    sampleRate: format.sampleRate, channels: format.channels,
                    encoding: format.encoding, dataBytes: dataBytes
                )
                .bytes(reservesLong: reservesLong, tags: tags, limit: riffLimit)
            default: nil
            }
        case .au:
            AUHeader(
                sampleRate: format.sampleRate, channels: format.channels, encoding: format.encoding,
                dataBytes: dataBytes
            ).bytes()
        case .aiff:
            AIFFHeader(
                sampleRate: format.sampleRate, channels: format.channels, encoding: format.encoding,
                dataBytes: dataBytes ?? 0
            ).bytes(tags: tags)
        }
    }

    func write(_ samples: UnsafeBufferPointer<Float>) throws(AudioFileError) {
        let size = format.encoding.byteCount
        let most = 1 << 15
        var done = 0
        while done < samples.count {
            let count = min(most, samples.count - done)
            if block.count < count * size { block = [UInt8](repeating: 0, count: count * size) }
            let part = UnsafeBufferPointer(rebasing: samples[done..<done + count])
            block.withUnsafeMutableBytes { encoder.encode(part, into: $0) }
            try block.withBytes { (bytes) throws(AudioFileError) in
                try descriptor.write(UnsafeRawBufferPointer(rebasing: bytes[..<(count * size)]))
            }
            done += count
            dataBytes += count * size
        }
    }

    func finish() throws(AudioFileError) {
        let promised = expectedFrames.map { $0 * format.frameBytes }
        // Chunks have even lengths. Where the length was unknown nobody could tell padding from
        // samples: leave it out.
        let padded = header == .wav || header == .aiff
        if padded, dataBytes % 2 == 1, start != nil || promised != nil { try descriptor.write([0]) }
        guard promised != dataBytes, header != .none else { return }
        let mismatch = AudioFileError.lengthMismatch(
            path: descriptor.path, promised: expectedFrames ?? 0,
            written: dataBytes / format.frameBytes)
        guard let start else {
            if promised == nil { return }
            throw mismatch
        }
        guard let corrected = headerBytes(dataBytes: dataBytes), corrected.count == sentHeader.count
        else { throw mismatch }
        try descriptor.write(corrected, at: start)
    }
}
