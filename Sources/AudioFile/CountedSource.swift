/// A coding in blocks whose container says how many frames there are: what the last block has
/// beyond them is padding. A number that does not fit to the blocks is not believed, and told.
final class CountedSource: FrameSource {
    let sampleRate: Int
    let channels: Int
    let declaredFrames: Int?
    var promisedFrames: Int? { isBelieved ? frames : nil }
    var formatName: String { source.formatName }
    var isFloat: Bool { source.isFloat }
    var isSeekable: Bool { source.isSeekable }
    var tags: SoundTags { source.tags }
    var warnings: [AudioWarning] {
        source.warnings + (isLonger ? [.longer(declaredFrames: frames)] : [])
    }

    private let source: any FrameSource
    private let frames: Int
    private let isBelieved: Bool
    private let isLonger: Bool
    private var place = 0

    /// - Parameters:
    ///   - source: gives whole blocks, and knows how many frames they have.
    ///   - frames: the number in the container.
    ///   - block: frames of a block.
    init(_ source: any FrameSource, frames: Int, block: Int) {
        self.source = source
        self.frames = frames
        (sampleRate, channels) = (source.sampleRate, source.channels)
        // Some programs count one block more than they need.
        let most = frames.addingReportingOverflow(2 * block)
        let blocks = source.declaredFrames
        isLonger = frames > 0 && (blocks ?? 0) >= most.partialValue && !most.overflow
        isBelieved = frames > 0 && !isLonger && blocks != nil
        declaredFrames = isBelieved ? min(frames, blocks ?? frames) : blocks
    }

    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int {
        guard isBelieved else { return try source.read(into: buffer) }
        let room = min(buffer.count / channels, frames - place)
        guard room > 0 else { return 0 }
        let count = try source.read(
            into: UnsafeMutableBufferPointer(rebasing: buffer[..<(room * channels)]))
        place += count
        return count
    }

    func seek(toFrame frame: Int) throws(AudioFileError) {
        let target = isBelieved ? min(frame, frames) : frame
        // Behind its last frame a library may refuse to go.
        try source.seek(toFrame: min(target, source.declaredFrames ?? target))
        place = target
    }
}
