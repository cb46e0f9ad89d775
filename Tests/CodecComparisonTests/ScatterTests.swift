import Foundation
import Testing

@testable import CodecComparison

/// Single files of a comparison, and what listeners said, beside the means.
@Suite struct ScatterTests {
    private func row(_ file: String, _ codec: String, _ rate: Double?, _ pesq: Double?)
        -> ComparisonRow
    {
        var row = ComparisonRow(
            file: file, sourceSHA256: file, sourceSamples: 16000, sourceSeconds: 1, codec: codec,
            rate: rate, version: "1")
        row.payloadBytes = rate.map { Int($0 * 125) }
        row.metrics = ["pesq_wb": pesq]
        return row
    }

    private var rows: [ComparisonRow] {
        let values = [("a", (4.0, 3.0)), ("b", (2.0, 3.5)), ("c", (3.0, 3.1))]
        return values.flatMap { file, pair in
            [
                row(file, "nwc", 8, pair.0), row(file, "opus", 12, pair.1),
                row(file, "original", nil, 4.64),
            ]
        } + [row("d", "nwc", 8, nil), row("d", "opus", 12, 3.0)]
    }

    @Test func worstFirst() throws {
        let two = try FileScatter(rows, measure: "pesq_wb", conditions: ["nwc@8", "opus@12"])
        #expect(two.items.map(\.file) == ["b", "c", "a"])
        #expect(two.items[0].deficit == 1.5 && two.items[0].other == 3.5)
        let chart = two.chart(named: 1, names: ["nwc": "N", "opus": "O"], width: 400, height: 400)
        #expect(chart.yAxis.label == "N at 8 kbit/s" && chart.xAxis.label == "O at 12 kbit/s")
        #expect(chart.xAxis.range == chart.yAxis.range && chart.xAxis.range != nil)
        #expect(chart.series.last?.points.map(\.label) == ["1"])
        #expect(chart.series.last?.name == "1  b")
        #expect(chart.series.map(\.points.count) == [2, 2, 1])
        _ = try chart.png(.dark)
        let one = try FileScatter(rows, measure: "pesq_wb", conditions: ["nwc@8"])
        #expect(one.items.map(\.file) == ["b", "c", "a"] && one.items[0].other == 8)
        #expect(one.items.map(\.deficit) == [2, 1, 0])
        _ = try one.chart(named: 5, names: [:], width: 400, height: 400).svg()
    }

    /// Files of one name in two folders keep what tells them apart.
    @Test func namesOfFolders() throws {
        let rows = ["p/a", "q/a", "q/b"].map { row($0, "nwc", 8, 3) }
        let chart = try FileScatter(rows, measure: "pesq_wb", conditions: ["nwc@8"])
            .chart(named: 3, names: [:], width: 400, height: 400)
        #expect(chart.series.dropFirst().map(\.name) == ["1  p/a", "2  q/a", "3  b"])
    }

    @Test func conditionNames() {
        let names = ["opus": "Opus", "nwc:model=a@b": "nwc, model=a@b"]
        #expect(ConditionName("opus@8").title(names) == "Opus@8")
        #expect(ConditionName("opus@8").words(names) == "Opus at 8 kbit/s")
        #expect(ConditionName("nwc:model=a@b@8").title(names) == "nwc, model=a@b@8")
        #expect(ConditionName("original").words(names) == "original")
    }

    /// What nothing was measured of is no column of dashes, but a sentence with its reason.
    @Test func unmeasured() throws {
        var rows = [row("a", "nwc", 8, nil), row("a", "opus", 8, nil)]
        for index in rows.indices {
            rows[index].metrics["estoi"] = 0.9
            rows[index].reasons["pesq_wb"] = "no judges"
        }
        let summary = Summary(rows)
        #expect(summary.columns.map(\.identifier) == ["estoi"])
        #expect(summary.unmeasured == ["No values of PESQ-WB: no judges"])
        #expect(SummaryText(summary).table.hasSuffix("\nNo values of PESQ-WB: no judges"))
        #expect(try ReportPage(rows).html().contains("<p>No values of PESQ-WB: no judges.</p>"))
        rows[0].metrics["pesq_wb"] = 3
        #expect(Summary(rows).unmeasured.isEmpty)
    }

    /// The page's warnings name codecs as its table does.
    @Test func namesInWarnings() throws {
        var settings = ReportPage.Settings()
        settings.names = ["opus": "Opus"]
        let html = try ReportPage(
            rows.filter { $0.name != "opus@12" || $0.file != "a" }, settings: settings
        )
        .html()
        #expect(html.contains("<li>Opus@12, original: only "), "\(html.prefix(4000))")
    }

    @Test func refusals() {
        for (measure, conditions) in [
            ("estoi", ["nwc@8"]), ("pesq_wb", ["nwc@9"]), ("pesq_wb", ["nwc@8", "lc3@16"]),
        ] {
            #expect(throws: ComparisonError.self) {
                try FileScatter(rows, measure: measure, conditions: conditions)
            }
        }
    }

    /// Ratings stand in the table of the page and in its curves, first of all.
    @Test func ratings() throws {
        var scores = ListeningScores()
        let session = """
            {"kind": "nwc listening test", "listener": "A", "trials": [{"clip": "a", "ratings": [
              {"condition": "nwc@8", "score": 81}, {"condition": "opus@12", "score": 62},
              {"condition": "hidden reference", "score": 97}, {"condition": "x@1", "score": 3}]}]}
            """
        try scores.add(Data(session.utf8), path: "s.json")
        let summary = Summary(rows, ratings: scores)
        #expect(summary.columns.first?.title == "Listening")
        #expect(summary.points.map(\.codec) == ["nwc", "opus", "original"])
        for point in summary.points {
            let expected = ["nwc": 81.0, "opus": 62, "original": 97][point.codec]
            #expect(point.measures["listening"]?.mean == expected)
        }
        #expect(summary.warnings.contains { $0.contains("x@1") })
        #expect(SummaryText(summary).table.contains("81.0"))
        var settings = ReportPage.Settings()
        settings.ratings = scores
        settings.names = ["opus": "Opus"]
        let page = ReportPage(rows, settings: settings)
        #expect(page.charts.first?.column.identifier == "listening")
        #expect(page.charts.first?.chart.series.map(\.name).sorted() == ["Opus", "nwc"])
        let html = try page.html()
        #expect(html.contains("Listening</th>") && html.contains(">Opus@12</th>"))
        #expect(!Summary(rows).columns.contains { $0.identifier == "listening" })
    }
}
