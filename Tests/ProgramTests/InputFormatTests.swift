import Foundation
import TestSupport
import Testing

/// Sound files of all kinds through `nwc-enc` and `nwc-dec`: rate, channels and exact length come
/// back, and so does the sound.
@Suite struct InputFormatTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var rate: Int
        var format: WaveFile.Format
        var channels: Int
        var testDescription: String { "\(rate) Hz, \(format.rawValue), \(channels) channels" }
    }

    static let cases: [Case] = [
        Case(rate: 8000, format: .pcm16, channels: 1),
        Case(rate: 11_025, format: .pcm24, channels: 2),
        Case(rate: 16_000, format: .pcm8, channels: 1),
        Case(rate: 16_000, format: .pcm32, channels: 8),
        Case(rate: 22_050, format: .float32, channels: 1),
        Case(rate: 44_100, format: .pcm16, channels: 2),
        Case(rate: 44_100, format: .pcm24, channels: 1),
        Case(rate: 48_000, format: .float32, channels: 2),
        Case(rate: 48_000, format: .pcm24, channels: 8),
        Case(rate: 96_000, format: .pcm16, channels: 1),
        Case(rate: 96_000, format: .float32, channels: 2),
    ]

    @Test(arguments: cases)
    func comesBack(_ given: Case) throws {
        let folder = try TestFolder()
        let odd = 0.7 + 0.0123456
        let channels = (0..<given.channels).map {
            SpeechLikeSignal.samples(
                seconds: odd, rate: given.rate, seed: UInt64($0 + 3), level: 0.4)
        }
        let wave = WaveFile(rate: given.rate, format: given.format, channels: channels)
        try folder.write(wave.data, "in.wav")
        let encoded = try Program.run(
            "nwc-enc", ["--rate-index", "220", "--verify", "in.wav"], in: folder)
        #expect(encoded.status == 0 && encoded.output.isEmpty, "\(encoded.errors)")
        let decoded = try Program.run("nwc-dec", ["-q", "in.nwc", "out.wav"], in: folder)
        #expect(
            decoded.status == 0 && decoded.output.isEmpty && decoded.errors.isEmpty,
            "\(decoded.errors)")
        let result = try #require(WaveFile(folder.data("out.wav")))
        #expect(result.rate == given.rate && result.format == .pcm16)
        #expect(result.channels.map(\.count) == channels.map(\.count))
        for i in channels.indices {
            #expect(
                signalToNoise(channels[i], result.channels[i]) > 6,
                "channel \(i): \(signalToNoise(channels[i], result.channels[i])) dB")
        }
        #expect(try folder.names == ["in.nwc", "in.wav", "out.wav"])
    }

    @Test(arguments: [0, 1, 2, 100])
    func veryShortFiles(frames: Int) throws {
        for (rate, channels) in [(16_000, 1), (44_100, 2), (8000, 1)] {
            let folder = try TestFolder()
            let samples = SpeechLikeSignal.samples(seconds: 1, rate: rate).suffix(frames)
            try folder.write(
                WaveFile(rate: rate, channels: Array(repeating: Array(samples), count: channels))
                    .data, "in.wav")
            let encoded = try Program.run("nwc-enc", ["in.wav"], in: folder)
            let decoded = try Program.run("nwc-dec", ["in.nwc", "out.wav"], in: folder)
            #expect(
                encoded.status == 0 && decoded.status == 0, "\(encoded.errors)\(decoded.errors)")
            let result = try #require(WaveFile(folder.data("out.wav")))
            #expect(
                result.rate == rate
                    && result.channels.map(\.count) == Array(repeating: frames, count: channels))
            #expect(try Program.run("nwc-info", ["in.nwc"], in: folder).status == 0)
        }
    }

    /// A stream holds whole blocks; what is beyond the sound must not come out, to files and pipes
    /// alike.
    @Test(arguments: [161, 319, 320, 321, 11_398, 15_999, 16_001])
    func exactLengthAtTheCodecsOwnRate(frames: Int) throws {
        let folder = try TestFolder()
        let samples = Array(SpeechLikeSignal.samples(seconds: 1.1).prefix(frames))
        try folder.write(WaveFile(channels: [samples]).raw, "in.raw")
        let run = try Program.shell(
            """
            nwc-enc -q --verify --raw --raw-rate 16000 in.raw a.nwc && nwc-dec -q a.nwc \
            a.wav && nwc-dec -q --raw a.nwc -
            """,
            in: folder)
        #expect(run.status == 0 && run.output.count == 2 * frames, "\(run.errors)")
        #expect(try WaveFile(folder.data("a.wav"))?.frames == frames)
        // The length is known only at the end where the encoder works from a pipe and the sound is
        // longer than it looks ahead.
        let plain = try Program.shell(
            """
            cat in.raw | nwc-enc -q --rate-index 120 --raw --raw-rate 16000 - - | nwc-dec -q \
            --raw - -
            """,
            in: folder)
        #expect(plain.status == 0 && plain.output.count == 2 * frames)
    }

    @Test func pipes() throws {
        let folder = try TestFolder()
        let wave = WaveFile(
            rate: 44_100, channels: [SpeechLikeSignal.samples(seconds: 1.1, rate: 44_100)])
        try folder.write(wave.data, "in.wav")
        try folder.write(wave.raw, "in.raw")
        #expect(
            try Program.shell(
                "nwc-enc -q in.wav a.nwc && nwc-dec -q a.nwc a.wav && nwc-dec -q --raw a.nwc a.raw",
                in: folder
            ).status == 0)
        #expect(
            try Program.shell("cat in.wav | nwc-enc -q - - | nwc-dec -q - - > b.wav", in: folder)
                .status == 0)
        #expect(
            try Program.shell(
                "cat in.raw | nwc-enc -q --raw --raw-rate 44100 - | nwc-dec -q --raw - > b.raw",
                in: folder
            ).status == 0)
        #expect(
            try Program.shell(
                "nwc-enc -q -c in.wav > c.nwc && cat c.nwc | nwc-dec -q --raw -o - - > c.raw",
                in: folder
            ).status == 0)
        let (file, pipe) = (
            try #require(WaveFile(folder.data("a.wav"))),
            try #require(WaveFile(folder.data("b.wav")))
        )
        #expect(pipe.rate == 44_100 && pipe.channels == file.channels && file.frames == wave.frames)
        #expect(
            try folder.data("a.raw") == folder.data("b.raw")
                && folder.data("a.raw") == folder.data("c.raw"))
        #expect(try folder.data("a.raw").count == 2 * wave.frames)
    }

    @Test func rawFormats() throws {
        let folder = try TestFolder()
        let channels = (1...2).map {
            SpeechLikeSignal.samples(seconds: 0.5, seed: UInt64($0), level: 0.4)
        }
        for (format, options) in [
            (WaveFile.Format.pcm8, "--raw-bits 8"), (.pcm16, ""), (.pcm24, "--raw-bits 24"),
            (.pcm32, "--raw-bits 32"), (.float32, "--raw-float"),
        ] {
            try folder.write(WaveFile(format: format, channels: channels).raw, "in.raw")
            let line =
                """
                nwc-enc -q --rate-index 220 --raw --raw-rate 16000 --raw-chan 2 \(options) - \
                - < in.raw | nwc-dec -q --float - - > out.wav
                """
            let run = try Program.shell(line, in: folder)
            let result = try #require(WaveFile(folder.data("out.wav")))
            #expect(
                run.status == 0 && run.errors.isEmpty && result.format == .float32
                    && result.channels.map(\.count) == [8000, 8000])
            for i in 0..<2 {
                #expect(signalToNoise(channels[i], result.channels[i]) > 6, "\(format)")
            }
        }
        let big = WaveFile(channels: channels).raw
        let swapped = Data(
            stride(from: 0, to: big.count, by: 2).flatMap { [big[$0 + 1], big[$0]] })
        try folder.write(big, "little.raw")
        try folder.write(swapped, "big.raw")
        let encoder = "nwc-enc -q --raw --raw-rate 16000 --raw-chan 2"
        #expect(
            try Program.shell(
                "\(encoder) little.raw a.nwc && \(encoder) --raw-endianness big big.raw b.nwc",
                in: folder
            ).status == 0)
        #expect(try folder.data("a.nwc") == folder.data("b.nwc"))
    }

    @Test func otherOutputRateAndLayers() throws {
        let folder = try TestFolder()
        try folder.write(WaveFile(channels: [SpeechLikeSignal.samples(seconds: 1)]).data, "in.wav")
        #expect(
            try Program.shell(
                "nwc-enc -q --layers 2 --bitrate 24 in.wav && nwc-dec -q --rate 8000 in.nwc 8.wav",
                in: folder
            ).status == 0)
        let low = try #require(WaveFile(folder.data("8.wav")))
        #expect(low.rate == 8000 && low.frames == 8000)
        let line =
            """
            nwc-dec -q --layers 1 in.nwc 1.wav && nwc-info strip -q --layers 1 in.nwc s.nwc \
            && nwc-dec -q s.nwc s.wav
            """
        #expect(try Program.shell(line, in: folder).status == 0)
        #expect(try folder.data("1.wav") == folder.data("s.wav"))
        #expect(try folder.data("s.nwc").count < folder.data("in.nwc").count)
    }
}
