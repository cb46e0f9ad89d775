import Plotting
import ToolSupport

/// A measure of every file by itself: one condition over its rate, or two against each other. Means
/// hide the clips at which a codec fails; here they have names.
public struct FileScatter: Sendable {
    /// One file.
    public struct Item: Sendable, Encodable {
        public var file: String
        /// Of the first condition.
        public var value: Double
        /// Of the second condition; of one alone its payload rate, kbit/s.
        public var other: Double
        /// How much worse the first condition is than the second; of one alone how far the value
        /// is from the best there is. Higher is worse.
        public var deficit: Double
    }

    public let column: ScoreSheet.Column
    /// The worst first.
    public let items: [Item]
    private let conditions: [ConditionName]
    /// Of the first condition's codec in `Theme.series`, as in all pictures of these results.
    private let place: Int?

    /// - Parameters:
    ///   - measure: identifier
    ///   - conditions: one or two, as `codec@rate`
    /// - Throws: `unusableResults` where a condition or a value of the measure is not there
    public init(_ rows: [ComparisonRow], measure: String, conditions: [String])
        throws(ComparisonError)
    {
        let summary = Summary(rows)
        guard let column = summary.columns.first(where: { $0.identifier == measure }),
            column.pool == nil
        else {
            let known = summary.columns.filter { $0.pool == nil }.map(\.identifier)
            throw .unusableResults(
                "no \(measure) of single files; there are \(known.joined(separator: ", "))")
        }
        let points = summary.points.map(\.name)
        for condition in conditions where !points.contains(condition) {
            throw .unusableResults(
                """
                there is no \(condition) in the results; they have \
                \(points.joined(separator: ", "))
                """)
        }
        let sign = column.higherIsBetter ? 1.0 : -1
        func values(_ condition: String) -> [String: (value: Double, kbps: Double?)] {
            var result: [String: (value: Double, kbps: Double?)] = [:]
            for row in rows where row.name == condition {
                if let value = row.metrics[measure] ?? nil, value.isFinite {
                    result[row.file] = (value, row.payloadKbps)
                }
            }
            return result
        }
        let first = values(conditions.first ?? "")
        let second = conditions.count > 1 ? values(conditions[1]) : nil
        let best = first.values.map { sign * $0.value }.max() ?? 0
        items = first.compactMap { file, found -> Item? in
            guard let second else {
                return Item(
                    file: file, value: found.value, other: found.kbps ?? .nan,
                    deficit: best - sign * found.value)
            }
            guard let other = second[file]?.value else { return nil }
            return Item(
                file: file, value: found.value, other: other,
                deficit: sign * (other - found.value))
        }.sorted { ($0.deficit, $1.file) > ($1.deficit, $0.file) }
        guard !items.isEmpty else {
            throw .unusableResults(
                "no file has \(measure) of \(conditions.joined(separator: " and "))")
        }
        self.column = column
        self.conditions = conditions.map(ConditionName.init)
        place = ReportChart.places(summary.codecs)[self.conditions.first?.codec ?? ""]
    }

    /// What is drawn, with options.
    public var codecs: [String] { conditions.map(\.codec) }

    /// - Parameters:
    ///   - named: the worst so many have numbers beside them, from 1 for the worst, and their names
    ///     above the chart as far as there is room
    ///   - names: of codecs, for the axes
    public func chart(named: Int, names: [String: String], width: Int, height: Int) -> LineChart {
        let unit = column.unit.isEmpty ? "" : ", \(column.unit)"
        let titles = conditions.map { $0.words(names) }
        let others = items.dropFirst(named).map { LineChart.Point($0.other, $0.value) }
        let worst = zip(1..., zip(items.prefix(named), shortNames(named))).map { number, item in
            LineChart.Series(
                "\(number)  \(item.1)",
                [LineChart.Point(item.0.other, item.0.value, label: "\(number)")], style: .marks,
                place: 6)
        }
        let files = [LineChart.Series("a file", others, style: .marks, place: place)] + worst
        let span = ReportChart.leastSpan(column)
        guard conditions.count > 1 else {
            return LineChart(
                title: "\(column.title) of each file, \(titles.first ?? "")",
                xAxis: .init("payload, kbit/s", leastSpan: 1),
                yAxis: .init(column.title + unit, leastSpan: span),
                series: files, width: width, height: height)
        }
        // Both axes alike, so that equal values lie on the diagonal.
        let all = items.flatMap { [$0.value, $0.other] }
        let low = all.min() ?? 0
        let high = all.max() ?? 0
        let margin = max((high - low) * 0.05, (span - (high - low)) / 2, 1e-6)
        let range = low - margin...high + margin
        return LineChart(
            title: "\(column.title) of each file"
                + (column.higherIsBetter ? "" : " (less is better)"),
            xAxis: .init("\(titles[1])\(unit)", range: range),
            yAxis: .init("\(titles[0])\(unit)", range: range),
            series: [
                .init(
                    "equal", x: [range.lowerBound, range.upperBound],
                    y: [range.lowerBound, range.upperBound], style: .faint, place: 6)
            ] + files, width: width, height: height)
    }

    /// Of the worst so many: without their folders where that is enough to tell files apart.
    private func shortNames(_ count: Int) -> [String] {
        func last(_ file: String) -> String {
            file.split(separator: "/").last.map(String.init) ?? file
        }
        let lasts = Dictionary(items.map { (last($0.file), 1) }, uniquingKeysWith: +)
        return items.prefix(count).map { item in
            lasts[last(item.file)] == 1 ? last(item.file) : item.file
        }
    }
}
