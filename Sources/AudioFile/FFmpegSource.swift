import System

/// Sound that FFmpeg decodes: the program runs beside us and writes floating-point samples with
/// their rate and channels into a pipe. Nothing is written to disk; going back starts it again.
final class FFmpegSource: FrameSource {
    let sampleRate: Int
    let channels: Int
    let declaredFrames: Int?
    let formatName: String
    let tags: SoundTags
    private(set) var warnings: [AudioWarning] = []
    /// FFmpeg's lengths are rounded: `ending` compares them.
    var promisedFrames: Int? { nil }
    var isFloat: Bool { true }
    var isSeekable: Bool { true }

    private let ffmpeg: FFmpeg
    private let file: Descriptor
    private let format: ForeignFormat
    /// The decoder that has proved to be there; nil is FFmpeg's own choice.
    private let decoder: String?
    private let opening: [AudioWarning]
    private var run: Run
    private var place = 0
    private var ended = false

    /// Missing sound that is no rounding, delay or padding of a coding, in seconds.
    private static let tolerance = 0.5
    /// Most of one line of FFmpeg's own text.
    private static let longestText = 300

    /// - Parameters:
    ///   - file: a regular file that begins with the sound.
    ///   - format: one that FFmpeg reads.
    init(_ file: Descriptor, _ format: ForeignFormat, _ ffmpeg: FFmpeg) throws(AudioFileError) {
        (self.file, self.format, self.ffmpeg) = (file, format, ffmpeg)
        let facts = ffmpeg.facts(file.number, format)
        if facts.streams == 0 {
            throw .unrecognised(path: file.path, reason: "\(format.name) without sound")
        }
        var (found, failure): ((run: Run, decoder: String?)?, AudioFileError?) = (nil, nil)
        for decoder in FFmpeg.decoders(facts.coding, format) where found == nil {
            do throws(AudioFileError) {
                found = (try Run(ffmpeg, file, format, decoder: decoder), decoder)
            } catch { failure = error }
        }
        guard let found else {
            throw failure ?? .unrecognised(path: file.path, reason: format.name)
        }
        (run, decoder) = found
        let source = found.run.source
        (sampleRate, channels) = (source.sampleRate, source.channels)
        tags = source.tags
        let frames = facts.seconds.map { ($0 * Double(source.sampleRate)).rounded() }
        declaredFrames = (AMRFrames.count(file, format) ?? frames).flatMap {
            $0 > 0 && $0 < 0x1p48 ? Int($0) : nil
        }
        let names = [format.name, facts.coding.map(FFmpeg.name)].compactMap { $0 }
        formatName = "\(names.joined(separator: ", ")) (read by ffmpeg)"
        opening = (facts.streams ?? 1) > 1 ? [.otherStreams(count: (facts.streams ?? 1) - 1)] : []
        warnings = opening
    }

    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int {
        guard !ended else { return 0 }
        let frames = try run.source.read(into: buffer)
        place += frames
        if frames == 0 {
            ended = true
            try finish()
        }
        return frames
    }

    /// Says how FFmpeg has ended.
    private func finish() throws(AudioFileError) {
        let failure = run.program.wait()
        let text = Self.tidy(run.program.errorText)
        if let failure {
            throw .damaged(
                path: file.path, frame: place,
                reason: "ffmpeg: \(text.isEmpty ? failure : text)")
        }
        warnings = opening + run.source.warnings
        if !text.isEmpty { warnings.append(.decoder("ffmpeg", text)) }
        if let declaredFrames,
            Double(declaredFrames - place) > Self.tolerance * Double(sampleRate)
        {
            warnings.append(.truncated(declaredFrames: declaredFrames, framesRead: place))
        }
    }

