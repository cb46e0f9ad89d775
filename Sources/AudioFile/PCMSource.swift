/// PCM straight from a file or a pipe, in one way for both: raw PCM, and the containers whose
/// headers are read here. Delivers what is there without waiting for more, so that a live source is
/// not held up. A sound may be in several parts: files that were put one behind another.
final class PCMSource: FrameSource {
    let sampleRate: Int
    let channels: Int
    let formatName: String
    let isFloat: Bool
    private(set) var tags: SoundTags
    private(set) var warnings: [AudioWarning] = []
    var isSeekable: Bool { input.isSeekable }

    private let input: ByteInput
    private var parts: [SoundLayout]
    private var current = 0
    /// What follows the last part is known.
    private var isComplete = false
    private var bytesLeft: Int?
    private var tail: ChunkTail?
    private var block: [UInt8] = []
    /// Bytes at the beginning of `block` that are no whole frame yet.
    private var carried = 0
    private static let mostParts = 4096

    /// Parts of a file that are all known.
    init(_ input: ByteInput, parts: [SoundLayout]) throws(AudioFileError) {
        guard let first = parts.first, let format = first.format else {
            throw .unrecognised(path: input.descriptor.path, reason: "no sound")
        }
        self.input = input
        sampleRate = format.sampleRate
        channels = format.channels
        isFloat = format.encoding.isFloat
        formatName = first.name
        tags = first.tags
        self.parts = parts
        isComplete = true
        try begin(0)
    }

    /// One sound, and what continues it.
    /// - Parameters:
    ///   - layout: with a format that is read here.
    ///   - format: that format.
    init(_ input: ByteInput, _ layout: SoundLayout, format: RawFormat) throws(AudioFileError) {
        self.input = input
        sampleRate = format.sampleRate
        channels = format.channels
        isFloat = format.encoding.isFloat
        formatName = layout.name
        tags = layout.tags
        parts = [layout]
        if input.isSeekable {
            // Chunks behind samples of unknown length tell where these end, and have texts.
            if layout.dataBytes == nil, layout.chunks != nil {
                let bytes = try ChunkTail.samples(input, layout)
                if let length = input.length, bytes < length - layout.dataOffset {
                    parts[0].dataBytes = bytes
                }
            }
            while try findNext() {}
            try begin(0)
        } else {
            input.forget()
            start(layout)
        }
    }

    var declaredFrames: Int? {
        guard let promisedFrames else {
            guard let length = input.length else { return nil }
            return parts.reduce(0) { $0 + frames($1, length: length) }
        }
        return promisedFrames
    }

    var promisedFrames: Int? {
        var total = 0
        for part in parts {
            guard let bytes = part.dataBytes, let format = part.format else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(bytes / format.frameBytes)
            if overflow { return nil }
            total = sum
        }
        return total
    }

    /// Frames of a part; to the end of the file where the header does not say.
    private func frames(_ part: SoundLayout, length: Int) -> Int {
        guard let format = part.format else { return 0 }
        return (part.dataBytes ?? max(0, length - part.dataOffset)) / format.frameBytes
    }

    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int {
        while true {
            guard let format = parts[current].format else { return 0 }
            let frameBytes = format.frameBytes
            if parts[current].isSilent, let left = bytesLeft, left > 0 {
                let frames = min(left / frameBytes, buffer.count / channels)
                buffer[..<(frames * channels)].update(repeating: 0)
                bytesLeft = left - frames * frameBytes
                return frames
            }
            let wanted = buffer.count / channels * frameBytes
            if block.count < wanted { block += [UInt8](repeating: 0, count: wanted - block.count) }
            var have = carried
            var ended = false
            while have < frameBytes, !ended {
                let got = try readBytes(have..<wanted)
                ended = got == 0
                have += got
            }
            let frames = have / frameBytes
            carried = have - frames * frameBytes
            let samples = frames * channels
            block.withUnsafeMutableBytes { bytes in
                PCMDecoding.decode(
                    UnsafeRawBufferPointer(bytes), encoding: format.encoding,
                    byteOrder: format.byteOrder,
                    into: UnsafeMutableBufferPointer(rebasing: buffer[..<samples]))
                guard carried > 0, frames > 0, let base = bytes.baseAddress else { return }
                base.copyMemory(from: base + frames * frameBytes, byteCount: carried)
            }
            if frames > 0 { return frames }
            if carried > 0 { warnings.append(.brokenLastFrame(bytes: carried)) }
            carried = 0
            guard try advance() else { return 0 }
        }
    }

