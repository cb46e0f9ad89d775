import AudioFile
import Foundation
import Testing

/// Formats that no library reads: named, or given to FFmpeg. Most tests use a program of a few
/// lines in FFmpeg's place, so that they hold where it is not installed.
@Suite("Formats that FFmpeg reads")
struct FFmpegTests {
    static let starts: [(String, [UInt8])] = [
        ("MPEG-4", [0, 0, 0, 0x1C] + ascii("ftypM4A ")),
        ("3GPP", [0, 0, 0, 0x1C] + ascii("ftyp3gp4")),
        ("QuickTime", [0, 0, 0x20, 0] + ascii("mdat") + [1, 2]),
        ("WebM", [0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x84] + ascii("webm")),
        ("Matroska", [0x1A, 0x45, 0xDF, 0xA3, 0xA3, 0x42, 0x82, 0x88] + ascii("matroska")),
        ("Windows Media", [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6]),
        ("AMR", ascii("#!AMR\n") + [0x3C, 0xDF]), ("AMR-WB", ascii("#!AMR-WB\n") + [0x44]),
        ("AAC (ADTS)", [0xFF, 0xF1, 0x50, 0x40, 0x27, 0x1F, 0xFC, 0xDE]),
        ("AC-3", [0x0B, 0x77, 0x6B, 0x8E, 0x4C, 0x40, 0x2F, 0x84]),
        ("E-AC-3", [0x0B, 0x77, 0, 0xCF, 0x72, 0x87, 0xC0, 0]),
        ("WavPack", ascii("wvpk") + [0xBE, 0x49, 0, 0]), ("Monkey's Audio", ascii("MAC \u{F}")),
        ("True Audio", ascii("TTA1") + [1, 0, 1, 0]), ("DSF", ascii("DSD ") + [0x1C]),
        ("Musepack", ascii("MPCKSH")), ("RealMedia", ascii(".RMF") + [0, 0, 0, 0x12]),
        ("AVI", ascii("RIFF") + [0x2B, 0x28, 0, 0] + ascii("AVI LIST")),
        ("Ogg Speex", page(ascii("Speex   1.2rc1"))),
        ("DTS", [0x7F, 0xFE, 0x80, 0x01, 0xFC]),
        ("MPEG transport stream", [0x47] + [UInt8](repeating: 0, count: 187) + [0x47, 0]),
    ]

    /// A first page of Ogg with one packet.
    private static func page(_ packet: [UInt8]) -> [UInt8] {
        ascii("OggS") + [0, 2] + [UInt8](repeating: 0, count: 20) + [1, UInt8(packet.count)]
            + packet
    }

