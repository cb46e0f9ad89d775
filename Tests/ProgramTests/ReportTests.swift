import Foundation
import TestSupport
import Testing

/// What the programs say: versions, help, summaries, JSON.
@Suite struct ReportTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write(
            WaveFile(
                rate: 44_100,
                channels: (1...2).map {
                    SpeechLikeSignal.samples(seconds: 2, rate: 44_100, seed: UInt64($0))
                }
            ).data, "in.wav")
    }

    @Test(arguments: ["nwc-enc", "nwc-dec", "nwc-info"])
    func versionAndHelp(program: String) throws {
        let version = try Program.run(program, ["--version"], in: folder)
        let lines = version.text.split(separator: "\n")
        #expect(version.status == 0 && version.errors.isEmpty)
        #expect(
            lines.first?.wholeMatch(of: try Regex("\(program) \\d+\\.\\d+\\.\\d+")) != nil
                && lines.contains("bitstream format 4"), "\(version.text)")
        #expect(
            lines.contains { $0.wholeMatch(of: #/model default [0-9a-f]{16}/#) != nil },
            "\(version.text)")
        let help = try Program.run(program, ["--help"], in: folder)
        #expect(help.status == 0 && help.errors.isEmpty && help.text.contains("USAGE: \(program)"))
    }

    @Test func jsonOfEncoderAndDecoder() throws {
        let run = try Program.run(
            "nwc-enc", ["--json", "--layers", "2", "--bitrate", "32", "in.wav"], in: folder)
        let report = try #require(object(run.text))
        #expect(run.status == 0 && run.text.split(separator: "\n").count == 1)
        // Pulses at 44.1 kHz: what lies above the model's band is told once.
        let told = try #require((report["warnings"] as? [String])?.first)
        #expect(told.contains("dB of the sound lie above 8.0 kHz") && run.errors.contains(told))
        #expect(
            report["samples"] as? Int == 88_200 && report["sampleRate"] as? Int == 44_100
                && report["channels"] as? Int == 2)
        #expect(
            report["layers"] as? Int == 2 && report["targetKbps"] as? Double == 32
                && report["input"] as? String == "in.wav")
        #expect(
            try report["fileBytes"] as? Int == folder.data("in.nwc").count
                && (report["warnings"] as? [String])?.count == 1)
        let back = try Program.run("nwc-dec", ["--json", "in.nwc", "out.wav"], in: folder)
        let decoded = try #require(object(back.text))
        #expect(back.status == 0 && back.errors.isEmpty)
        #expect(
            decoded["samples"] as? Int == 88_200 && decoded["layers"] as? Int == 2
                && decoded["payloadBytes"] as? Int == report["payloadBytes"] as? Int)
        #expect(decoded["modelID"] as? String == report["modelID"] as? String)
        // Names that need escapes.
        try FileManager.default.copyItem(
            at: folder.url("in.wav"), to: folder.url("a \"b\" \\ \u{1}ä.wav"))
        let odd = try Program.run("nwc-enc", ["--json", "a \"b\" \\ \u{1}ä.wav"], in: folder)
        #expect(odd.status == 0 && object(odd.text)?["input"] as? String == "a \"b\" \\ \u{1}ä.wav")
    }

    @Test func infoAndStrip() throws {
        #expect(
            try Program.run(
                "nwc-enc", ["-q", "--layers", "2", "--bitrate", "32", "in.wav"], in: folder
            ).status == 0)
        let shown = try Program.run("nwc-info", ["--json", "in.nwc"], in: folder)
        let report = try #require(object(shown.text))
        #expect(
            shown.status == 0 && (report["layers"] as? [Any])?.count == 2
                && report["samples"] as? Int == 88_200)
        #expect(
            try report["isIntact"] as? Bool == true
                && report["fileBytes"] as? Int == folder.data("in.nwc").count)
        #expect(try Program.run("nwc-info", ["in.nwc"], in: folder).text.contains("44100"))
        let stripped = try Program.run(
            "nwc-info", ["strip", "--json", "--layers", "1", "in.nwc", "one.nwc"], in: folder)
        #expect(stripped.status == 0 && object(stripped.text) != nil)
        let after = try #require(
            object(Program.run("nwc-info", ["--json", "one.nwc"], in: folder).text))
        #expect(
            (after["layers"] as? [Any])?.count == 1
                && after["packets"] as? Int == report["packets"] as? Int)
        #expect(
            try Program.shell(
                "cat in.nwc | nwc-info strip -q --layers 1 - - | cmp - one.nwc", in: folder
            ).status == 0)
        #expect(
            try Program.shell(
                "cat in.nwc | nwc-info - > /dev/null && nwc-info --models > /dev/null", in: folder
            ).status == 0)
        #expect(
            try Program.run("nwc-info", ["--json", "--models"], in: folder).text.split(
                separator: "\n"
            ).allSatisfy { object($0) != nil })
    }

    @Test func severalFilesAndSummaries() throws {
        try folder.write(WaveFile(channels: [SpeechLikeSignal.samples(seconds: 1)]).data, "b.wav")
        try FileManager.default.createDirectory(
            at: folder.url("d"), withIntermediateDirectories: true)
        let run = try Program.run("nwc-enc", ["in.wav", "b.wav", "--output-dir", "d"], in: folder)
        #expect(
            run.status == 0 && run.errors.contains("kbit/s")
                && run.errors.contains("b.wav -> d/b.nwc"))
        // One that fails does not stop the others.
        let partly = try Program.run(
            "nwc-dec", ["--json", "d/in.nwc", "d/absent.nwc", "d/b.nwc"], in: folder)
        #expect(
            partly.status == 1 && partly.text.split(separator: "\n").count == 2
                && partly.errors.contains("absent.nwc"))
        #expect(try WaveFile(folder.data("d/b.decoded.wav"))?.frames == 16_000)
    }

    @Test func otherModels() throws {
        let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("TestVectors/codec")
        let model = vectors.appendingPathComponent("tiny.nwm").path
        let encoded = try Program.run(
            "nwc-enc", ["-q", "--model", model, "--rate-index", "200", "in.wav"], in: folder)
        #expect(encoded.status == 0, "\(encoded.errors)")
        let without = try Program.run("nwc-dec", ["in.nwc", "out.wav"], in: folder)
        #expect(without.status == 1 && without.errors.contains("--model"))
        #expect(
            try Program.run("nwc-dec", ["-q", "--model", model, "in.nwc", "out.wav"], in: folder)
                .status == 0)
        #expect(try WaveFile(folder.data("out.wav"))?.frames == 88_200)
        #expect(try Program.run("nwc-info", [model], in: folder).text.contains("tiny"))
        let golden = vectors.appendingPathComponent("mono.nwc").path
        #expect(
            try Program.run(
                "nwc-dec", ["-q", "--raw", "--model", model, golden, "mono.raw"], in: folder
            ).status == 0)
        let expected = try [UInt8](Data(contentsOf: vectors.appendingPathComponent("mono-1.s16")))
        let found = try [UInt8](folder.data("mono.raw"))
        #expect(found.count == expected.count)
    }
}
