/// Which names are those of sound files. Everything that walks through folders or makes names of
/// outputs asks here, so that all programs agree.
public enum SoundFileNames {
    /// Extensions, in lower case, of recordings that `AudioReader` opens by itself.
    public static let extensions: Set<String> = [
        "wav", "wave", "rf64", "bwf", "w64", "flac", "aif", "aiff", "aifc", "au", "snd", "caf",
        "ogg", "oga", "opus", "mp3", "mp2", "mp1", "mpga", "sph", "nist", "voc",
    ]
    /// Extensions, in lower case, of recordings that FFmpeg reads for it, where it is installed.
    public static let ffmpegExtensions: Set<String> = [
        "m4a", "m4b", "mp4", "m4v", "mov", "aac", "adts", "ac3", "eac3", "dts", "amr", "awb",
        "3gp", "3gpp", "3g2", "webm", "weba", "mka", "mkv", "wma", "asf", "wmv", "spx", "ogx",
        "ogv", "wv", "ape", "tta", "tak", "shn", "dsf", "dff", "mpc", "oma", "qcp", "dss", "ra",
        "rm", "rmvb", "avi", "flv",
    ]
    /// Extensions, in lower case, of samples without a header: sound only to one who knows their
    /// format, and no recordings in a folder of others.
    public static let rawExtensions: Set<String> = ["raw", "pcm", "sw"]

    /// Extensions of recordings that can be read now.
    public static var readable: Set<String> {
        FFmpeg.installed == nil ? extensions : extensions.union(ffmpegExtensions)
    }

    /// Whether the name is a recording's by its extension. Names that begin with a full stop are
    /// none: `._x.wav` is what macOS keeps beside `x.wav` and holds no sound.
    /// - Parameter path: a name or a path.
    public static func isRecording(_ path: String) -> Bool { has(path, readable) }

    /// Whether the name is that of a recording that is left out because FFmpeg is not installed.
    public static func needsFFmpeg(_ path: String) -> Bool {
        FFmpeg.installed == nil && has(path, ffmpegExtensions)
    }

    private static func has(_ path: String, _ extensions: Set<String>) -> Bool {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let dot = name.lastIndex(of: "."), !name.hasPrefix(".") else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }
}
