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
                && row.reasons["pesq_wb"]?.contains("judges.sh") == true)
        let anchor = try #require(
            rows.first { $0.file == "first.flac" && $0.codec == "lowpass-3.5k" })
        #expect(anchor.rate == nil && anchor.payloadBytes == nil && anchor.encodeCommand == nil)
        let snr = try #require(anchor.metrics["snr_db"] ?? nil)
        #expect(snr > 10)
        #expect(!FileManager.default.fileExists(atPath: folder.file("work")))
    }

    @Test(
        "A stopped run goes on: finished rows stay, a half-written one and missing ones are measured"
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

    @Test("A file that is no sound is a row with a reason; the others go on")
    func badSource() throws {
        let folder = try TemporaryFolder()
        let settings = try settings(folder, FakeCodec.json(), codec: "copy@64")
        try "no sound".write(toFile: folder.file("in/c.wav"), atomically: false, encoding: .utf8)
        let (rows, end) = try run(settings, folder)
        #expect(end.rowsFailed == 3 && end.rowsDone == 9)
        #expect(
            rows.filter { $0.file == "c.wav" }.allSatisfy {
                $0.reasons["codec"]?.hasPrefix("source: ") == true
            })
    }

    @Test("What stops a comparison: no programs, no version, no recordings, a codec given twice")
    func refusals() throws {
        let folder = try TemporaryFolder()
        func start(_ json: String, codec: String = "copy@64") throws {
            _ = try Comparison(try settings(folder, json, codec: codec))
        }
        #expect(
            throws: ComparisonError.programMissing("no-such-program", codec: "copy", packages: [])
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
        #expect(throws: ComparisonError.noRecordings(folder: twice.folder)) {
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

    @Test("Recordings are listed in order, and a limit takes them from everywhere")
    func list() throws {
        let folder = try TemporaryFolder()
        for name in ["d/a.wav", "d/b.flac", "c.WAV", "e.txt", "f/g.ogg"] {
            let url = URL(fileURLWithPath: folder.file(name))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data([1]).write(to: url)
        }
        #expect(
            try Recording.list(folder: folder.path) == ["c.WAV", "d/a.wav", "d/b.flac", "f/g.ogg"])
        #expect(try Recording.list(folder: folder.path, limit: 2) == ["c.WAV", "d/b.flac"])
        #expect(try Recording.list(folder: folder.path, limit: 9).count == 4)
    }
}
