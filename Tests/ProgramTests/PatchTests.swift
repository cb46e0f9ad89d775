import CMRLCodec
import Foundation
import TestSupport
import Testing

/// Patches of models in streams, through the programs.
@Suite struct PatchTests {
    let folder: TestFolder
    static let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("TestVectors/codec")
    static let model = vectors.appendingPathComponent("tiny.nwm").path

    init() throws {
        folder = try TestFolder()
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 1)]).data, "in.wav")
        let stream = [UInt8](
            try Data(contentsOf: Self.vectors.appendingPathComponent("patched.nwc")))
        guard case .header(let header, _) = try StreamHeader.read(stream) else {
            Issue.record("no header")
            return
        }
        try folder.write(Data(try #require(header.patch).bytes), "a.nwp")
    }

    private func encode(_ more: String...) throws -> Program.Result {
        try Program.run("nwc-enc", ["--model", Self.model, "in.wav", "-f"] + more, in: folder)
    }

    @Test func fromEncoderToDecoder() throws {
        let patched = try encode("--patch", "a.nwp", "--layers", "2", "--verify", "-o", "a.nwc")
        #expect(patched.status == 0, "\(patched)")
        #expect(try encode("--layers", "2", "-o", "b.nwc").status == 0)
        let patch = try folder.data("a.nwp")
        let stream = try folder.data("a.nwc")
        #expect(stream[4] == 4 && stream.range(of: patch) != nil)
        #expect(try folder.data("b.nwc")[4] == 3)
        // Decoders need no more than the model.
        for name in ["a", "b"] {
            let decoded = try Program.run(
                "nwc-dec", ["--model", Self.model, "\(name).nwc", "\(name).wav"], in: folder)
            #expect(decoded.status == 0, "\(decoded)")
        }
        #expect(try folder.data("a.wav") != folder.data("b.wav"))
        let info = try Program.run("nwc-info", ["--model", Self.model, "-v", "a.nwc"], in: folder)
        #expect(
            info.status == 0 && info.text.contains("patch")
                && info.text.contains("tensor-train of rank 2") && info.text.contains("envelope"),
            "\(info)")
        let json = try Program.run("nwc-info", ["--json", "a.nwc"], in: folder).text
        #expect(json.contains("\"kind\":\"tensor-train of rank 2\""), "\(json)")
        let strip = try Program.run(
            "nwc-info", ["strip", "--layers", "1", "a.nwc", "c.nwc"], in: folder)
        #expect(strip.status == 0, "\(strip)")
        let stripped = try Program.run("nwc-info", ["c.nwc"], in: folder)
        #expect(stripped.text.contains("patch"), "\(stripped)")
    }

    @Test func aPatchDescribed() throws {
        let text = try Program.run("nwc-info", ["a.nwp"], in: folder)
        #expect(
            text.status == 0 && text.text.hasPrefix("a.nwp: nwc patch ")
                && text.text.contains("tensor-train of rank 2"), "\(text)")
        let json = try Program.run("nwc-info", ["--json", "a.nwp"], in: folder)
        #expect(json.text.contains("\"file\":\"a.nwp\""), "\(json)")
        var bytes = try folder.data("a.nwp")
        bytes[30] ^= 1
        try folder.write(bytes, "b.nwp")
        let damaged = try Program.run("nwc-info", ["b.nwp"], in: folder)
        #expect(damaged.status == 1 && damaged.errors.contains("checksum"), "\(damaged)")
    }

    /// The encoder adapts the model by itself, to files, not to pipes.
    @Test func adaptedByTheEncoder() throws {
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 12)]).data, "long.wav")
        let run = try Program.run(
            "nwc-enc",
            ["--model", Self.model, "--adapt", "120", "-f", "long.wav", "-o", "a.nwc", "--verify"],
            in: folder)
        #expect(run.status == 0 && run.errors.contains("  patch     "), "\(run)")
        let decoded = try Program.run(
            "nwc-dec", ["--model", Self.model, "-f", "a.nwc", "a.wav"], in: folder)
        #expect(decoded.status == 0, "\(decoded)")
        let pipe = try Program.shell(
            "nwc-enc --model '\(Self.model)' --adapt 4 -q - - < long.wav > b.nwc", in: folder)
        #expect(pipe.status == 1 && pipe.errors.contains("--adapt needs a file"), "\(pipe)")
        for more in [["--patch", "a.nwp"], ["--effort", "2"]] {
            let both = try Program.run(
                "nwc-enc", ["--model", Self.model, "--adapt", "4", "in.wav"] + more, in: folder)
            #expect(both.status == 64 && both.errors.contains("--adapt"), "\(both)")
        }
        let wrong = try encode("--adapt", "-1")
        #expect(wrong.status == 64, "\(wrong)")
    }

    @Test func whatIsNoPatch() throws {
        let other = try Program.run(
            "nwc-enc", ["--patch", "a.nwp", "in.wav", "-o", "a.nwc"], in: folder)
        #expect(other.status == 1 && other.errors.contains("it is for model"), "\(other)")
        let wrong = try encode("--patch", "in.wav", "-o", "a.nwc")
        #expect(wrong.status == 1 && wrong.errors.contains("in.wav"), "\(wrong)")
        let none = try encode("--patch", "absent.nwp", "-o", "a.nwc")
        #expect(none.status == 1 && none.errors.contains("absent.nwp"), "\(none)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("a.nwc").path))
    }
}
