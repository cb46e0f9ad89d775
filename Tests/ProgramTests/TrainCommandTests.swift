import Foundation
import Testing

/// `nwc-train` on a small run: what the command line and the files of a run cannot be.
@Suite struct TrainCommandTests {
    let folder: TestFolder

    init() throws {
        folder = try TrainingFolder.make(seconds: 2.2, steps: 2, modules: 2, checkpointEvery: 1000)
    }

    private func expect(
        _ status: Int32, _ arguments: [String], says text: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let run = try Program.run("nwc-train", arguments, in: folder)
        #expect(
            run.status == status && run.errors.hasPrefix("nwc-train: ")
                && run.errors.contains(text), "\(run)", sourceLocation: location)
    }

    private func train() throws {
        let run = try Program.run(
            "nwc-train", ["run", "small.json", "-o", "run", "--train", "speech"], in: folder)
        try #require(run.status == 0, "\(run.errors)")
    }

    @Test func commandLines() throws {
        let version = try Program.run("nwc-train", ["--version"], in: folder)
        #expect(version.status == 0 && version.text.hasPrefix("nwc-train 0."))
        try expect(64, ["--no-such-option"], says: "no-such-option")
        try expect(64, ["run", "small.json"], says: "Missing expected argument")
        try expect(
            1, ["run", "absent.json", "-o", "run", "--train", "speech"], says: "absent.json")
        let lsf = ["lsf", "--train", "speech", "--valid", "speech"]
        try expect(
            64, lsf + ["--look-ahead", "9223372036854775807"],
            says: "--look-ahead 9223372036854775807: 0 ... 1048576")
        try expect(
            64, lsf + ["--look-ahead", "0", "--hop", "9223372036854775807"],
            says: "--hop 9223372036854775807: 1 ... 65536")
        let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("TestVectors/codec/tiny.nwm").path
        for layers in ["-1", "0", "9223372036854775807", "-9223372036854775808"] {
            try expect(
                64, ["evaluate", model, "--input", "speech", "--layers=\(layers)"],
                says: "--layers \(layers)")
        }
        let good = try Program.run(
            "nwc-train", ["evaluate", model, "--input", "speech", "--layers", "2"], in: folder)
        #expect(good.status == 0 && good.text.contains("kbit/s payload"), "\(good)")
    }

    /// Nobody reads: the program ends as if all had gone well, and says nothing.
    @Test func brokenPipe() throws {
        let run = try Program.shell(
            """
            (sleep 0.3; nwc-train run small.json -o run --train speech; echo $? > status) | \
            true; cat status
            """,
            in: folder)
        #expect(run.text == "0\n" && run.errors.isEmpty, "\(run)")
    }

    @Test func positions() throws {
        try train()
        let render = ["render", "run", "--input", "speech", "-o", "out"]
        try expect(
            64, render + ["--position", ".5", "--position", ".5", "--position", ".5"],
            says: "3 positions; the network has 2 modules")
        try expect(64, render + ["--position", "1.5"], says: "1.5")
        let good = try Program.run(
            "nwc-train", render + ["--position", ".4", "--position", ".5"], in: folder)
        #expect(good.status == 0 && good.text.contains("kbit/s"), "\(good)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url("out").path) == ["a.wav"]
        )
    }

    /// Checkpoints that no run has written: every command that reads one says what is wrong.
    @Test func checkpoints() throws {
        try train()
        let whole = try folder.data("run/checkpoint.nwck")
        func expectRefused(
            _ commands: [[String]], _ old: String, _ new: String, says text: String,
            location: SourceLocation = #_sourceLocation
        ) throws {
            // As version 1, which has no checksum.
            var bytes = Array(whole.dropLast(32))
            bytes[7] = UInt8(ascii: "1")
            let length = bytes[8..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
            let json = String(decoding: bytes[16..<16 + length], as: UTF8.self)
            let found = try #require(json.range(of: old, options: .regularExpression))
            let changed = Array(json.replacingCharacters(in: found, with: new).utf8)
            let size = (0..<8).map { UInt8(truncatingIfNeeded: changed.count >> (8 * $0)) }
            try folder.write(
                Data(bytes[..<8] + size + changed + bytes[(16 + length)...]), "run/checkpoint.nwck")
            for command in commands { try expect(1, command, says: text, location: location) }
        }
        let resume = ["resume", "run", "--train", "speech"]
        let render = ["render", "run", "--input", "speech", "-o", "out"]
        let export = ["export", "run", "model.nwm", "--train", "speech"]
        let all = [resume, render, export]
        try expectRefused(
            all, #""random":\{"state":\[[^]]*\]"#, #""random":{"state":[1]"#,
            says: "random.state: 1 words instead of four words")
        try expectRefused(
            all, #""updates":\d+"#, #""updates":9223372036854775807"#,
            says: "updates is 9223372036854775807")
        try expectRefused(
            all, #""step":2"#, #""step":-9223372036854775808"#, says: "step is -9223372036854775808"
        )
        try expectRefused(all, #""lambda":0.03"#, #""lambda":-1"#, says: "loss.lambda is -1.0")
        try expectRefused(
            [export], #""hidden":6"#, #""hidden":7"#, says: "checkpoint run/checkpoint.nwck: ")
        try expectRefused(
            all, #""envelope.gain""#, #""envelope.loss""#, says: "is envelope.loss of")
        var bytes = whole
        bytes[whole.count / 2] ^= 1
        try folder.write(bytes, "run/checkpoint.nwck")
        for command in all { try expect(1, command, says: "damaged: SHA-256 begins") }
        #expect(!FileManager.default.fileExists(atPath: folder.url("model.nwm").path))
    }
}
