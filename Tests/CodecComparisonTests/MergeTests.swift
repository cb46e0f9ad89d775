import Foundation
import Testing

@testable import CodecComparison

@Suite("Merged results")
struct MergeTests {
    /// A row of codec x at 64 kbit/s.
    private func row(_ file: String, _ mode: String, codec: String = "x", snr: Double = 1)
        -> ComparisonRow
    {
        var row = ComparisonRow(
            file: file, sourceSHA256: "00", sourceSamples: 1, sourceSeconds: 1, codec: codec,
            rate: 64, version: "1")
        row.mode = mode
        row.metrics = ["snr_db": snr]
        return row
    }

    @Test("The same recording and codec in two modes are two measurements")
    func modes() throws {
        let folder = try TemporaryFolder()
        let paths = ["speech", "audio"].map { folder.file("\($0).jsonl") }
        try ResultsFile(appendingTo: paths[0]).append([row("a", "speech", snr: 1)])
        try ResultsFile(appendingTo: paths[1]).append([row("a", "audio", snr: 2)])
        let merged = try MergedResults(paths)
        #expect(merged.rows.map(\.mode) == ["audio", "speech"])
        #expect(merged.repeats == 0 && merged.conflicts.isEmpty && merged.missing.isEmpty)
        #expect(try MergedResults(paths.reversed()).rows == merged.rows)
        // One file with both is the same: neither row is an older form of the other.
        let both = folder.file("both.jsonl")
        try ResultsFile(appendingTo: both).append(merged.rows)
        #expect(try MergedResults([both]).rows == merged.rows)
    }

    @Test("Codecs of one mode are not missed in the other")
    func gaps() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("r.jsonl")
        try ResultsFile(appendingTo: path).append([
            row("a", "speech"), row("b", "speech"), row("b", "speech", codec: "y"),
            row("c", "audio", codec: "z"),
        ])
        #expect(try MergedResults([path]).missing == ["a, y@64"])
    }
}
