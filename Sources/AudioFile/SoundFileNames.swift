/// Which names are those of sound files. Everything that walks through folders or makes names of
/// outputs asks here, so that all programs agree.
public enum SoundFileNames {
    /// Extensions, in lower case, of recordings that `AudioReader` opens by itself.
    public static let extensions: Set<String> = [
        "wav", "wave", "rf64", "bwf", "w64", "flac", "aif", "aiff", "aifc", "au", "snd", "caf",
        "ogg", "oga", "opus", "mp3", "sph", "nist", "voc",
    ]
    /// Extensions, in lower case, of samples without a header: sound only to one who knows their
    /// format, and no recordings in a folder of others.
    public static let rawExtensions: Set<String> = ["raw", "pcm", "sw"]

    /// Whether the name is a recording's by its extension. Names that begin with a full stop are
    /// none: `._x.wav` is what macOS keeps beside `x.wav` and holds no sound.
    /// - Parameter path: a name or a path.
    public static func isRecording(_ path: String) -> Bool {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let dot = name.lastIndex(of: "."), !name.hasPrefix(".") else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }
}