    /// Samples on the way to a later place are decoded and left out: FFmpeg's own seeking is not
    /// exact in every format.
    func seek(toFrame frame: Int) throws(AudioFileError) {
        if frame < place || ended {
            run = try Run(ffmpeg, file, format, decoder: decoder)
            (place, ended, warnings) = (0, false, opening)
        }
        var block = [Float](repeating: 0, count: channels * 4096)
        while place < frame, !ended {
            let wanted = min(frame - place, 4096) * channels
            _ = try block.withUnsafeMutableBufferPointer { (buffer) throws(AudioFileError) in
                try read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<wanted]))
            }
        }
    }

    /// FFmpeg at work.
    private struct Run {
        let program: PipedProgram
        let source: PCMSource

        /// - Throws: `AudioFileError.unrecognised` with FFmpeg's own text where it gives no sound.
        init(
            _ ffmpeg: FFmpeg, _ file: Descriptor, _ format: ForeignFormat, decoder: String?
        ) throws(AudioFileError) {
            let arguments =
                ["-nostdin", "-hide_banner", "-v", "error"]
                + (decoder.map { ["-c:a", $0] } ?? []) + FFmpeg.input(format.demuxer ?? "")
                // The tags of a stream stand beside those of the file; rate and channels stay.
                + ["-map", "0:a:0", "-map_metadata", "0:s:a:0", "-map_metadata", "0"]
                + ["-c:a", "pcm_f32le", "-f", "wav", "pipe:1"]
            do throws(ChildProcessError) {
                program = try PipedProgram(ffmpeg.program, arguments, input: file.number)
            } catch { throw .unrecognised(path: file.path, reason: error.description) }
            let output = Descriptor(program.takeOutput(), path: file.path, closes: true)
            let input = ByteInput(output)
            guard try !input.peek(1).isEmpty else {
                let failure = program.wait() ?? "no sound"
                let text = FFmpegSource.tidy(program.errorText)
                throw .unrecognised(
                    path: file.path,
                    reason: "\(format.name): ffmpeg: \(text.isEmpty ? failure : text)")
            }
            guard var layout = try SoundHeader.parse(input), let own = layout.format else {
                throw .unrecognised(path: file.path, reason: "ffmpeg gave something unexpected")
            }
            // Everything to the end is sound.
            (layout.chunks, layout.dataBytes) = (nil, nil)
            source = try PCMSource(input, layout, format: own)
        }
    }

    /// The first line of what FFmpeg said, without addresses and the name that it was given.
    private static func tidy(_ text: String) -> String {
        var lines: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline) {
            var line = line
            if line.first == "[", let end = line.firstIndex(of: "]") {
                line = line[line.index(after: end)...].drop { $0 == " " }
            }
            for name in ["file:/dev/stdin: ", "pipe:1: "] where line.hasPrefix(name) {
                line = line.dropFirst(name.count)
            }
            if !line.isEmpty { lines.append(line) }
        }
        guard let first = lines.first else { return "" }
        let start = String(first.prefix(longestText))
        return lines.count > 1 ? "\(start) (and \(lines.count - 1) more lines)" : start
    }
}

/// Frames of the storage format of AMR (RFC 4867, section 5), 20 ms each: what FFmpeg says about
/// its length is a guess.
private enum AMRFrames {
    /// Bytes behind the first one of a frame, by its type.
    private static let narrow = [12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0]
    private static let wide = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0, 0, 0, 0, 0]

    /// Samples of a file; nil where it is none of AMR.
    static func count(_ file: Descriptor, _ format: ForeignFormat) -> Double? {
        let isWide = format.name == "AMR-WB"
        guard format.demuxer == "amr", let size = (try? file.status()).map({ Int($0.st_size) })
        else { return nil }
        let sizes = isWide ? wide : narrow
        let input = RangedFile(file, range: (isWide ? 9 : 6)..<max(size, 9))
        var frames = 0
        var place = 0
        let block = 1 << 16
        var bytes: [UInt8] = []
        var base = 0
        while true {
            if place >= base + bytes.count {
                base = place
                bytes = input.bytes(at: place, count: block)
                if bytes.isEmpty { break }
            }
            place += 1 + sizes[Int(bytes[place - base] >> 3 & 15)]
            if place > input.length { break }
            frames += 1
        }
        return Double(frames) * (isWide ? 320 : 160)
    }
}
