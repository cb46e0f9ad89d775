import Foundation
import TestSupport
import Testing

/// What nwc-train writes never takes the place of what it reads, nor of anything else without being
/// told.
@Suite struct TrainOutputTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try FileManager.default.createDirectory(
            at: folder.url("v"), withIntermediateDirectories: true)
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 0.3)]).data, "v/a.wav")
    }

    private func evaluate(_ arguments: String...) throws -> Program.Result {
        try Program.run(
            "nwc-train", ["evaluate", "default", "--input", "v"] + arguments, in: folder)
    }

    @Test func recordingsStay() throws {
        let before = try folder.data("v/a.wav")
        for options in [["-o", "v"], ["-f", "-o", "v"], ["-f", "-o", "./v/../v"]] {
            let run = try Program.run(
                "nwc-train", ["evaluate", "default", "--input", "v"] + options, in: folder)
            #expect(run.status == 1 && run.errors.contains("a.wav"), "\(run.errors)")
        }
        try FileManager.default.createDirectory(
            at: folder.url("link"), withIntermediateDirectories: true)
        try FileManager.default.linkItem(at: folder.url("v/a.wav"), to: folder.url("link/a.wav"))
        #expect(try evaluate("-f", "-o", "link").status == 1)
        #expect(try folder.data("v/a.wav") == before)
    }

    @Test func existingFilesNeedForce() throws {
        #expect(try evaluate("-o", "out").status == 0)
        let before = try folder.data("out/a.wav")
        let again = try evaluate("-o", "out", "--rate-index", "20")
        #expect(again.status == 1 && again.errors.contains("out/a.wav"))
        #expect(try folder.data("out/a.wav") == before)
        #expect(try evaluate("-f", "-o", "out", "--rate-index", "20").status == 0)
        #expect(try folder.data("out/a.wav") != before)
    }

    /// Rates and quality beside another model, as text and as JSON.
    @Test func modelsBesideEachOther() throws {
        let run = try evaluate("--bitrate", "8,12", "--against", "default", "-o", "out")
        let lines = run.text.split(separator: "\n")
        #expect(run.status == 0 && lines.count == 5, "\(run)")
        #expect(lines[0].hasPrefix("model") && lines[0].contains("ESTOI"))
        // The same model twice, at the rates asked for.
        #expect(lines[1] == lines[2] && lines[3] == lines[4] && lines[1] != lines[3])
        for name in ["1-default-8", "2-default-12"] {
            #expect(FileManager.default.fileExists(atPath: folder.url("out/\(name)").path))
        }
        let report = try evaluate("--bitrate", "8", "--json").text
        let row = try #require(
            JSONSerialization.jsonObject(with: Data(report.utf8)) as? [String: Any])
        #expect(row["kbps"] as? Double == 8 && row["model"] as? String == "default")
        #expect(try evaluate("--bitrate", "8,x").status == 64)
        #expect(try evaluate("--bitrate", "8", "--rate-index", "3").status == 64)
    }

    @Test func namesThatMeet() throws {
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 0.3)]).data, "v/a.au")
        let run = try evaluate("-o", "out")
        #expect(
            run.status == 64 && run.errors.contains("would both become out/a.wav"), "\(run.errors)")
        #expect(try folder.names == ["v"])
    }

    @Test func aModelDoesNotReplaceItsCheckpoint() throws {
        try folder.write(Data("checkpoint".utf8), "c.nwck")
        let run = try Program.run(
            "nwc-train", ["export", "-f", "c.nwck", "c.nwck", "--train", "v"], in: folder)
        #expect(run.status == 1 && run.errors.contains("is also an input"), "\(run.errors)")
        #expect(try folder.data("c.nwck") == Data("checkpoint".utf8))
    }

    /// Mistakes that would cost a night: refused at once, by name.
    @Test func mistakes() throws {
        let small = try TrainingFolder.make(
            seconds: 0.3, steps: 2, modules: 1, checkpointEvery: 1000)
        let good = String(decoding: try small.data("small.json"), as: UTF8.self)
        for (known, name, place) in [
            ("\"batch\"", "\"learningRte\"", "learningRte"),
            ("\"bands\"", "\"bandz\"", "network.bandz"),
        ] {
            try folder.write(
                Data(good.replacingOccurrences(of: known, with: "\(name): 3, \(known)").utf8),
                "c.json")
            let run = try Program.run(
                "nwc-train", ["run", "c.json", "-o", "r", "--train", "v"], in: folder)
            #expect(
                run.status == 1 && run.errors.contains("no setting is called \(place)"),
                "\(run.errors)")
        }
        for minutes in ["nan", "inf", "0", "-1"] {
            let run = try Program.run(
                "nwc-train", ["run", "c.json", "-o", "r", "--train", "v", "--minutes=\(minutes)"],
                in: folder)
            #expect(run.status == 64 && run.errors.contains("--minutes"), "\(run.errors)")
        }
        let missing = try Program.run(
            "nwc-train", ["evaluate", "default", "--input", "absent"], in: folder)
        #expect(missing.status == 1 && missing.errors.contains("absent is no folder"))
        #expect(try folder.names == ["c.json", "v"])
    }
}