    @Test("Each is named, from files and pipes, with a line that reads it", arguments: starts)
    func names(format: String, start: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let bytes = start + [UInt8](repeating: 0, count: 1000)
        let path = try folder.write(bytes, to: "my talk")
        let options = AudioReader.Options(ffmpeg: nil)
        #expect(throws: AudioFileError.needsFFmpeg(path: path, format: format)) {
            try AudioReader(path: path, options: options)
        }
        let error = AudioFileError.needsFFmpeg(path: "-", format: format)
        #expect(throws: error) {
            try AudioReader(
                fileDescriptor: pipe(delivering: bytes), closes: true, path: "-", options: options)
        }
        #expect(error.description.contains("ffmpeg -i - -f wav - | nwc-enc - OUTPUT"))
        let quoted = AudioFileError.needsFFmpeg(path: "it's", format: format).description
        #expect(quoted.contains(#"-i 'it'\''s' -f wav"#))
    }

    @Test("An ID3 tag may stand in front of AAC")
    func taggedAAC() throws {
        let folder = try TemporaryFolder()
        let tag = ascii("ID3") + [4, 0, 0, 0, 0, 0, 10] + [UInt8](repeating: 0, count: 10)
        let path = try folder.write(
            tag + [0xFF, 0xF1, 0x50, 0x40, 0x27, 0x1F, 0xFC, 0xDE, 2, 0], to: "x")
        #expect(throws: AudioFileError.needsFFmpeg(path: path, format: "AAC (ADTS)")) {
            try AudioReader(path: path, options: .init(ffmpeg: nil))
        }
    }

    @Test("What FFmpeg cannot read either is named without a promise")
    func hopeless() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(ascii("MThd") + [0, 0, 0, 6, 0, 0], to: "x")
        #expect(
            throws: AudioFileError.unrecognised(
                path: path, reason: "MIDI, notes without sound is read by no program here")
        ) { try AudioReader(path: path) }
    }

    /// Programs in the place of FFmpeg: `ffmpeg` copies `sound.wav` and does what `last` says,
    /// `ffprobe` says `facts`.
    private struct Fake {
        let folder: TemporaryFolder
        let samples: [[Float]]

        init(frames: Int = 5000, last: String = "", facts: String = "") throws {
            folder = try TemporaryFolder()
            samples = noise(channels: 2, frames: frames, encoding: .float32)
            _ = try write(
                samples, to: folder.file("sound.wav"),
                .init(encoding: .float32, sampleRate: 44_100, channels: 2))
            try program("ffmpeg", "cat '\(folder.file("sound.wav"))'\n\(last)")
            try program("ffprobe", facts.isEmpty ? ":" : "cat <<'END'\n\(facts)\nEND")
        }

        func program(_ name: String, _ body: String) throws {
            let log = "echo \"$@\" >> '\(folder.file("\(name).log"))'"
            let path = try folder.write("#!/bin/sh\n\(log)\n\(body)\n".utf8, to: name)
            chmod(path, 0o755)
        }

        var ffmpeg: FFmpeg {
            FFmpeg(program: folder.file("ffmpeg"), probe: folder.file("ffprobe"))
        }
        var options: AudioReader.Options { AudioReader.Options(ffmpeg: ffmpeg) }

        func log(_ name: String) throws -> [String] {
            try String(contentsOfFile: folder.file("\(name).log"), encoding: .utf8)
                .split(separator: "\n").map(String.init)
        }

        func input(_ bytes: [UInt8] = [0, 0, 0, 0x1C] + ascii("ftypM4A ")) throws -> String {
            try folder.write(bytes + [UInt8](repeating: 0, count: 100), to: "x.m4a")
        }
    }

    @Test("The sound, its length and coding; again from the start and from a place")
    func reading() throws {
        let fake = try Fake(
            facts: """
                streams.stream.0.codec_name="aac"
                streams.stream.0.duration="0.113379"
                format.duration="9"
                """)
        let path = try fake.input()
        let reader = try AudioReader(path: path, options: fake.options)
        #expect(reader.sampleRate == 44_100 && reader.channels == 2 && reader.isSeekable)
        #expect(reader.formatName == "MPEG-4, AAC (read by ffmpeg)")
        #expect(reader.declaredFrameCount == 5000)
        #expect(try readAll(reader) == fake.samples)
        #expect(reader.warnings == [])
        try reader.rewind()
        #expect(try readAll(reader) == fake.samples)
        for start in [4000, 10, 10, 4999, 5000, 9000] {
            try reader.seek(toFrame: start)
            let rest = try readAll(reader)
            #expect(rest == fake.samples.map { Array($0.dropFirst(start)) })
        }
        let arguments = try #require(fake.log("ffmpeg").first)
        #expect(
            arguments.contains("-nostdin")
                && arguments.contains("-protocol_whitelist file,pipe -f mov -i file:/dev/stdin"))
        #expect(!arguments.contains("-ac") && !arguments.contains("-ss"))
    }

    @Test("A pipe, and a file that does not begin with the sound")
    func places() throws {
        let fake = try Fake()
        let sound = try bytes(of: fake.input())
        let piped = try AudioReader(
            fileDescriptor: pipe(delivering: sound), closes: true, path: "-",
            options: fake.options)
        #expect(try readAll(piped) == fake.samples)
        // What standard input gives to the program.
        try fake.program(
            "ffmpeg",
            "cat /dev/stdin > '\(fake.folder.file("seen"))'; cat '\(fake.folder.file("sound.wav"))'"
        )
        let file = try fake.folder.write(ascii("front") + sound, to: "behind")
        let number = open(file, O_RDONLY)
        lseek(number, 5, SEEK_SET)
        let reader = try AudioReader(
            fileDescriptor: number, closes: true, path: file, options: fake.options)
        #expect(try readAll(reader) == fake.samples)
        #expect(try bytes(of: fake.folder.file("seen")) == sound)
    }

    @Test("What FFmpeg says becomes a warning, its failure an error")
    func trouble() throws {
        let spoken = try Fake(
            last: "echo '[aac @ 0x55a084ac2e00] Input buffer exhausted' >&2; echo more >&2")
        let reader = try AudioReader(path: spoken.input(), options: spoken.options)
        #expect(try readAll(reader) == spoken.samples)
        #expect(
            reader.warnings == [.decoder("ffmpeg", "Input buffer exhausted (and 1 more lines)")])

        let failing = try Fake(last: "echo 'disk on fire' >&2; exit 3")
        let path = try failing.input()
        #expect(
            throws: AudioFileError.damaged(
                path: path, frame: 5000, reason: "ffmpeg: disk on fire")
        ) { try readAll(AudioReader(path: path, options: failing.options)) }

        let killed = try Fake(last: "kill -9 $$")
        let other = try killed.input()
        #expect(
            throws: AudioFileError.damaged(
                path: other, frame: 5000, reason: "ffmpeg: ended by signal 9")
        ) { try readAll(AudioReader(path: other, options: killed.options)) }

        let silent = try Fake()
        try silent.program("ffmpeg", "echo 'file:/dev/stdin: moov atom not found' >&2; exit 1")
        let third = try silent.input()
        #expect(
            throws: AudioFileError.unrecognised(
                path: third, reason: "MPEG-4: ffmpeg: moov atom not found")
        ) { try AudioReader(path: third, options: silent.options) }
    }

    @Test("Too little sound is said, rounding is not; further sounds are said")
    func lengths() throws {
        func warnings(_ facts: String) throws -> [AudioWarning] {
            let fake = try Fake(facts: facts)
            let reader = try AudioReader(path: fake.input(), options: fake.options)
            _ = try readAll(reader)
            return reader.warnings
        }
        let name = "streams.stream.0.codec_name=\"aac\""
        #expect(
            try warnings("\(name)\nformat.duration=\"10\"")
                == [.truncated(declaredFrames: 441_000, framesRead: 5000)])
        #expect(try warnings("\(name)\nformat.duration=\"0.4\"") == [])
        #expect(
            try warnings("\(name)\nstreams.stream.1.codec_name=\"opus\"")
                == [.otherStreams(count: 1)])
        let video = try Fake(facts: "format.duration=\"3\"")
        let path = try video.input()
        #expect(throws: AudioFileError.unrecognised(path: path, reason: "MPEG-4 without sound")) {
            try AudioReader(path: path, options: video.options)
        }
    }

    @Test("AMR: the decoder that keeps pauses first, the other one where it is missing")
    func pauses() throws {
        // 3 frames of speech (type 7), 2 without data (15).
        let amr =
            ascii("#!AMR\n") + [UInt8](repeating: 0x3C, count: 32 * 3) + [0x7C, 0x7C]
        let fake = try Fake(frames: 800)
        let path = try fake.folder.write(amr, to: "x.amr")
        let reader = try AudioReader(path: path, options: fake.options)
        #expect(reader.declaredFrameCount == 5 * 160)
        #expect(try fake.log("ffmpeg").last?.contains("-c:a libopencore_amrnb") == true)
        try fake.program(
            "ffmpeg",
            """
            case "$*" in *opencore*) echo "Unknown decoder" >&2; exit 1;; esac
            cat '\(fake.folder.file("sound.wav"))'
            """)
        let other = try AudioReader(path: path, options: fake.options)
        #expect(try readAll(other) == fake.samples)
        #expect(try fake.log("ffmpeg").last?.contains("opencore") == false)
    }

    @Test("A container that is read here, with a coding that is not")
    func containers() throws {
        let fake = try Fake()
        // WMA in WAV.
        let format = join(
            little(0x161, 2), little(2, 2), little(44_100, 4), little(8000, 4), little(4, 2),
            little(16, 2), little(0, 2))
        let wave = riff(
            chunk("fmt ", format), chunk("data", [UInt8](repeating: 7, count: 4000)))
        let path = try fake.folder.write(wave, to: "x.wav")
        let reader = try AudioReader(path: path, options: fake.options)
        #expect(reader.formatName == "WAV (read by ffmpeg)")
        #expect(try readAll(reader) == fake.samples)
        #expect(try fake.log("ffmpeg").last?.contains("-f wav -i") == true)
        // Where FFmpeg cannot either, the reason is the library's.
        try fake.program("ffmpeg", "exit 1")
        #expect(throws: AudioFileError.self) {
            try AudioReader(path: path, options: fake.options)
        }
    }

    @Test(
        "FFmpeg itself: lossless codings come back exactly, with tags, as file and as pipe",
        .enabled(if: FFmpeg.installed != nil, "ffmpeg is not installed"),
        arguments: [("wv", "wavpack"), ("m4a", "alac"), ("mka", "flac"), ("tta", "tta")])
    func real(name: String, coding: String) throws {
        let folder = try TemporaryFolder()
        let samples = noise(channels: 2, frames: 44_100, encoding: .signed16)
        let wave = folder.file("in.wav")
        _ = try write(samples, to: wave, .init(sampleRate: 44_100, channels: 2))
        let path = folder.file("x.\(name)")
        let process = Process()
        process.executableURL = URL(filePath: try #require(FFmpeg.installed).program)
        process.arguments = [
            "-nostdin", "-v", "error", "-i", wave, "-metadata", "title=Grüße", "-c:a", coding,
            path,
        ]
        try process.run()
        process.waitUntilExit()
        for reader in try readers(bytes(of: path), in: folder) {
            #expect(try readAll(reader) == samples)
            #expect(reader.warnings == [])
            #expect(name == "tta" || reader.tags[.title] == "Grüße")
            #expect(abs((reader.declaredFrameCount ?? 0) - 44_100) < 100)
        }
    }
}
