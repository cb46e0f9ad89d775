#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Everything that can go wrong while a sound is read, written or resampled. Each case carries the
/// file's name (`-` for a standard stream) and the offending values; `description` is the text for
/// the user, without the program's name and without a full stop.
public enum AudioFileError: Error, Equatable, Sendable {
    /// The operating system refused to open the file; `code` is `errno`.
    case cannotOpen(path: String, code: CInt)
    /// The path is a folder or a block device.
    case notAFile(path: String)
    /// The file has no bytes at all, and its format has a header.
    case emptyFile(path: String)
    /// No known sound format, or its header cannot be understood; `reason` is the reader's own
    /// text.
    case unrecognised(path: String, reason: String)
    /// A known format that only FFmpeg reads, which is not installed or not allowed.
    case needsFFmpeg(path: String, format: String)
    /// The header promises something impossible, for example zero channels.
    case malformedHeader(path: String, reason: String)
    /// The operating system failed to deliver bytes; `code` is `errno`.
    case readFailed(path: String, code: CInt)
    /// Compressed audio that cannot be decoded past `frame`.
    case damaged(path: String, frame: Int, reason: String)
    /// A second pass was asked from a pipe.
    case notSeekable(path: String)
    /// Raw PCM with impossible parameters.
    case invalidRawFormat(reason: String)
    /// Writing failed, for example because the disk is full; `code` is `errno`.
    case writeFailed(path: String, code: CInt)
    /// The reader at the other end of a pipe has gone (`EPIPE`): not a fault, the program should
    /// end quietly.
    case brokenPipe(path: String)
    /// The container must go back to its header at the end, which a pipe cannot do.
    case needsSeekableOutput(path: String, container: AudioContainer)
    /// The container cannot hold this combination.
    case unsupportedFormat(
        path: String, container: AudioContainer, encoding: SampleEncoding, channels: Int,
        sampleRate: Int)
    /// The number of frames that is to come is negative, or their bytes cannot be counted.
    case impossibleLength(path: String, frames: Int)
    /// More or fewer frames were written than the header, already sent, had promised.
    case lengthMismatch(path: String, promised: Int, written: Int)
    /// The buffer does not hold whole frames, or its number of channels is not the file's.
    case channelMismatch(expected: Int, given: Int)
    /// Resampling outside 1 kHz ... 768 kHz, or without channels.
    case unsupportedResampling(from: Int, to: Int, channels: Int)
    /// The resampler itself failed.
    case resamplerFailed(reason: String)
}

extension AudioFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotOpen(let path, let code): "\(named(path)): cannot open: \(systemMessage(code))"
        case .notAFile(let path): "\(named(path)): not a regular file or pipe"
        case .emptyFile(let path): "\(named(path)): empty file"
        case .unrecognised(let path, let reason):
            "\(named(path)): not a sound file that can be read: \(reason)"
        case .needsFFmpeg(let path, let format):
            """
            \(named(path)): \(format), which is read where ffmpeg is installed; elsewhere: \
            ffmpeg -i \(path == "-" ? path : Self.quoted(path)) -f wav - | nwc-enc - OUTPUT
            """
        case .malformedHeader(let path, let reason): "\(named(path)): malformed header: \(reason)"
        case .readFailed(let path, let code): "\(named(path)): read failed: \(systemMessage(code))"
        case .damaged(let path, let frame, let reason):
            "\(named(path)): damaged after sample \(frame): \(reason)"
        case .notSeekable(let path): "\(named(path)): cannot be read twice"
        case .invalidRawFormat(let reason): "raw PCM: \(reason)"
        case .writeFailed(let path, let code):
            "\(named(path)): write failed: \(systemMessage(code))"
        case .brokenPipe(let path): "\(named(path)): the reading end of the pipe was closed"
        case .needsSeekableOutput(let path, let container):
            "\(named(path)): \(container) cannot be written to a pipe; use WAV, AU or raw PCM"
        case .unsupportedFormat(let path, .ogg, _, let channels, let sampleRate):
            """
            \(named(path)): Ogg Vorbis cannot hold \(channels) \
            channel\(channels == 1 ? "" : "s"), \(sampleRate) Hz; possible are 1 ... 255 channels, \
            at most \(AudioLimits.vorbisRate) Hz
            """
        case .unsupportedFormat(
            let path, let container, let encoding, let channels, let sampleRate):
            """
            \(named(path)): \(container) cannot hold \(encoding), \(channels) \
            channel\(channels == 1 ? "" : "s"), \(sampleRate) Hz
            """
        case .impossibleLength(let path, let frames):
            "\(named(path)): no file can hold \(frames) samples"
        case .lengthMismatch(let path, let promised, let written):
            "\(named(path)): \(written) samples written where the header says \(promised)"
        case .channelMismatch(let expected, let given):
            "\(given) channels or a broken frame where \(expected) channels are expected"
        case .unsupportedResampling(let from, let to, let channels):
            """
            cannot resample \(channels) channel\(channels == 1 ? "" : "s") from \(from) Hz \
            to \(to) Hz, possible are 1000 ... 768000 Hz
            """
        case .resamplerFailed(let reason): "resampling failed: \(reason)"
        }
    }

    /// True where the only fault is that nobody reads the output any more.
    public var isBrokenPipe: Bool {
        if case .brokenPipe = self { true } else { false }
    }
}

extension AudioFileError {
    /// A name for a line of shell.
    private static func quoted(_ path: String) -> String {
        let plain = path.utf8.allSatisfy { byte in
            (0x30...0x39) ~= byte || (0x41...0x5A) ~= byte || (0x61...0x7A) ~= byte
                || "/._-+,=:@".utf8.contains(byte) || byte > 0x7F
        }
        // A name that begins like an option is none with its folder.
        let name = path.hasPrefix("-") ? "./\(path)" : path
        if plain { return name }
        let parts = name.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: #"'\''"#) + "'"
    }
}

/// The name of a file as messages show it.
func named(_ path: String) -> String { path == "-" ? "standard stream" : path }

/// The C library's text for an `errno` value.
func systemMessage(_ code: CInt) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
}
