/// Where an `AudioReader` takes its samples from.
protocol FrameSource: AnyObject {
    var sampleRate: Int { get }
    var channels: Int { get }
    /// Frames that the header promises; nil where it does not say, or says something impossible.
    var declaredFrames: Int? { get }
    /// For reports, for example "WAV, 16-bit".
    var formatName: String { get }
    /// The samples are floating point and may hold NaN.
    var isFloat: Bool { get }
    /// Can be read again from the start.
    var isSeekable: Bool { get }
    /// Bytes behind the last whole frame.
    var trailingBytes: Int { get }
    /// Texts of the file, as far as they were met.
    var tags: SoundTags { get }
    /// Reads interleaved samples.
    /// - Parameter buffer: room for a whole number of frames, at least one.
    /// - Returns: number of frames, at least one unless the end is reached.
    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int
    /// Goes to a frame; beyond the end there is nothing to read.
    /// - Parameter frame: counted from the first, not negative.
    func seek(toFrame frame: Int) throws(AudioFileError)
}

/// Linear PCM straight from a descriptor: raw PCM, and WAV or AU from a pipe. Delivers what is
/// there without waiting for more, so that a live source is not held up.
final class PCMSource: FrameSource {
    let sampleRate: Int
    let channels: Int
    let declaredFrames: Int?
    let formatName: String
    let tags: SoundTags
    let isSeekable: Bool
    var isFloat: Bool { encoding.isFloat }
    private(set) var trailingBytes = 0

    private let descriptor: Descriptor
    private let encoding: SampleEncoding
    private let byteOrder: ByteOrder
    private let dataOffset: Int?
    private let dataBytes: Int?
    private var bytesLeft: Int
    private var carried: [UInt8] = []
    private var block: [UInt8] = []
    private var ended = false

    /// - Parameters:
    ///   - descriptor: stands at the first sample.
    ///   - dataBytes: bytes to read at most; nil reads to the end.
    init(
        descriptor: Descriptor, format: RawFormat, dataBytes: Int?, formatName: String,
        tags: SoundTags = SoundTags()
    ) {
        self.tags = tags
        self.descriptor = descriptor
        sampleRate = format.sampleRate
        channels = format.channels
        encoding = format.encoding
        byteOrder = format.byteOrder
        self.formatName = "\(formatName), \(format.encoding)"
        let offset = descriptor.isRegularFile ? descriptor.position : nil
        isSeekable = offset != nil
        dataOffset = offset
        self.dataBytes = dataBytes
        bytesLeft = dataBytes ?? .max
        if let dataBytes {
            declaredFrames = dataBytes / format.frameBytes
        } else if let offset, let size = try? descriptor.status().st_size {
            declaredFrames = max(0, Int(size) - offset) / format.frameBytes
        } else {
            declaredFrames = nil
        }
    }

    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int {
        let frameBytes = channels * encoding.byteCount
        let wanted = buffer.count / channels * frameBytes
        if block.count < wanted { block = [UInt8](repeating: 0, count: wanted) }
        var have = carried.count
        for (index, byte) in carried.enumerated() { block[index] = byte }
        carried = []
        while have < frameBytes, !ended {
            let room = min(wanted - have, bytesLeft)
            let got = try block.withMutableBytes { (bytes) throws(AudioFileError) in
                try descriptor.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[have..<have + room]))
            }
            if got == 0 {
                ended = true
                if bytesLeft == 0 { try drain() }
            }
            have += got
            bytesLeft -= got
        }
        let frames = have / frameBytes
        let rest = have - frames * frameBytes
        if ended {
            trailingBytes = rest
        } else {
            carried = Array(block[frames * frameBytes..<have])
        }
        block.withUnsafeBytes { bytes in
            PCMDecoding.decode(
                bytes, encoding: encoding, byteOrder: byteOrder,
                into: UnsafeMutableBufferPointer(rebasing: buffer[..<(frames * channels)]))
        }
        return frames
    }

    /// Reads what follows the samples in a pipe (text chunks and the like), so that its writer does
    /// not fail.
    private func drain() throws(AudioFileError) {
        guard !isSeekable else { return }
        var rest = [UInt8](repeating: 0, count: 4096)
        while try rest.withMutableBytes({ (bytes) throws(AudioFileError) in
            try descriptor.read(into: bytes)
        }) > 0 {}
    }

    func seek(toFrame frame: Int) throws(AudioFileError) {
        guard let dataOffset else { throw .notSeekable(path: descriptor.path) }
        // No file is longer than this, and nothing overflows.
        let bytes = min(frame, 1 << 48) * channels * encoding.byteCount
        try descriptor.seek(to: dataOffset + bytes)
        bytesLeft = dataBytes.map { max(0, $0 - bytes) } ?? .max
        carried = []
        trailingBytes = 0
        ended = false
    }
}
