import ToolSupport

/// A summary as plain text.
public struct SummaryText {
    private let summary: Summary

    public init(_ summary: Summary) { self.summary = summary }

    /// Columns under each other, those of `left` to the left, the others to the right.
    static func aligned(_ rows: [[String]], left: Set<Int> = [0]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { index, cell in
                let space = String(repeating: " ", count: widths[index] - cell.count)
                return left.contains(index) ? cell + space : space + cell
            }
            return cells.joined(separator: "  ").replacing(/\s+$/, with: "")
        }.joined(separator: "\n")
    }

    /// Decimals that make sense for a measure.
    static func text(_ value: Double, _ column: ScoreSheet.Column) -> String {
        NumberText.fixed(value, column.decimals)
    }

    /// What must be known of a mean: files without a value, and files whose value contradicts
    /// itself.
    static func remarks(_ measure: Summary.Point.Measure, _ column: ScoreSheet.Column) -> String {
        var remarks = measure.nulls > 0 ? ["\(measure.nulls) null"] : []
        if measure.marked > 0 {
            let without = measure.meanWithoutMarked.map { text($0, column) } ?? "-"
            remarks.append("\(without) without \(measure.marked) marked")
        }
        return remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))"
    }

    /// One line a codec and rate: rates, speeds, and each measure with half the width of its
    /// interval.
    public var table: String {
        var rows = [
            ["codec", "files", "failed", "payload", "file", "enc x", "dec x"]
                + summary.columns.map(\.title)
        ]
        for point in summary.points {
            let numbers = [point.payloadKbps, point.fileKbps].map {
                $0.map { NumberText.fixed($0, 2) } ?? "-"
            }
            let speeds = [point.encodeSpeed, point.decodeSpeed].map {
                $0.map { NumberText.fixed($0, 0) } ?? "-"
            }
            let measures = summary.columns.map { column in
                guard let measure = point.measures[column.identifier] else { return "-" }
                let spread = (measure.high - measure.low) / 2
                return "\(Self.text(measure.mean, column)) ±\(Self.text(spread, column))"
                    + Self.remarks(measure, column)
            }
            rows.append(
                [point.name, "\(point.files)", "\(point.failures)"] + numbers + speeds + measures)
        }
        return Self.aligned(rows)
            + """
            \n\nkbit/s = all bits / all seconds; enc x, dec x = multiples of real time with \
            the programs' start; ± = half of the 95 % bootstrap interval over files
            """
            + summary.unmeasured.map { "\n\($0)" }.joined()
    }

    /// The worst recording of each codec and rate by what codecs are judged by, of a comparison of
    /// audio.
    public var worst: [String] {
        let columns = summary.columns.filter(\.isJudgement)
        guard summary.mode != ComparisonMode.speech.rawValue, !columns.isEmpty else { return [] }
        let rows = summary.points.map { point in
            [point.name]
                + columns.flatMap { column -> [String] in
                    guard let measure = point.measures[column.identifier],
                        let value = measure.worst, let file = measure.worstFile
                    else { return ["-", ""] }
                    return [Self.text(value, column), file]
                }
        }
        let head = ["worst recording"] + columns.flatMap { [$0.title, ""] }
        let left = Set(columns.indices.map { 2 * $0 + 2 })
        return [Self.aligned([head] + rows, left: left.union([0]))]
    }

    /// The table of BD-rates, if there is more than one codec.
    /// - Parameter reference: nil takes opus, then lame, where it is, else the first codec.
    public func rates(against reference: String?) -> [String] {
        guard let table = RateTable(summary, against: reference) else { return [] }
        let notes = [RateTable.note] + table.disagreements()
        return [
            Self.aligned(table.rows(), left: RateTable.texts) + "\n\n"
                + notes.joined(separator: "\n")
        ]
    }

    /// Implementations of outside measures; versions of the codecs, and how they were called.
    public var implementations: [String] {
        var lines = summary.columns.compactMap { column in
            column.implementation.map { "\(column.title): \($0)" }
        }
        for codec in summary.codecs {
            for version in Set(summary.points.filter { $0.codec == codec }.flatMap(\.versions))
                .sorted()
            { lines.append("\(codec): \(version)") }
            let first = summary.points.first { $0.codec == codec }
            let commands = [first?.encodeCommand, first?.decodeCommand].compactMap { $0 }
            if !commands.isEmpty { lines.append("    \(commands.joined(separator: " ; "))") }
        }
        return lines.isEmpty ? [] : [lines.joined(separator: "\n")]
    }
}
