import AudioFile
import Foundation
import Testing

@testable import CodecComparison

@Suite("Comparison runs")
struct ComparisonTests {
    func settings(_ folder: TemporaryFolder, _ json: String, codec: String = "copy@64,256") throws
        -> Comparison.Settings
    {
        try folder.recording("in/b/second.flac", seconds: 0.9, pitch: 310)
        try folder.recording("in/first.flac", seconds: 1.1, pitch: 170)
        let selection = try CodecSelection(
            codec, catalogue: try FakeCodec.catalogue(json, in: folder))
        var settings = Comparison.Settings(
            folder: folder.file("in"), codecs: [selection], workFolder: folder.file("work"))
        settings.judgeFolder = folder.file("no-judges")
        settings.jobs = 2
        return settings
    }

    func run(_ settings: Comparison.Settings, _ folder: TemporaryFolder) throws -> (
        rows: [ComparisonRow], end: Comparison.Progress
    ) {
        let end = try Comparison(settings).run(
            results: try ResultsFile(appendingTo: folder.file("results.jsonl"))
        ) { _ in }
        return (try ResultsFile.read(folder.file("results.jsonl")), end)
    }

    @Test("A codec that copies: bytes, commands, measures, anchors")
    func copies() throws {
        let folder = try TemporaryFolder()
        let (rows, end) = try run(try settings(folder, FakeCodec.json()), folder)
        #expect(rows.count == 8)
        #expect(end.rowsDone == 8 && end.rows == 8 && end.rowsSkipped == 0 && end.rowsFailed == 0)
        #expect(Set(rows.map(\.file)) == ["b/second.flac", "first.flac"])
        let row = try #require(rows.first { $0.file == "first.flac" && $0.rate == 64 })
        #expect(row.payloadBytes == 2 * 17_600 && row.fileBytes == 2 * 17_600)
        #expect(abs((row.payloadKbps ?? 0) - 256) < 1e-9)
        #expect(
            row.encodeCommand == "cp input.raw coded" && row.decodeCommand == "cp coded output.raw")
        #expect(row.version.hasPrefix("cp "))
        #expect(row.sourceSHA256.count == 64)
        #expect(
            row.comparedSamples == 17_600 && row.residualDelaySamples == 0
                && row.delayRemovedSeconds == 0)
        #expect(
            row.metrics["snr_db"] == .some(nil)
                && row.reasons["snr_db"]?.contains("infinite") == true)
        #expect(row.metrics["lsd_db"] == .some(0))
        #expect(
            row.metrics["pesq_wb"] == .some(nil)
                && row.reasons["pesq_wb"]?.contains("nwc-eval judges") == true)
        let anchor = try #require(
            rows.first { $0.file == "first.flac" && $0.codec == "lowpass-3.5k" })
        #expect(anchor.rate == nil && anchor.payloadBytes == nil && anchor.encodeCommand == nil)
        let snr = try #require(anchor.metrics["snr_db"] ?? nil)
        #expect(snr > 10)
        #expect(!FileManager.default.fileExists(atPath: folder.file("work")))
    }

    @Test(
        """
        A stopped run goes on: finished rows stay, a half-written one and missing ones are \
        measured
        """
    )
    func resumes() throws {
        let folder = try TemporaryFolder()
        let settings = try settings(folder, FakeCodec.json())
        let (rows, _) = try run(settings, folder)
        #expect(try run(settings, folder).end.rowsSkipped == 8)
        let text = try String(contentsOfFile: folder.file("results.jsonl"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 8)
        try (lines.prefix(5).joined(separator: "\n") + "\n" + lines[5].prefix(40)).write(
            toFile: folder.file("results.jsonl"), atomically: false, encoding: .utf8)
        let (again, end) = try run(settings, folder)
        #expect(end.rowsSkipped == 5 && end.rowsDone == 3)
        #expect(Set(again.map(\.key)) == Set(rows.map(\.key)))
        // A changed source is another measurement.
        try folder.recording("in/first.flac", seconds: 1.1, pitch: 171)
        #expect(try run(settings, folder).end.rowsDone == 4)
    }

    @Test("The fixed delay is removed, and a false one shows")
    func delay() throws {
        let folder = try TemporaryFolder()
        let cut = #"["dd", "if={coded}", "of={output}", "bs=2", "skip=10"]"#
        let (rows, _) = try run(
            try settings(folder, FakeCodec.json(decode: cut, delay: -10), codec: "copy@64"), folder)
        let right = try #require(rows.first { $0.rate == 64 })
        #expect(right.residualDelaySamples == 0)
        #expect(abs((right.delayRemovedSeconds ?? 0) + 10.0 / 16_000) < 1e-12)
        try FileManager.default.removeItem(atPath: folder.file("results.jsonl"))
        let (wrong, _) = try run(
            try settings(folder, FakeCodec.json(decode: cut, delay: 0), codec: "copy@64"), folder)
        #expect(wrong.first { $0.rate == 64 }?.residualDelaySamples == -10)
        #expect(wrong.first { $0.rate == 64 }?.alignedSamples == -10)
    }

    @Test("A codec that fails gives rows with nulls and the reason, and is tried again when asked")
    func failures() throws {
        let folder = try TemporaryFolder()
        var settings = try settings(
            folder, FakeCodec.json(decode: #"["ls", "{coded}", "{output}"]"#), codec: "copy@64")
        let (rows, end) = try run(settings, folder)
        #expect(end.rowsFailed == 2)
        let row = try #require(rows.first { $0.rate == 64 })
        #expect(row.hasFailed && row.reasons["codec"]?.contains("output.raw") == true)
        #expect(row.payloadBytes == row.sourceSamples * 2)
        #expect(!row.metrics.isEmpty && row.metrics.values.allSatisfy { $0 == nil })
        #expect(row.reasons["estoi"] != nil)
        settings.repeatsIncomplete = true
        #expect(try run(settings, folder).end.rowsDone >= 2)
        #expect(try ResultsFile.read(folder.file("results.jsonl")).count == rows.count)
    }

    @Test("Too short an output is a failure, not a score")
    func shortOutput() throws {
        let folder = try TemporaryFolder()
        let cut = #"["dd", "if={coded}", "of={output}", "bs=2", "count=9000"]"#
        let (rows, _) = try run(
            try settings(folder, FakeCodec.json(decode: cut), codec: "copy@64"), folder)
        #expect(
            rows.filter { $0.rate == 64 }.allSatisfy {
                $0.reasons["codec"]?.contains("missing at the end") == true
            })
    }

    /// Everything in a folder that is no usable recording.
    func spoil(_ folder: TemporaryFolder) throws {
        try "no sound".write(
            toFile: folder.file("in/c.wav"), atomically: false, encoding: .utf8)
        try "x".write(toFile: folder.file("in/._c.wav"), atomically: false, encoding: .utf8)
        try "".write(toFile: folder.file("in/empty.flac"), atomically: false, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("in/gone.wav"), withDestinationPath: "no/such.wav")
        try folder.floats("in/nan.wav", [0.1, .nan, 0.2] + [Float](repeating: 0.1, count: 8_000))
        let silent = try AudioWriter(
            path: folder.file("in/no-samples.wav"),
            settings: .init(container: .wav, sampleRate: 16_000, channels: 1))
        try silent.finish()
    }

    @Test("Recordings that cannot be used are named and left out; the others go on")
    func badSources() throws {
        let folder = try TemporaryFolder()
        let settings = try settings(folder, FakeCodec.json(), codec: "copy@64")
        try spoil(folder)
        let (rows, end) = try run(settings, folder)
        #expect(Set(rows.map(\.file)) == ["b/second.flac", "first.flac"])
        #expect(end.rowsFailed == 0 && end.rowsDone == 6 && end.rows == 6)
        let reasons = Dictionary(
            uniqueKeysWithValues: end.omissions.entries.map { ($0.path, $0.reason) })
        #expect(
            reasons == [
                "c.wav": .damaged, "._c.wav": .sidecar, "empty.flac": .empty,
                "gone.wav": .danglingLink, "nan.wav": .nonFinite, "no-samples.wav": .empty,
            ])
        // Again: what was measured is there, what is bad is bad again.
        #expect(try run(settings, folder).end.omissions.faults.count == 6)
    }

    @Test("A strict run ends at the first of them")
    func strict() throws {
        let folder = try TemporaryFolder()
        var settings = try settings(folder, FakeCodec.json(), codec: "copy@64")
        settings.isStrict = true
        _ = try run(settings, folder)
        try "no sound".write(
            toFile: folder.file("in/c.wav"), atomically: false, encoding: .utf8)
        #expect { try run(settings, folder) } throws: { error in
            "\(error)".contains("c.wav: damaged")
        }
        try spoil(folder)
        #expect { try run(settings, folder) } throws: { error in
            "\(error)".contains("gone.wav: broken link")
        }
    }

    @Test("A cut source is compared as far as it goes, and its rows and the summary say so")
    func cutSource() throws {
        let folder = try TemporaryFolder()
        let settings = try settings(folder, FakeCodec.json(), codec: "copy@64")
        let path = folder.file("in/cut.wav")
        let writer = try AudioWriter(
            path: path, settings: .init(container: .wav, sampleRate: 16_000, channels: 1))
        try writer.write(
            planar: [(0..<16_000).map { Float(sin(Double($0) * 0.1) * 0.3) }])
        try writer.finish()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(bytes.count - 4_000).write(to: URL(fileURLWithPath: path))
        let (rows, _) = try run(settings, folder)
        let cut = rows.filter { $0.file == "cut.wav" }
        #expect(cut.count == 3 && cut.allSatisfy { $0.sourceSamples == 14_000 })
        #expect(
            cut.allSatisfy { $0.warnings == ["source: truncated: 14000 of 16000 samples"] })
        let said = Summary(rows).warnings.filter { $0.contains("truncated") }
        #expect(said == ["cut.wav: source: truncated: 14000 of 16000 samples"])
    }

    @Test("Decoded samples that are no numbers are a failure with a reason")
    func nonFiniteOutput() throws {
        let folder = try TemporaryFolder()
        try folder.floats("nan.wav", [Float](repeating: .nan, count: 20_000))
        let decode =
            #"["sh", "-c", "cp $2 $1; : $0", "{coded}", "{output}", "\#(folder.file("nan.wav"))"]"#
        let json = FakeCodec.json(decode: decode).replacing(
            "\"output\": {\"sampleRate\": 16000, \"raw\": true}",
            with: "\"output\": {\"sampleRate\": 16000}")
        let (rows, end) = try run(try settings(folder, json, codec: "copy@64"), folder)
        #expect(end.rowsFailed == 2)
        #expect(
            rows.filter { $0.rate == 64 }.allSatisfy {
                $0.reasons["codec"]?.contains("20000 decoded samples are NaN or infinite") == true
            })
    }

    @Test(
        "Work folders: only those that a run made are used again, and only what it made is removed")
    func workFolders() throws {
        let folder = try TemporaryFolder()
        let settings = try settings(folder, FakeCodec.json(), codec: "copy@64")
        // A folder of somebody else with the name, and a link to another.
        let theirs = folder.file("work/letters.txt")
        try FileManager.default.createDirectory(
            atPath: folder.file("work"), withIntermediateDirectories: true)
        try "dear".write(toFile: theirs, atomically: false, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("work-2"), withDestinationPath: "work")
        #expect(try run(settings, folder).end.rowsDone == 6)
        #expect(try String(contentsOfFile: theirs, encoding: .utf8) == "dear")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
                $0.hasPrefix("work")
            }.sorted() == ["work", "work-2"])
        // What a killed run left behind is used again, without what is not its own.
        let left = try WorkFolder(folder.file("left"))
        _ = try left.folder(0)
        try "x".write(toFile: folder.file("left/notes"), atomically: false, encoding: .utf8)
        let again = try WorkFolder(folder.file("left"))
        #expect(again.url.path == folder.file("left"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("left/0")))
        again.remove()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.file("left")) == ["notes"])
    }

    @Test("A second run for the same results stops before it touches the first one's work")
    func secondRun() throws {
        let folder = try TemporaryFolder()
        let settings = try settings(folder, FakeCodec.json(), codec: "copy@64")
        let first = try ResultsFile(appendingTo: folder.file("results.jsonl"))
        let work = try WorkFolder(settings.workFolder)
        let place = try work.folder(0)
        #expect(throws: ComparisonError.inUse(path: first.path)) { try run(settings, folder) }
        #expect(FileManager.default.fileExists(atPath: place.path))
        _ = try Comparison(settings)
        #expect(FileManager.default.fileExists(atPath: place.path))
    }

    @Test("A delay that depends on the rate is measured and taken out of every row")
    func varyingDelay() throws {
        let folder = try TemporaryFolder()
        let cut =
            #"""
            ["sh", "-c", "dd if=$0 of=$1 bs=2 skip=$((2 * ($2 == 64)))", "{coded}", \#
            "{output}", "{kbps}"]
            """#
        let (rows, _) = try run(try settings(folder, FakeCodec.json(decode: cut)), folder)
        for row in rows where row.rate != nil {
            let delay = row.rate == 64 ? -2 : 0
            #expect(row.residualDelaySamples == delay && row.alignedSamples == delay)
            #expect(row.reasons["snr_db"] == "infinite: nothing was changed")
        }
    }

    @Test("What stops a comparison: no programs, no version, no recordings, a codec given twice")
    func refusals() throws {
        let folder = try TemporaryFolder()
        func start(_ json: String, codec: String = "copy@64") throws {
            _ = try Comparison(try settings(folder, json, codec: codec))
        }
        #expect(
            throws: ComparisonError.programMissing("no-such-program", codec: "copy", remedy: nil)
        ) {
            try start(FakeCodec.json(decode: #"["no-such-program", "{coded}", "{output}"]"#))
        }
        #expect(throws: ComparisonError.noVersion(codec: "copy", reason: "it prints nothing")) {
            try start(FakeCodec.json(version: #"["true"]"#))
        }
        #expect(throws: ComparisonError.cannotRead(path: "/no/such/file", reason: "no such file")) {
            try start(FakeCodec.json(), codec: "copy:note=/no/such/file@64")
        }
        var twice = try settings(folder, FakeCodec.json())
        twice.codecs += twice.codecs
        #expect(throws: ComparisonError.self) { try Comparison(twice) }
        twice.folder = folder.file("nothing")
        #expect(throws: ComparisonError.cannotRead(path: twice.folder, reason: "no such folder")) {
            try Comparison(twice)
        }
        try FileManager.default.createDirectory(
            atPath: twice.folder, withIntermediateDirectories: true)
        #expect(throws: ComparisonError.noRecordings(folder: twice.folder, omitted: nil)) {
            try Comparison(twice)
        }
    }

    @Test("Decoded sounds are kept when asked")
    func keeps() throws {
        let folder = try TemporaryFolder()
        var settings = try settings(folder, FakeCodec.json(), codec: "copy@64")
        settings.decodedFolder = folder.file("kept")
        let (rows, _) = try run(settings, folder)
        let row = try #require(rows.first { $0.rate == 64 && $0.file == "b/second.flac" })
        #expect(row.decoded == "copy@64/b/second.flac")
        let kept = try Recording(path: folder.file("kept/copy@64/b/second.flac"))
        let source = try Recording(path: folder.file("in/b/second.flac"))
        #expect(kept.samples == source.samples)
        #expect(FileManager.default.fileExists(atPath: folder.file("kept/original/first.flac")))
    }
}

@Suite("Files of results")
struct ResultsFileTests {
    @Test("A second writer is refused")
    func lock() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("r.jsonl")
        let first = try ResultsFile(appendingTo: path)
        #expect(throws: ComparisonError.inUse(path: path)) { try ResultsFile(appendingTo: path) }
        #expect(first.rows.isEmpty)
    }

    @Test("A line that is no row is an error with its number, whole file and last line alike")
    func badLines() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("r.jsonl")
        let good = ComparisonRow(
            file: "a", sourceSHA256: "00", sourceSamples: 1, sourceSeconds: 1, codec: "x", rate: 8,
            version: "1")
        try ResultsFile(appendingTo: path).append([good])
        let line = try String(contentsOfFile: path, encoding: .utf8)
        #expect(line.contains("\"payloadBytes\":null"))
        #expect(try ResultsFile.read(path) == [good])
        try (line + "{}\n" + line).write(toFile: path, atomically: false, encoding: .utf8)
        #expect(
            throws: ComparisonError.badRow(path: path, line: 2, reason: "no row of a comparison")
        ) { try ResultsFile(appendingTo: path) }
        #expect(
            throws: ComparisonError.badRow(path: path, line: 2, reason: "no row of a comparison")
        ) { try ResultsFile.read(path) }
        try "".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(throws: ComparisonError.unusableResults("\(path) has no results")) {
            try ResultsFile.read(path)
        }
    }
}
