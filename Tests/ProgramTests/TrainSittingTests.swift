import Foundation
import Testing

/// How a sitting of `nwc-train` ends, and what the next one finds.
@Suite struct TrainSittingTests {
    /// A signal ends as the minutes do: checkpoint, picture, the line that goes on. Meanwhile
    /// nobody else gets into the folder.
    @Test(arguments: [("INT", 130), ("TERM", 143)])
    func signals(name: String, status: Int) throws {
        let folder = try TrainingFolder.make(
            seconds: 1.5, steps: 1_000_000, modules: 1, checkpointEvery: 1_000_000)
        // With job control, without which shells start what is in the background deaf to SIGINT.
        let run = try Program.shell(
            """
            set -m
            nwc-train run small.json -o run --train speech --valid speech > log & process=$!
            until grep -q parameters log 2> /dev/null; do sleep 0.05; done
            nwc-train resume run --train speech; echo $?
            sleep 0.3; kill -\(name) $process; wait $process; echo $?
            nwc-train run small.json -o run --train speech; echo $?
            """, in: folder)
        #expect(run.text == "1\n\(status)\n1\n", "\(run)")
        #expect(run.errors.contains("nwc-train: run is in use by process "), "\(run.errors)")
        #expect(run.errors.contains("nwc-train: run holds a run already: resume it"))
        let log = try String(decoding: folder.data("log"), as: UTF8.self)
        let last = try #require(log.split(separator: "\n").last)
        let match = try #require(
            last.firstMatch(of: /^stopped: (\d+) of 1000000 steps; to go on: (.*)$/))
        #expect(match.2 == "nwc-train resume run --train speech --valid speech")
        #expect(!log.contains("valid: "), "who wants to stop does not wait for a validation")
        for name in ["run/checkpoint.nwck", "run/loss.svg"] {
            #expect(FileManager.default.fileExists(atPath: folder.url(name).path))
        }
        let more = try Program.shell("\(match.2) --minutes 0.001", in: folder)
        #expect(more.status == 0 && more.text.contains("\nstopped: "), "\(more)")
        let next = try #require(more.text.firstMatch(of: /stopped: (\d+) of/))
        #expect(try #require(Int(next.1)) > #require(Int(match.1)))
    }

    @Test func finishedRuns() throws {
        let folder = try TrainingFolder.make(
            seconds: 1.5, steps: 2, modules: 1, checkpointEvery: 1000)
        for (command, last) in [
            ("run small.json -o run", "complete: 2 of 2 steps"),
            ("resume run", "complete: 2 of 2 steps"),
        ] {
            let run = try Program.shell("nwc-train \(command) --train speech", in: folder)
            #expect(run.status == 0 && run.text.hasSuffix("\n\(last)\n"), "\(run)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url("run").path).sorted()
                == [
                    "checkpoint.nwck", "config.json", "curve.tsv", "lock", "loss.svg",
                    "validation.tsv",
                ])
    }

    /// Files that cannot be used are named and left out, or end it if that is asked for. A folder
    /// may be a link.
    @Test func unusableFiles() throws {
        let folder = try TrainingFolder.make(
            seconds: 1.5, steps: 1, modules: 1, checkpointEvery: 1000)
        try folder.write(Data(), "speech/empty.wav")
        try folder.write(Data("no sound".utf8), "speech/text.flac")
        try FileManager.default.createSymbolicLink(
            atPath: folder.url("link").path, withDestinationPath: "speech")
        let run = try Program.shell(
            "nwc-train run small.json -o run --train link", in: folder)
        #expect(run.status == 0 && run.text.contains("speech: 1 clips"), "\(run)")
        #expect(
            run.errors.contains("warning: link/empty.wav: empty")
                && run.errors.contains("warning: link/text.flac: damaged")
                && run.errors.contains("link: left out: 1 empty, 1 damaged"), "\(run.errors)")
        let strict = try Program.shell(
            "nwc-train run small.json -o other --train link --strict", in: folder)
        #expect(
            strict.status == 1 && strict.errors.contains("link: 2 unusable files: empty.wav: empty")
                && strict.errors.contains("text.flac: damaged"), "\(strict.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.url("other").path))
    }
}
