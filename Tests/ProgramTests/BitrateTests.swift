import Foundation
import TestSupport
import Testing

/// `--bitrate` counts the whole file.
@Suite struct BitrateTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var seconds: Double
        var kbps: Double
        var options = ""
        var isPiped = false
        var testDescription: String {
            "\(seconds) s at \(kbps) kbit/s \(options)\(isPiped ? " from a pipe" : "")"
        }
    }

    static let cases: [Case] = [
        Case(seconds: 5.5, kbps: 6), Case(seconds: 5.5, kbps: 12), Case(seconds: 5.5, kbps: 24),
        Case(seconds: 8, kbps: 12, isPiped: true),
        Case(seconds: 36, kbps: 6), Case(seconds: 36, kbps: 12), Case(seconds: 36, kbps: 24),
        Case(seconds: 36, kbps: 12, isPiped: true),
        Case(seconds: 36, kbps: 24, isPiped: true),
        Case(seconds: 36, kbps: 30, options: "--layers 2", isPiped: true),
        Case(seconds: 36, kbps: 30, options: "--layers 2 --layering residual", isPiped: true),
        Case(seconds: 8, kbps: 24, options: "--layers 2"),
        Case(seconds: 8, kbps: 12, options: "--packet-blocks 1"),
        Case(seconds: 8, kbps: 12, options: "--packet-blocks 10 --key-interval 5"),
        Case(seconds: 8, kbps: 12, options: "--effort 4 --verify"),
    ]

    @Test(arguments: cases)
    func isMet(_ given: Case) throws {
        let folder = try TestFolder()
        let samples = SpeechLikeSignal.samples(seconds: given.seconds, seed: UInt64(given.kbps))
        try folder.write(WaveFile(channels: [samples]).data, "in.wav")
        let line =
            """
            \(given.isPiped ? "cat in.wav | " : "")nwc-enc -q --bitrate \(given.kbps) \
            \(given.options) \(given.isPiped ? "-" : "in.wav") out.nwc
            """
        let run = try Program.shell(line, in: folder)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let kbps = Double(try folder.data("out.nwc").count) * 8 / given.seconds / 1000
        #expect(abs(kbps / given.kbps - 1) < 0.03, "\(kbps) kbit/s")
    }

    /// A file that was cut, or a recorder's placeholder: the header promises an hour, and most
    /// places where the sound would be looked at are not there.
    @Test func isMetWhereTheHeaderPromisesMore() throws {
        let folder = try TestFolder()
        let seconds = 40.0
        var data = WaveFile(channels: [SpeechLikeSignal.samples(seconds: seconds, seed: 3)]).data
        for (at, value) in [(4, UInt32(36 + 3600 * 32_000)), (40, 3600 * 32_000)] {
            var bytes = Data()
            WaveFile.append(value, 4, to: &bytes)
            data.replaceSubrange(at..<at + 4, with: bytes)
        }
        try folder.write(data, "cut.wav")
        let run = try Program.run("nwc-enc", ["-q", "--bitrate", "12", "cut.wav"], in: folder)
        #expect(run.status == 0 && run.errors.contains("truncated"))
        let kbps = Double(try folder.data("cut.nwc").count) * 8 / seconds / 1000
        // Planned from the first 30 s, as for a pipe.
        #expect(abs(kbps / 12 - 1) < 0.05, "\(kbps) kbit/s")
    }

    /// The same bytes, however a pipe delivers the sound: rates are planned from its first 30 s.
    @Test func piecesOfAPipeDoNotMatter() throws {
        let folder = try TestFolder()
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 36, seed: 24)]).data, "in.wav")
        let encoder = "nwc-enc -q --bitrate 24 - -"
        func coded(_ source: String) throws -> Program.Result {
            try Program.shell("(\(source)) | \(encoder)", in: folder)
        }
        let whole = try coded("cat in.wav")
        let slow = try coded("dd if=in.wav bs=1777 2>/dev/null")
        let cut = try coded(
            """
            head -c 700001 in.wav; sleep 0.3; tail -c +700002 in.wav | head -c 300000; sleep \
            0.3; tail -c +1000002 in.wav
            """
        )
        #expect(whole.status == 0 && whole.output.count > 90_000)
        #expect(slow.output == whole.output && cut.output == whole.output)
    }

    /// Each channel has its own default, and a fixed index needs none.
    @Test func manyChannels() throws {
        let folder = try TestFolder()
        try folder.write(
            WaveFile(
                channels: (1...17).map { SpeechLikeSignal.samples(seconds: 1, seed: UInt64($0)) }
            ).data, "in.wav")
        for options in [["--rate-index", "100"], []] {
            let run = try Program.run("nwc-enc", ["-f", "-q"] + options + ["in.wav"], in: folder)
            #expect(run.status == 0, "\(options): \(run.errors)")
        }
    }

    @Test func twoChannelsShareIt() throws {
        let folder = try TestFolder()
        let channels = (1...2).map {
            SpeechLikeSignal.samples(seconds: 6, rate: 48_000, seed: UInt64($0))
        }
        try folder.write(WaveFile(rate: 48_000, channels: channels).data, "in.wav")
        #expect(
            try Program.run("nwc-enc", ["-q", "--bitrate", "24", "in.wav"], in: folder).status == 0)
        #expect(abs(Double(try folder.data("in.nwc").count) * 8 / 6 / 24_000 - 1) < 0.03)
    }

    /// Framing and checksums of files.
    @Test func framingIsFrugal() throws {
        let folder = try TestFolder()
        try folder.write(WaveFile(channels: [SpeechLikeSignal.samples(seconds: 10)]).data, "in.wav")
        let run = try Program.run("nwc-enc", ["--json", "--bitrate", "16", "in.wav"], in: folder)
        let report = try #require(object(run.text))
        let framing = try #require(report["framingKbps"] as? Double)
        let payload = try #require(report["payloadBytes"] as? Int)
        #expect(framing > 0 && framing <= 0.2)
        #expect(
            abs(Double(try folder.data("in.nwc").count - payload) * 8 / 10_000 - framing) < 1e-9)
    }

    @Test func silenceDoesNotUseItUpAndSaysSo() throws {
        let folder = try TestFolder()
        try folder.write(
            WaveFile(channels: [Array(repeating: 0, count: 16_000 * 6)]).data, "in.wav")
        let run = try Program.run("nwc-enc", ["--bitrate", "16", "in.wav"], in: folder)
        #expect(run.status == 0 && run.errors.contains("warning"))
        #expect(try folder.data("in.nwc").count < 12_000)
    }
}
