import AudioFile
import Foundation
import QualityMetrics
import Testing

@testable import CodecComparison

@Suite("Comparisons of audio")
struct AudioComparisonTests {
    func settings(
        _ folder: TemporaryFolder, _ mode: ComparisonMode, channels: Int = 2,
        decode: String = #"["cp", "{coded}", "{output}"]"#
    ) throws -> Comparison.Settings {
        try FileManager.default.createDirectory(
            atPath: folder.file("in"), withIntermediateDirectories: true)
        try folder.stereo("in/cd.flac", seconds: 0.7, rate: 44_100)
        let json = FakeCodec.audio(channels: channels, decode: decode)
        let selection = try CodecSelection(
            "copy@256", catalogue: try FakeCodec.catalogue(json, in: folder))
        var settings = Comparison.Settings(
            folder: folder.file("in"), codecs: [selection], workFolder: folder.file("work"),
            mode: mode)
        settings.judgeFolder = folder.file("no-judges")
        return settings
    }

    func run(_ settings: Comparison.Settings, _ folder: TemporaryFolder) throws -> [ComparisonRow] {
        _ = try Comparison(settings).run(
            results: try ResultsFile(appendingTo: folder.file("results.jsonl"))
        ) { _ in }
        return try ResultsFile.read(folder.file("results.jsonl"))
    }

    @Test("At the recording's own rate with both channels, between two anchors")
    func stereo() throws {
        let folder = try TemporaryFolder()
        var settings = try settings(folder, .audio)
        settings.decodedFolder = folder.file("kept")
        let rows = try run(settings, folder)
        #expect(rows.map(\.codec).sorted() == ["copy", "lowpass-3.5k", "lowpass-7k", "original"])
        #expect(rows.allSatisfy { $0.mode == "audio" && $0.sampleRate == 44_100 })
        #expect(rows.allSatisfy { $0.channels == 2 && $0.sourceSamples == 30_870 })
        let row = try #require(rows.first { $0.codec == "copy" })
        #expect(row.payloadBytes == 4 * 30_870 && row.comparedSamples == 30_870)
        #expect(row.metrics["lsd_db"] == .some(0) && row.metrics["icld_error_db"] == .some(0))
        #expect(row.metrics["icc_error"] == .some(0))
        #expect((row.metrics["bandwidth_khz"] ?? nil).map { (9.75...11).contains($0) } == true)
        for judge in ["zimtohrli", "visqol_audio"] {
            #expect(row.metrics[judge] == .some(nil))
            #expect(row.reasons[judge]?.contains("nwc-eval judges --install") == true)
        }
        #expect(row.metrics.keys.allSatisfy { !$0.contains("pesq") && !$0.contains("stoi") })
        func nmr(_ codec: String) throws -> Double {
            let row = try #require(rows.first { $0.codec == codec })
            return try #require(row.metrics["nmr_db"] ?? nil)
        }
        #expect(try nmr("lowpass-3.5k") > -10 && nmr("lowpass-7k") > -10)
        let low = try #require(rows.first { $0.codec == "lowpass-3.5k" })
        #expect((low.metrics["bandwidth_khz"] ?? nil).map { $0 < 5 } == true)
        let kept = try Recording(path: folder.file("kept/copy@256/cd.flac"), mixed: false)
        let source = try Recording(path: folder.file("in/cd.flac"), mixed: false)
        #expect(kept.planes == source.planes && kept.sampleRate == 44_100)
    }

    @Test("Mixed to one channel; other rates are converted for the codec and back")
    func mono() throws {
        let folder = try TemporaryFolder()
        let settings = try settings(folder, .monoAudio, channels: 1)
        try folder.stereo("in/low.flac", seconds: 0.5, rate: 32_000)
        try folder.stereo("in/high.flac", seconds: 0.5, rate: 96_000)
        let rows = try run(settings, folder).filter { $0.codec == "copy" }
        let rates = Dictionary(uniqueKeysWithValues: rows.map { ($0.file, $0.sampleRate) })
        #expect(rates == ["cd.flac": 44_100, "low.flac": 32_000, "high.flac": 48_000])
        #expect(rows.allSatisfy { $0.channels == 1 && !$0.hasFailed })
        let low = try #require(rows.first { $0.file == "low.flac" })
        // Coded at the next higher rate that the codec knows: 16 bits at 44.1 kHz.
        #expect(low.sourceSamples == 16_000 && low.payloadBytes == 2 * 22_050)
        #expect((low.metrics["snr_db"] ?? nil).map { $0 > 50 } == true)
        #expect(rows.allSatisfy { $0.reasons["icc_error"] == "needs 2 channels, there are 1" })
    }