    /// Reads bytes of samples into a part of the block.
    /// - Returns: 0 at the end of this part of the sound.
    private func readBytes(_ range: Range<Int>) throws(AudioFileError) -> Int {
        var room = range.count
        if let bytesLeft { room = min(room, bytesLeft) }
        if tail != nil {
            let available = try tail?.available(input) ?? 0
            room = min(room, available)
        }
        guard room > 0 else { return 0 }
        let end = range.lowerBound + room
        let got = try block.withMutableBytes { (bytes) throws(AudioFileError) in
            try input.read(
                into: UnsafeMutableRawBufferPointer(rebasing: bytes[range.lowerBound..<end]))
        }
        bytesLeft = bytesLeft.map { $0 - got }
        tail?.take(got)
        return got
    }

    /// Goes on to the next part.
    /// - Returns: false at the end of the last one.
    private func advance() throws(AudioFileError) -> Bool {
        if current + 1 < parts.count {
            try begin(current + 1)
            return true
        }
        guard !isComplete, bytesLeft == 0 || tail != nil, try findNext() else {
            isComplete = true
            return false
        }
        current += 1
        start(parts[current])
        return true
    }

    /// Looks behind the last part, where the input then stands: at the first sample of a next part,
    /// if there is one.
    /// - Returns: there is one.
    private func findNext() throws(AudioFileError) -> Bool {
        guard let last = parts.last, !isComplete else { return false }
        isComplete = true
        if input.isSeekable {
            // Where the length is unknown, everything belongs to this part.
            guard let bytes = last.dataBytes, let length = input.length,
                bytes <= length - last.dataOffset
            else { return false }
            try input.seek(to: last.dataOffset + bytes)
        }
        var sequel = SoundSequel(input)
        let next = try sequel.find(behind: last, allowed: parts.count < Self.mostParts)
        tags.fill(from: sequel.tags)
        if let warning = sequel.warning { warnings.append(warning) }
        guard let next else { return false }
        tags.fill(from: next.tags)
        parts.append(next)
        isComplete = false
        return true
    }

    /// Goes to the first sample of a part of a file.
    private func begin(_ number: Int) throws(AudioFileError) {
        try input.seek(to: parts[number].dataOffset)
        input.forget()
        current = number
        start(parts[number])
    }

    private func start(_ part: SoundLayout) {
        bytesLeft = part.dataBytes
        tail = part.dataBytes == nil ? part.chunks.map { ChunkTail($0) } : nil
        carried = 0
    }

    func seek(toFrame frame: Int) throws(AudioFileError) {
        guard let length = input.length else { throw .notSeekable(path: input.descriptor.path) }
        warnings.removeAll {
            if case .brokenLastFrame = $0 { true } else { false }
        }
        // No file is longer than this, and nothing overflows.
        var left = min(frame, 1 << 48)
        var number = 0
        while number + 1 < parts.count, left >= frames(parts[number], length: length) {
            left -= frames(parts[number], length: length)
            number += 1
        }
        try begin(number)
        let bytes = left * (parts[number].format?.frameBytes ?? 1)
        if !parts[number].isSilent { try input.seek(to: parts[number].dataOffset + bytes) }
        bytesLeft = bytesLeft.map { max(0, $0 - bytes) }
    }
}
