import Foundation
import TestSupport
import Testing

/// `nwc-eval compare` and what follows it, as users run them.
@Suite struct ComparisonTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try FileManager.default.createDirectory(
            at: folder.url("in"), withIntermediateDirectories: true)
        for (index, name) in ["a", "b", "c"].enumerated() {
            try folder.write(
                WaveFile(channels: [SpeechLikeSignal.samples(seconds: 2, seed: UInt64(index + 1))])
                    .data, "in/\(name).wav")
        }
    }

    /// A codec that copies raw PCM. From the second call on its encoder waits until there is a file
    /// `go`.
    private func describeSlowCodec() throws {
        let count = folder.url("count").path
        let go = folder.url("go").path
        let encode =
            """
            echo x >> '\(count)'; if test $(wc -l < '\(count)') -gt 1; then until test -e \
            '\(go)'; do sleep 0.05; done; fi; cp {input} {coded}
            """
        let description: [String: Any] = [
            "name": "slow", "title": "Slow", "note": "", "packages": [],
            "version": ["cp", "--version"], "rates": ["list": [64]],
            "input": ["sampleRate": 16_000, "raw": true], "coded": "coded",
            "encode": ["sh", "-c", encode], "decode": ["cp", "{coded}", "{output}"],
            "output": ["sampleRate": 16_000, "raw": true], "delaySamples": 0,
            "payload": ["method": "file"],
        ]
        try folder.write(JSONSerialization.data(withJSONObject: description), "slow.json")
    }

    private func lines() throws -> [Substring] {
        String(decoding: try folder.data("r.jsonl"), as: UTF8.self).split(separator: "\n")
    }

    @Test func aKilledRunGoesOnWithoutRepeatingAFinishedRow() throws {
        try describeSlowCodec()
        let compare = "nwc-eval compare in -c slow --describe slow.json -j 1 -o r.jsonl"
        // Killed while the second file is being coded, after the three rows of the first (two
        // anchors and the codec) are in the results.
        let killed = try Program.shell(
            """
            \(compare) & run=$!
            until [ -e r.jsonl ] && [ "$(wc -l < r.jsonl)" -ge 3 ] && [ "$(wc -l < count)" -ge 2 \
            ]; do kill -0 $run || exit 99; sleep 0.05; done
            kill -9 $run; wait $run
            """, in: folder)
        #expect(killed.status == 128 + 9, "\(killed.errors)")
        let before = try lines()
        #expect(before.count == 3)
        try folder.write(Data(), "go")
        let again = try Program.shell(compare, in: folder)
        #expect(
            again.status == 0 && again.errors.contains("6 rows in ")
                && again.errors.contains("3 were there, 0 failed"), "\(again.errors)")
        let after = try lines()
        #expect(Array(after.prefix(3)) == before)
        let keys = after.compactMap { line in
            object(line).map { "\($0["file"] ?? "") \($0["codec"] ?? "")" }
        }
        #expect(keys.count == 9 && Set(keys).count == 9)
        #expect(!FileManager.default.fileExists(atPath: folder.url("r.jsonl.work").path))
        // A third run has nothing to do.
        #expect(try Program.shell(compare, in: folder).errors.contains("0 rows in "))
        #expect(try lines() == after)
    }

    @Test func curvesAndSummary() throws {
        #expect(
            try Program.run(
                "nwc-eval", ["sweep", "in", "--bitrates", "8,16", "-q", "-o", "r.jsonl"], in: folder
            ).status == 0)
        let curves = ["curves", "r.jsonl", "-o", "c.png", "--measures", "stoi,estoi"]
        let run = try Program.run("nwc-eval", curves, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let png = try folder.data("c.png")
        #expect(png.prefix(4).elementsEqual([0x89, 0x50, 0x4E, 0x47]))
        // Width and height in the header: two panels of 440 x 380.
        #expect(png[16..<24].elementsEqual([0, 0, 0x03, 0x70, 0, 0, 0x01, 0x7C]))
        #expect(try Program.run("nwc-eval", curves, in: folder).errors.contains("c.png"))
        #expect(try Program.run("nwc-eval", curves + ["-f"], in: folder).status == 0)
        for (option, value) in [
            ("--measures", "loudness"), ("--codecs", "opus"), ("--measures", ","),
            ("--width", "10"),
        ] {
            let run = try Program.run(
                "nwc-eval", ["curves", "r.jsonl", "-o", "d.png", option, value], in: folder)
            #expect(
                run.status == (value == "loudness" || value == "opus" ? 1 : 64)
                    && run.errors.contains(value == "," ? option : value), "\(run.errors)")
        }
        #expect(try !folder.names.contains("d.png"))
        // Without PESQ one panel is left.
        #expect(
            try Program.run("nwc-eval", ["curves", "r.jsonl", "-o", "d.png"], in: folder).status
                == 0)
        #expect(try folder.data("d.png")[16..<20].elementsEqual([0, 0, 0x01, 0xB8]))
        // Every file by itself, the worst one named.
        let scatter = ["scatter", "r.jsonl", "nwc@8", "nwc@16", "-o", "e.png", "--worst", "1"]
        let scattered = try Program.run("nwc-eval", scatter + ["--dark"], in: folder)
        #expect(scattered.status == 0, "\(scattered.errors)")
        #expect(scattered.text.split(separator: "\n").count == 1)
        #expect(try folder.names.contains("e.png"))
        let unknown = try Program.run(
            "nwc-eval", ["scatter", "r.jsonl", "nwc@9", "-o", "f.png"], in: folder)
        #expect(unknown.status == 64 && unknown.errors.contains("nwc@9"), "\(unknown.errors)")
        let summary = try Program.run("nwc-eval", ["summary", "r.jsonl"], in: folder).text
        for name in ["nwc@8", "nwc@16", "original", "lowpass-3.5k"] {
            #expect(summary.contains(name))
        }
    }
}
