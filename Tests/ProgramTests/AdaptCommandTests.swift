import Foundation
import TestSupport
import Testing

/// `nwc-train adapt` on a tiny model: from recordings to a patch and to a model file.
@Suite struct AdaptCommandTests {
    let folder: TestFolder
    static let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("TestVectors/codec/tiny.nwm").path

    init() throws {
        folder = try TestFolder()
        try FileManager.default.createDirectory(
            at: folder.url("voice"), withIntermediateDirectories: true)
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 3)]).data, "voice/a.wav")
    }

    private func adapt(_ output: String, _ more: String...) throws -> Program.Result {
        try Program.run(
            "nwc-train",
            ["adapt", Self.model, "voice", "-o", output, "--seconds", "2", "--passes", "16"] + more,
            in: folder)
    }

    @Test(arguments: ["backprop", "mezo", "adazeta", "mazo", "fzoo", "quzo"])
    func everyMethodMakesAPatch(method: String) throws {
        let run = try adapt("a.nwp", "--method", method)
        #expect(run.status == 0 && run.text.contains("a.nwp: patch of"), "\(run)")
        let patch = try folder.data("a.nwp")
        #expect(patch.starts(with: [0x4E, 0x57, 0x50, 0x1A, 1]) && patch.count < 2048)
        let curve = String(decoding: try folder.data("a.nwp.run/curve.tsv"), as: UTF8.self)
        #expect(curve.contains("passes") == (method != "backprop"))
    }

    /// A run that was stopped goes on with `--resume`, to the patch of one that was not; a model
    /// file of it codes by itself.
    @Test func stoppedAndExported() throws {
        #expect(try adapt("a.nwp").status == 0)
        let stopped = try adapt("b.nwp", "--minutes", "0.0001")
        #expect(stopped.status == 0 && stopped.text.contains("--resume"), "\(stopped)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("b.nwp").path))
        let resumed = try adapt("b.nwp", "--resume")
        #expect(resumed.status == 0, "\(resumed)")
        #expect(try folder.data("b.nwp") == folder.data("a.nwp"))
        let again = try adapt("b.nwp", "--resume")
        #expect(again.status == 1 && again.errors.contains("b.nwp"), "\(again)")
        let export = try Program.run(
            "nwc-train", ["export", "a.nwp.run", "a.nwm", "--train", "voice"], in: folder)
        #expect(export.status == 0, "\(export)")
        let coded = try Program.run(
            "nwc-enc", ["--model", "a.nwm", "voice/a.wav", "-o", "a.nwc"], in: folder)
        #expect(coded.status == 0, "\(coded)")
    }

    @Test func wrongUse() throws {
        for (option, value) in [
            ("--queries", "0"), ("--passes", "0"), ("--bits", "9"), ("--rank", "9"),
            ("--seconds", "0"), ("--rate", "0"), ("--method", "guess"), ("--adapter", "none"),
        ] {
            let run = try adapt("a.nwp", option, value)
            #expect(run.status == 64 && run.errors.contains(value), "\(option): \(run)")
        }
        let absent = try Program.run(
            "nwc-train", ["adapt", "absent", "voice", "-o", "a.nwp"], in: folder)
        #expect(absent.status == 1 && absent.errors.contains("absent"), "\(absent)")
        let none = try adapt("a.nwp", "--resume")
        #expect(none.status == 1, "\(none)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("a.nwp").path))
    }
}
