import Plotting
import QualityMetrics
import ToolSupport

/// Rate-quality curves, one chart a measure.
public struct ReportChart: Sendable {
    public let column: ScoreSheet.Column
    public let chart: LineChart

    /// A chart for every measure that has a value at a known rate. The rate axis is logarithmic, in
    /// measured payload kbit/s; bars are 95 % intervals.
    /// - Parameters:
    ///   - codecs: what to show, in this order; nil shows all.
    ///   - names: for the legend, where it shall not have the codecs' own.
    static func all(
        _ summary: Summary, codecs: [String]? = nil, names: [String: String] = [:],
        width: Int = 760, height: Int = 470
    ) -> [ReportChart] {
        let places = places(summary.codecs)
        return summary.columns.compactMap { column in
            let series = (codecs ?? summary.codecs).compactMap { codec -> LineChart.Series? in
                let points = summary.points.filter { $0.codec == codec }.compactMap {
                    point -> LineChart.Point? in
                    guard let rate = point.payloadKbps, rate > 0,
                        let measure = point.measures[column.identifier]
                    else { return nil }
                    return LineChart.Point(
                        rate, measure.mean, interval: measure.low...max(measure.low, measure.high))
                }
                return points.isEmpty
                    ? nil
                    : LineChart.Series(
                        names[codec] ?? codec, points.sorted { $0.x < $1.x }, style: .markedLine,
                        place: places[codec])
            }
            guard !series.isEmpty else { return nil }
            let unit = column.unit.isEmpty ? "" : ", \(column.unit)"
            let sense = column.higherIsBetter ? "" : " (less is better)"
            return ReportChart(
                column: column,
                chart: LineChart(
                    title:
                        "\(column.title)\(sense), \(NumberText.count(summary.files.count, "file"))",
                    xAxis: .init("payload, kbit/s", scale: .logarithmic),
                    yAxis: .init(column.title + unit, leastSpan: leastSpan(column)),
                    series: series, width: width, height: height)
            )
        }
    }

    /// How much of a measure's axis is shown at least: half a step of an opinion, a tenth of what
    /// lies in 0 ... 1, 2 dB, a fifth of listeners' scores; of Zimtohrli's distance 0.0005.
    static func leastSpan(_ column: ScoreSheet.Column) -> Double {
        if column.unit == "dB" { return 2 }
        if column.unit == "points" { return 20 }
        if column.identifier == ExternalJudge.Measure.zimtohrli.identifier { return 0.0005 }
        let opinions = ExternalJudge.Measure.allCases.map(\.identifier)
        if opinions.contains(column.identifier) { return 0.5 }
        return column.unit.isEmpty ? 0.1 : 0
    }

    /// The place of each codec in `Theme.series`, which is the same in every picture whatever else
    /// is shown: this program's codecs have one of their own, others take what is left in their
    /// order.
    static func places(_ codecs: [String]) -> [String: Int] {
        let own = [
            "nwc": 0, "opus": 1, "amrwb": 2, "speex": 3, "opus-auto": 4, "nwc-plain": 5,
            "codec2": 6, "mp3": 7, "lc3": 8, "opus-nolace": 9,
            // Of audio; shared with codecs of speech that are not compared with them.
            "nwc-audio": 5, "opus-music": 1, "lame": 7, "vorbis": 3, "opus16-music": 9,
            "musepack": 6, "lc3-48k": 8,
        ]
        var result: [String: Int] = [:]
        var free = Array(0..<Theme.places)
        for codec in codecs {
            guard let place = own[codec] else { continue }
            result[codec] = place
            free.removeAll { $0 == place }
        }
        // More codecs than colours: again from the first.
        if free.isEmpty { free = Array(0..<Theme.places) }
        for (count, codec) in codecs.filter({ result[$0] == nil }).enumerated() {
            result[codec] = free[count % free.count]
        }
        return result
    }

    /// Curves of some measures side by side, for documents.
    /// - Parameters:
    ///   - measures: identifiers, in the order of the panels.
    ///   - codecs: what to show, in this order; nil shows all.
    ///   - names: of codecs, for the legend.
    ///   - width, height: pixels of a panel.
    ///   - columns: panels side by side; further ones go below
    /// - Throws: `unusableResults` where a measure or codec has no values.
    public static func figure(
        _ summary: Summary, measures: [String], codecs: [String]?, names: [String: String],
        width: Int, height: Int, columns: Int = 2
    ) throws(ComparisonError) -> ChartGrid {
        for codec in codecs ?? [] where !summary.codecs.contains(codec) {
            throw .unusableResults(
                """
                there is no codec \(codec) in the results; they have \
                \(summary.codecs.joined(separator: ", "))
                """
            )
        }
        let charts = all(summary, codecs: codecs, names: names, width: width, height: height)
        var panels: [LineChart] = []
        for measure in measures {
            guard let found = charts.first(where: { $0.column.identifier == measure }) else {
                let known = charts.map(\.column.identifier).joined(separator: ", ")
                throw .unusableResults(
                    """
                    there are no values of \(measure) in the results; \
                    \(known.isEmpty ? "there are none at all" : "they have \(known)")
                    """
                )
            }
            panels.append(found.chart)
        }
        return ChartGrid(panels, columns: columns)
    }
}
