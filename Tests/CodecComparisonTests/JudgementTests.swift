import Foundation
import QualityMetrics
import Testing

@testable import CodecComparison

/// What a summary makes of judges that contradict themselves or each other, and of measures over
/// the frames and events of all files.
@Suite("Judgements")
struct JudgementTests {
    func row(
        _ file: String, _ codec: String, _ rate: Double?, _ metrics: [String: Double?],
        pools: String = "{}"
    ) throws -> ComparisonRow {
        var row = ComparisonRow(
            file: file, sourceSHA256: "00", sourceSamples: 32_000, sourceSeconds: 2, codec: codec,
            rate: rate, version: "1")
        row.payloadBytes = rate.map { Int($0 * 250) }
        row.fileBytes = rate.map { Int($0 * 250) + 100 }
        row.metrics = metrics
        row.pools = try JSONDecoder().decode([String: MetricPool].self, from: Data(pools.utf8))
        return row
    }

    @Test("PESQ that falls while ESTOI rises is marked, and means are given without it")
    func alignmentFaults() throws {
        var rows: [ComparisonRow] = []
        for (rate, pesq, estoi) in [
            (6.0, 3.44, 0.90), (8.0, 2.14, 0.92), (12.0, 3.9, 0.95), (16.0, 3.85, 0.97),
            (24.0, 3.0, 0.96),
        ] {
            rows.append(try row("a", "x", rate, ["pesq_wb": pesq, "estoi": estoi]))
            rows.append(try row("b", "x", rate, ["pesq_wb": 3 + rate / 100, "estoi": estoi]))
            rows.append(try row("a", "y", rate, ["pesq_wb": 3 + rate / 100, "estoi": estoi]))
        }
        let summary = Summary(rows.reversed())
        // Neither a fall within the grain of the measure, nor one that ESTOI shares.
        #expect(summary.faults.count == 1)
        let fault = try #require(summary.faults.first)
        #expect(
            fault
                == AlignmentFault(
                    file: "a", codec: "x", rate: 8, lowerRate: 6, measure: "pesq_wb", value: 2.14,
                    lowerValue: 3.44))
        let point = try #require(summary.points.first { $0.codec == "x" && $0.rate == 8 })
        let pesq = try #require(point.measures["pesq_wb"])
        #expect(pesq.marked == 1 && abs(pesq.mean - 2.61) < 1e-9)
        #expect(abs((pesq.meanWithoutMarked ?? 0) - 3.08) < 1e-9)
        #expect(point.measures["estoi"]?.marked == 0)
        let other = try #require(summary.points.first { $0.codec == "y" && $0.rate == 8 })
        #expect(other.measures["pesq_wb"]?.meanWithoutMarked == nil)
        #expect(SummaryText(summary).table.contains("(3.080 without 1 marked)"))
        #expect(
            summary.warnings.contains(
                """
                a: PESQ-WB of x@8 is 2.14, @6 3.44, while ESTOI rises: marked, its alignment \
                has failed
                """
            ))
    }

    /// Two codecs: x needs less by PESQ and ESTOI; by P.808 it never reaches the worst of opus.
    func disagreeing() throws -> [ComparisonRow] {
        var rows: [ComparisonRow] = []
        for (step, rate) in [6.0, 8, 12, 16, 24].enumerated() {
            let good = Double(step)
            rows.append(
                try row(
                    "a", "opus", rate,
                    [
                        "pesq_wb": 2 + 0.4 * good, "estoi": 0.8 + 0.03 * good,
                        "visqol": 4 + 0.1 * good, "dnsmos_p808": 3.6 + 0.05 * good,
                        "noise_correlation": 0.02,
                    ]))
            rows.append(
                try row(
                    "a", "x", rate * 0.7,
                    [
                        "pesq_wb": 2 + 0.4 * good, "estoi": 0.8 + 0.03 * good,
                        "visqol": 4.0 + 0.1 * good, "dnsmos_p808": 3.1 + 0.1 * good,
                        "noise_correlation": 0.2,
                    ]))
        }
        return rows
    }

    @Test("Tables show every judge, and a sentence says where they disagree")
    func disagreement() throws {
        let table = try #require(RateTable(Summary(try disagreeing()), against: nil))
        #expect(
            table.lines.map(\.measure) == ["pesq_wb", "estoi", "visqol", "dnsmos_p808"],
            "measures that do not go with the rate have no BD-rate")
        let text = try #require(table.disagreements().first)
        #expect(table.disagreements().count == 1)
        #expect(
            text.hasPrefix(
                "judges disagree about x: it needs less rate than opus by PESQ-WB (-30.0 %)"))
        #expect(
            text.contains(
                "ESTOI (-30.0 %), ViSQOL (-30.0 %), more by P.808 (worse at every rate)"))
        #expect(SummaryText(Summary(try disagreeing())).rates(against: nil)[0].contains(text))
        let page = try ReportPage(try disagreeing()).html()
        #expect(page.contains("judges disagree about x"))
        // With one voice there is nothing to say.
        let same = try disagreeing().map { row in
            var row = row
            row.metrics["dnsmos_p808"] = nil
            return row
        }
        #expect(try #require(RateTable(Summary(same), against: nil)).disagreements().isEmpty)
    }

    @Test("A judge without a reference may like a codec better than the original")
    func withoutReference() throws {
        let rows = [
            try row("a", "original", nil, ["dnsmos_p808": 3.8, "pesq_wb": 4.5]),
            try row("a", "x", 12, ["dnsmos_p808": 3.9, "pesq_wb": 4.6]),
        ]
        let warnings = Summary(rows).warnings.joined(separator: "\n")
        #expect(warnings.contains("PESQ-WB is better than that of the original"))
        #expect(!warnings.contains("P.808"))
    }

    @Test("Frames and events of all files are put together; files without any are no fault")
    func pools() throws {
        let rows = [
            try row(
                "a", "x", 8, ["voicing_1_2khz": 0.5, "onset_before_90_db": 3],
                pools: #"""
                    {"voicing_1_2khz": {"sum": 5, "count": 10},
                     "onset_before_db": {"sum": 6, "count": 3, "values": [1, 2, 3]}}
                    """#),
            try row(
                "b", "x", 8, ["voicing_1_2khz": 0.9, "onset_before_90_db": 12],
                pools: #"""
                    {"voicing_1_2khz": {"sum": 81, "count": 90},
                     "onset_before_db": {"sum": 12, "count": 1, "values": [12]}}
                    """#),
            try row("c", "x", 8, ["voicing_1_2khz": nil, "onset_before_90_db": nil]),
        ]
        let summary = Summary(rows)
        let point = try #require(summary.points.first)
        let voicing = try #require(point.measures["voicing_1_2khz"])
        // Not 0.7, the mean of the files' means.
        #expect(abs(voicing.mean - 0.86) < 1e-9 && voicing.count == 2 && voicing.nulls == 0)
        #expect(voicing.low >= 0.5 && voicing.high <= 0.9 && voicing.low < voicing.high)
        let before = try #require(point.measures["onset_before_90_db"])
        #expect(abs(before.mean - 9.3) < 1e-9)
        #expect(!summary.warnings.contains { $0.contains("missing") })
        // Rows of a version that did not measure it are one.
        let old = try row("d", "x", 8, ["estoi": 0.9])
        #expect(Summary(rows + [old]).points.first?.measures["voicing_1_2khz"]?.nulls == 1)
        #expect(summary.columns.map(\.title) == ["voicing 1-2k", "before 90 %"])
        // Rows keep them.
        let text = try JSONEncoder().encode(rows[0])
        #expect(try JSONDecoder().decode(ComparisonRow.self, from: text) == rows[0])
    }
}
