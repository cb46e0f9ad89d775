import Plotting

/// Rate-quality curves, one chart a measure.
public struct ReportChart: Sendable {
    public let column: ScoreSheet.Column
    public let chart: LineChart

    /// A chart for every measure that has a value at a known rate. The rate axis is logarithmic, in measured payload kbit/s; bars are 95 % intervals.
    static func all(_ summary: Summary) -> [ReportChart] {
        summary.columns.compactMap { column in
            let series = summary.codecs.compactMap { codec -> LineChart.Series? in
                let points = summary.points.filter { $0.codec == codec }.compactMap { point -> LineChart.Point? in
                    guard let rate = point.payloadKbps, rate > 0, let measure = point.measures[column.identifier] else { return nil }
                    return LineChart.Point(rate, measure.mean, interval: measure.low...max(measure.low, measure.high))
                }
                return points.isEmpty ? nil : LineChart.Series(codec, points.sorted { $0.x < $1.x }, style: .markedLine)
            }
            guard !series.isEmpty else { return nil }
            let unit = column.unit.isEmpty ? "" : ", \(column.unit)", sense = column.higherIsBetter ? "" : " (less is better)"
            return ReportChart(
                column: column,
                chart: LineChart(
                    title: "\(column.title)\(sense), \(summary.files.count) files", xAxis: .init("payload, kbit/s", scale: .logarithmic),
                    yAxis: .init(column.title + unit), series: series, width: 760, height: 470))
        }
    }
}
