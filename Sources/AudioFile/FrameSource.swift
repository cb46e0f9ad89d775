/// Where an `AudioReader` takes its samples from.
protocol FrameSource: AnyObject {
    var sampleRate: Int { get }
    var channels: Int { get }
    /// The length as far as it can be known without reading everything; nil where it cannot.
    var declaredFrames: Int? { get }
    /// The length that the header promises, to be compared with what comes; nil where it does not
    /// say, or says something impossible.
    var promisedFrames: Int? { get }
    /// For reports, for example "WAV, 16-bit".
    var formatName: String { get }
    /// The samples are floating point and may hold NaN.
    var isFloat: Bool { get }
    /// Can be read again from the start.
    var isSeekable: Bool { get }
    /// Texts of the file, as far as they were met.
    var tags: SoundTags { get }
    /// What was odd, complete at the end.
    var warnings: [AudioWarning] { get }
    /// Reads interleaved samples.
    /// - Parameter buffer: room for a whole number of frames, at least one.
    /// - Returns: number of frames, at least one unless the end is reached.
    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int
    /// Goes to a frame; beyond the end there is nothing to read.
    /// - Parameter frame: counted from the first, not negative.
    func seek(toFrame frame: Int) throws(AudioFileError)
}
