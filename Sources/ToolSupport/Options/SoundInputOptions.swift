import ArgumentParser
import AudioFile

/// How sound files are read.
public struct SoundInputOptions: ParsableArguments {
    @Flag(
        help: """
            Read the PCM of WAV, W64, AIFF, AU and CAF to the end of the file, whatever length the \
            header says.
            """)
    public var ignoreLength = false

    @Flag(
        name: .customLong("no-ffmpeg"),
        help: "Do not run ffmpeg for what is not read here: AAC, AMR, WMA, Speex ...")
    public var noFFmpeg = false

    public init() {}

    /// What the options say together with those of raw sound.
    public func readerOptions(_ raw: RawInputOptions) throws(ToolFailure) -> AudioReader.Options {
        var options = AudioReader.Options(ignoresLength: ignoreLength)
        try raw.apply(to: &options)
        if noFFmpeg { options.ffmpeg = nil }
        return options
    }
}
