import ToolSupport

/// A summary as plain text.
public struct SummaryText {
    private let summary: Summary

    public init(_ summary: Summary) { self.summary = summary }

    /// Columns under each other, the first to the left, the others to the right.
    static func aligned(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { index, cell in
                let space = String(repeating: " ", count: widths[index] - cell.count)
                return index == 0 ? cell + space : space + cell
            }
            return cells.joined(separator: "  ").replacing(/\s+$/, with: "")
        }.joined(separator: "\n")
    }

    /// Decimals that make sense for a measure.
    static func text(_ value: Double, _ column: ScoreSheet.Column) -> String {
        NumberText.fixed(value, column.unit == "dB" ? 2 : 3)
    }

    /// One line a codec and rate: rates, speeds, and each measure with half the width of its interval.
    public var table: String {
        var rows = [["codec", "files", "failed", "payload", "file", "enc x", "dec x"] + summary.columns.map(\.title)]
        for point in summary.points {
            let numbers = [point.payloadKbps, point.fileKbps].map { $0.map { NumberText.fixed($0, 2) } ?? "-" }
            let speeds = [point.encodeSpeed, point.decodeSpeed].map { $0.map { NumberText.fixed($0, 0) } ?? "-" }
            let measures = summary.columns.map { column in
                guard let measure = point.measures[column.identifier] else { return "-" }
                let spread = (measure.high - measure.low) / 2, nulls = measure.nulls > 0 ? " (\(measure.nulls) null)" : ""
                return "\(Self.text(measure.mean, column)) ±\(Self.text(spread, column))\(nulls)"
            }
            rows.append([point.name, "\(point.files)", "\(point.failures)"] + numbers + speeds + measures)
        }
        return Self.aligned(rows)
            + "\n\nkbit/s = all bits / all seconds; enc x, dec x = multiples of real time with the programs' start; ± = half of the 95 % bootstrap interval over files"
    }

    /// Tables of BD-rate, for the measures that say something about what is heard.
    /// - Parameter reference: nil takes opus where it is, else the first codec.
    public func rates(against reference: String?) -> [String] {
        let codecs = summary.codecs
        guard codecs.count > 1, let reference = reference ?? codecs.first(where: { $0 == "opus" }) ?? codecs.first else { return [] }
        var rows = [["BD-rate against \(reference)"] + summary.columns.map(\.title)]
        var reasons: [String] = []
        for codec in codecs where codec != reference {
            rows.append(
                [codec]
                    + summary.columns.map { column in
                        do throws(BDRate.Failure) {
                            let rate = try summary.bdRate(codec, against: reference, column)
                            let mark = rate.overlap < 0.75 || rate.points < 4 ? " !" : ""
                            return
                                "\(rate.change > 0 ? "+" : "")\(NumberText.fixed(100 * rate.change, 1))% [\(NumberText.fixed(100 * rate.overlap, 0))%]\(mark)"
                        } catch {
                            if case .tooFewPoints = error, reasons.last?.hasPrefix("\(codec): ") == true { return "-" }
                            if case .tooFewPoints = error {
                                reasons.append("\(codec): \(error)")
                            } else {
                                reasons.append("\(codec), \(column.title): \(error)")
                            }
                            return "-"
                        }
                    })
        }
        let note = "negative = needs less; [share of qualities that both reach]; ! = overlap below 75 % or fewer than 4 points: says little"
        return [([Self.aligned(rows), note] + reasons).joined(separator: "\n")]
    }

    /// Versions, and implementations of outside measures.
    public var implementations: [String] {
        var lines = summary.columns.compactMap { column in column.implementation.map { "\(column.title): \($0)" } }
        for codec in summary.codecs {
            for version in Set(summary.points.filter { $0.codec == codec }.flatMap(\.versions)).sorted() { lines.append("\(codec): \(version)") }
        }
        return lines.isEmpty ? [] : [lines.joined(separator: "\n")]
    }
}
