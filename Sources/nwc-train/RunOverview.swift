import Foundation
import Plotting
import ToolSupport
import Training

/// A run at a glance: quality over rate as training went on, losses, rate, learning rate, norm of
/// the gradient.
struct RunOverview {
    private let curves: CurveChart

    init(_ folder: RunFolder) throws { curves = try CurveChart(folder) }

    private static let width = 620
    private static let height = 400

    /// - Throws: `ToolFailure` where the run has no curve yet
    func grid() throws -> ChartGrid {
        var charts = ["loudness", "mel", "weighted", "snr_db"].compactMap(qualityOverRate)
        // Two views of the quality are enough.
        charts = Array(charts.prefix(1) + charts.dropFirst().suffix(1))
        for (column, title, isLogarithmic) in [
            ("loss", "loss: what is minimised, weights of its phase", false),
            ("kbps", "rate, kbit/s", false),
            ("learning_rate", "learning rate", false),
            ("gradient", "norm of the gradient before clipping", true),
        ] where curves.has(column) {
            var chart = try curves.chart(column)
            chart.title = title
            if isLogarithmic { chart.yAxis.scale = .logarithmic }
            // Short names: the legend shares the panel's room.
            for index in chart.series.indices {
                chart.series[index].name = chart.series[index].name
                    .replacing("validation, 1 layer, ", with: "")
                    .replacing("validation, ", with: "")
            }
            charts.append(chart)
        }
        guard !charts.isEmpty else { throw ToolFailure.runtime("\(curves.name): no curve yet") }
        return ChartGrid(
            charts.map {
                var chart = $0
                (chart.width, chart.height) = (Self.width, Self.height)
                return chart
            }, columns: 2)
    }

    /// A measure over the rate of each validated position, for up to five validations of the run;
    /// nil where it was not measured.
    private func qualityOverRate(_ column: String) -> LineChart? {
        let table = curves.validation
        let steps = table.column("step")
        let layers = table.column("layers")
        let values = table.numbers(column)
        let rates = table.numbers("kbps")
        guard values.count == steps.count, rates.count == steps.count, !steps.isEmpty else {
            return nil
        }
        let fewest = layers.min() ?? ""
        var all: [String] = []
        for step in steps where step != all.last { all.append(step) }
        // The first and the last one always.
        let count = min(5, all.count)
        let shown = Set((0..<count).map { all[$0 * (all.count - 1) / max(count - 1, 1)] })
        let series = all.filter(shown.contains).map { step in
            let points = steps.indices.filter {
                steps[$0] == step && (layers.isEmpty || layers[$0] == fewest)
            }.map { LineChart.Point(rates[$0], values[$0]) }
            return LineChart.Series(
                "step \(step)", points.sorted { $0.x < $1.x }, style: .markedLine)
        }
        guard series.contains(where: { $0.points.contains { $0.y.isFinite && $0.x > 0 } }) else {
            return nil
        }
        return LineChart(
            title: "\(curves.name): \(column) over rate, validation",
            xAxis: .init("kbit/s", scale: .logarithmic), yAxis: .init(column), series: series)
    }
}
