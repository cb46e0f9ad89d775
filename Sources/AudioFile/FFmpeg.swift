import System

/// The programs of FFmpeg, run as children for what no library here reads.
public struct FFmpeg: Equatable, Sendable {
    /// Path of `ffmpeg`.
    public var program: String
    /// Path of `ffprobe`, which tells coding and length; nil does without.
    public var probe: String?

    public init(program: String, probe: String? = nil) {
        self.program = program
        self.probe = probe
    }

    /// What stands on the PATH; nil where nothing does.
    public static let installed: FFmpeg? = ChildProcess.path(of: "ffmpeg").map {
        FFmpeg(program: $0, probe: ChildProcess.path(of: "ffprobe"))
    }

    /// What `ffprobe` says about a file; nothing where it cannot.
    struct Facts: Equatable {
        /// FFmpeg's name of the coding of the first audio stream.
        var coding: String?
        /// Of the first audio stream, in seconds.
        var seconds: Double?
        /// Number of audio streams.
        var streams: Int?
    }

    /// Arguments that name the input: only local files, the demuxer that was recognised, no other
    /// file that the input may refer to. Standard input is opened anew, so that it can be sought.
    static func input(_ demuxer: String) -> [String] {
        ["-protocol_whitelist", "file,pipe", "-f", demuxer, "-i", "file:/dev/stdin"]
    }

    /// Asks `ffprobe`.
    /// - Parameter file: a regular file, to be read from its beginning.
    func facts(_ file: CInt, _ format: ForeignFormat) -> Facts {
        var facts = Facts()
        guard let probe, let demuxer = format.demuxer else { return facts }
        let entries = "stream=codec_name,duration:format=duration"
        let arguments =
            ["-v", "error", "-select_streams", "a", "-show_entries", entries, "-of", "flat"]
            + Self.input(demuxer)
        guard let run = try? PipedProgram(probe, arguments, input: file) else { return facts }
        let output = Descriptor(run.takeOutput(), path: probe, closes: true)
        guard let text = try? Self.text(output), run.wait() == nil else { return facts }
        // One that says nothing at all is no `ffprobe`.
        if !text.isEmpty { facts.streams = 0 }
        var whole: Double?
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let key = line[..<equals]
            let value = line[line.index(after: equals)...].filter { $0 != "\"" }
            switch key {
            case "streams.stream.0.codec_name": facts.coding = value
            case "streams.stream.0.duration": facts.seconds = Double(value)
            case "format.duration": whole = Double(value)
            default: break
            }
            if key.hasPrefix("streams.stream."), key.hasSuffix(".codec_name") {
                facts.streams = (facts.streams ?? 0) + 1
            }
        }
        facts.seconds = facts.seconds ?? whole
        if !format.knowsLength { facts.seconds = nil }
        return facts
    }

    /// A whole output, at most 1 MB of it.
    private static func text(_ output: Descriptor) throws(AudioFileError) -> String {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 12)
        while bytes.count < 1 << 20 {
            let count = try block.withMutableBytes { (buffer) throws(AudioFileError) in
                try output.read(into: buffer)
            }
            if count == 0 { break }
            bytes += block[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Decoders that are to be tried for a coding, the best first; nil is FFmpeg's own choice. Its
    /// own decoders of AMR drop what was not sent in pauses (DTX), and with it the time.
    static func decoders(_ coding: String?, _ format: ForeignFormat) -> [String?] {
        switch coding ?? format.name {
        case "amr_nb", "AMR": ["libopencore_amrnb", nil]
        case "amr_wb", "AMR-WB": ["libopencore_amrwb", nil]
        default: [nil]
        }
    }

    /// The coding as people call it.
    static func name(_ coding: String) -> String {
        let names = [
            "aac": "AAC", "aac_latm": "AAC", "alac": "ALAC", "amr_nb": "AMR-NB",
            "amr_wb": "AMR-WB", "mp3": "MP3", "opus": "Opus", "vorbis": "Vorbis", "flac": "FLAC",
            "wmav1": "WMA", "wmav2": "WMA 2", "wmapro": "WMA Pro", "wmalossless": "WMA Lossless",
            "wmavoice": "WMA Voice", "speex": "Speex", "ac3": "AC-3", "eac3": "E-AC-3",
        ]
        return names[coding] ?? coding
    }
}
