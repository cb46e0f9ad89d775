import Foundation
import TestSupport
import Testing

/// Recordings that `nwc-enc` gives to ffmpeg. A program of a few lines stands in its place.
@Suite struct ForeignFormatTests {
    let folder: TestFolder
    /// With the stand-in in front, and with nothing but the programs of nwc.
    static let with = #"PATH="$PWD/bin:$PATH""#
    static let without = #"PATH="$(dirname "$(command -v nwc-enc)")""#

    init() throws {
        folder = try TestFolder()
        try FileManager.default.createDirectory(
            at: folder.url("bin"), withIntermediateDirectories: true)
        let samples = SpeechLikeSignal.samples(seconds: 1.1)
        try folder.write(WaveFile(format: .float32, channels: [samples]).data, "sound.wav")
        try program("ffmpeg", "cat '\(folder.url("sound.wav").path)'")
        try program("ffprobe", "echo 'streams.stream.0.codec_name=\"aac\"'")
        try folder.write(
            Data([0, 0, 0, 0x1C]) + Data("ftypM4A ".utf8) + Data(count: 100), "talk.m4a")
    }

    func program(_ name: String, _ body: String) throws {
        try folder.write(Data("#!/bin/sh\n\(body)\n".utf8), "bin/\(name)")
        chmod(folder.url("bin/\(name)").path, 0o755)
    }

    func shell(_ line: String) throws -> Program.Result { try Program.shell(line, in: folder) }

    @Test func isReadAndTold() throws {
        let run = try shell("\(Self.with) nwc-enc talk.m4a && nwc-enc -q sound.wav")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("MPEG-4, AAC (read by ffmpeg)"))
        #expect(try folder.data("talk.nwc") == folder.data("sound.nwc"))
        let pipe = try shell("cat talk.m4a | \(Self.with) nwc-enc -q - > pipe.nwc")
        #expect(pipe.status == 0 && pipe.errors.isEmpty, "\(pipe.errors)")
        #expect(try folder.data("pipe.nwc") == folder.data("sound.nwc"))
        let json = try shell("\(Self.with) nwc-enc --json -f talk.m4a")
        #expect(
            object(json.text)?["format"] as? String == "MPEG-4, AAC (read by ffmpeg)")
    }

    @Test func withoutFFmpegIsNamed() throws {
        let run = try shell("\(Self.without) nwc-enc talk.m4a")
        #expect(
            run.status == 1
                && run.errors == """
                    nwc-enc: talk.m4a: MPEG-4, which is read where ffmpeg is installed; elsewhere: \
                    ffmpeg -i talk.m4a -f wav - | nwc-enc - OUTPUT

                    """,
            "\(run.errors)")
        #expect(try shell("\(Self.with) nwc-enc --no-ffmpeg talk.m4a").errors == run.errors)
        #expect(try folder.names.contains("talk.nwc") == false)
    }

    @Test func failureLeavesNothing() throws {
        try program("ffmpeg", "cat '\(folder.url("sound.wav").path)'; echo 'no way' >&2; exit 1")
        let run = try shell("\(Self.with) nwc-enc talk.m4a")
        #expect(run.status == 1 && run.errors.contains("ffmpeg: no way"), "\(run.errors)")
        #expect(try folder.names == ["bin", "sound.wav", "talk.m4a"])
    }

    @Test func foldersTakeThemOrSaySo() throws {
        try FileManager.default.createDirectory(
            at: folder.url("in"), withIntermediateDirectories: true)
        for name in ["a.m4a", "b.webm"] { try folder.write(folder.data("talk.m4a"), "in/\(name)") }
        try folder.write(folder.data("sound.wav"), "in/c.wav")
        let with = try shell("\(Self.with) nwc-enc -q --recursive --output-dir out in")
        #expect(with.status == 0, "\(with.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url("out").path).sorted()
                == ["a.nwc", "b.nwc", "c.nwc"])
        let without = try shell("\(Self.without) nwc-enc -q --recursive --output-dir other in")
        #expect(
            without.status == 0
                && without.errors == """
                    nwc-enc: warning: in/a.m4a and 1 more left out: ffmpeg, which would read them, \
                    is not installed

                    """,
            "\(without.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url("other").path)
                == ["c.nwc"])
    }

    @Test func rawEncodings() throws {
        let samples = SpeechLikeSignal.samples(seconds: 1, rate: 8000, level: 0.4)
        let wave = WaveFile(rate: 8000, channels: [samples])
        try folder.write(wave.data, "s.wav")
        let made = try shell(
            """
            for c in a-law:al mu-law:ul gsm-full-rate:gsm; do
                sox -D s.wav -t ${c#*:} ${c#*:}.raw && sox -D s.wav -e ${c%:*} ${c#*:}.wav || exit
            done
            """)
        #expect(made.status == 0, "\(made.errors)")
        for (option, name) in [
            ("a-law --raw-rate 8000", "al"), ("mu-law --raw-rate 8000", "ul"), ("gsm", "gsm"),
        ] {
            let run = try shell(
                """
                code="nwc-enc -q --rate-index 200 --raw --raw-encoding \(option)"
                $code \(name).raw a.nwc -f && cat \(name).raw | $code - > b.nwc
                nwc-enc -q --rate-index 200 \(name).wav c.nwc -f && nwc-dec -q -f a.nwc a.wav
                """)
            #expect(run.status == 0 && run.errors.isEmpty, "\(name): \(run.errors)")
            #expect(try folder.data("a.nwc") == folder.data("b.nwc"), "\(name)")
            let decoded = try #require(WaveFile(folder.data("a.wav")))
            #expect(decoded.rate == 8000 && decoded.frames == 8000)
            // GSM keeps no waveform.
            guard name != "gsm" else { continue }
            #expect(signalToNoise(samples, decoded.channels[0]) > 5, "\(name)")
            #expect(try folder.data("a.nwc") == folder.data("c.nwc"), "\(name)")
        }
        let wrong = try shell("nwc-enc --raw --raw-encoding gsm --raw-rate 16000 gsm.raw x.nwc")
        #expect(
            wrong.status == 64
                && wrong.errors.contains("--raw-encoding gsm has 1 channel and 8000 Hz"))
        let noHelp = try shell(
            "\(Self.without) nwc-enc --raw --raw-encoding g722 al.raw x.nwc")
        #expect(noHelp.status == 1 && noHelp.errors.contains("G.722, which is read where ffmpeg"))
    }
}