    @Test("What a codec or a comparison cannot take is a reason")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let rows = try run(try settings(folder, .audio, channels: 1), folder)
        let row = try #require(rows.first { $0.codec == "copy" })
        #expect(row.reasons["codec"] == "codec copy takes at most 1 channel, not 2")
        #expect(rows.filter { $0.rate == nil }.allSatisfy { !$0.hasFailed })
        // Results hold rows of one mode only.
        #expect(
            throws: ComparisonError.unusableResults(
                "\(folder.file("results.jsonl")) has rows of mode audio, not mono-audio")
        ) { try run(try settings(folder, .monoAudio), folder) }
        let other = try TemporaryFolder()
        let many = try settings(other, .audio)
        try other.stereo("in/many.flac", seconds: 0.3, rate: 48_000, channels: 3)
        let end = try Comparison(many).run(
            results: try ResultsFile(appendingTo: other.file("results.jsonl"))
        ) { _ in }
        #expect(
            end.omissions.faults.first?.description.contains(
                "3 channels: one or two can be compared without mixing") == true)
        #expect(end.rowsDone == 4)
    }

    @Test("A decoder that makes one channel of two is a failure")
    func lostChannel() throws {
        let folder = try TemporaryFolder()
        try folder.stereo("one.flac", seconds: 0.7, rate: 44_100, channels: 1)
        let reader = try Recording(path: folder.file("one.flac"))
        let writer = try AudioWriter(
            path: folder.file("one.wav"),
            settings: .init(container: .wav, sampleRate: 44_100, channels: 1))
        try writer.write(planar: reader.planes)
        try writer.finish()
        let decode = #"["sh", "-c", "cp \#(folder.file("one.wav")) $1", "{coded}", "{output}"]"#
        let rows = try run(try settings(folder, .audio, decode: decode), folder)
        #expect(
            rows.first { $0.codec == "copy" }?.reasons["codec"]?.contains(
                "decoded with 1 channel, not 2") == true)
    }

    @Test("Rows of older versions are about speech")
    func olderRows() throws {
        let row = ComparisonRow(
            file: "a", sourceSHA256: "00", sourceSamples: 1, sourceSeconds: 1, codec: "x", rate: 8,
            version: "1")
        var old = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(row)) as? [String: Any])
        for key in ["mode", "sampleRate", "channels"] {
            #expect(old.removeValue(forKey: key) != nil)
        }
        let data = try JSONSerialization.data(withJSONObject: old)
        #expect(try JSONDecoder().decode(ComparisonRow.self, from: data) == row)
    }

    @Test("The worst recording of each codec stands in the summary, with the judges' decimals")
    func worst() throws {
        let rows = [("a", 0.0004, -3.0), ("b", 0.0002, -1.0)].map { file, distance, nmr in
            var row = ComparisonRow(
                file: file, sourceSHA256: "00", sourceSamples: 1, sourceSeconds: 1, codec: "x",
                rate: 64, version: "1")
            row.mode = "audio"
            row.metrics = ["zimtohrli": distance, "nmr_db": nmr]
            return row
        }
        let summary = Summary(rows)
        let point = try #require(summary.points.first)
        #expect(point.measures["zimtohrli"]?.worstFile == "a")
        #expect(point.measures["nmr_db"]?.worst == -1 && point.measures["nmr_db"]?.worstFile == "b")
        let text = try #require(SummaryText(summary).worst.first)
        #expect(text.contains(/x@64 +-1\.00 +b +0\.00040 +a/), "\(text)")
        #expect(summary.columns.filter(\.isJudgement).map(\.identifier) == ["nmr_db", "zimtohrli"])
        #expect(
            Summary(
                rows.map { row in
                    var speech = row
                    speech.mode = "speech"
                    return speech
                }
            ).columns.filter(\.isJudgement).map(\.identifier) == ["zimtohrli"])
    }
}
