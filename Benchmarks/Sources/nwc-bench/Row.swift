import ToolSupport

/// A line of the report: rates by processor time, and their ratio to the reference measured in
/// turns with them.
struct Row: Encodable {
    var group: String
    var name: String
    var unit: String
    /// Best and median of the rounds; a round's rate is work per second of processor time.
    var best: Double
    var median: Double
    var referenceBest: Double
    var referenceMedian: Double
    /// Median of the rounds' ratios, and the ratio of the best rounds.
    var ratio: Double
    var ratioOfBest: Double
    /// The same ratio by the clock on the wall.
    var wallRatio: Double
    var target: Double?
    var rounds: Int
    /// Peak resident memory in bytes, for programs.
    var memory: Int?
    var referenceMemory: Int?

    /// - Parameters:
    ///   - subjectWork: work in one subject run; `referenceWork` in one reference run
    ///   - scale: from work a second to `unit`
    init(
        group: String, name: String, costs: PairedCost, subjectWork: Double, referenceWork: Double,
        unit: String, scale: Double = 1, target: Double? = nil
    ) {
        let pairs = Array(zip(costs.subject, costs.reference))
        let rates = costs.subject.map { subjectWork / $0.processor * scale }
        let references = costs.reference.map { referenceWork / $0.processor * scale }
        self.group = group
        self.name = name
        self.unit = unit
        best = rates.max() ?? .nan
        median = rates.median
        referenceBest = references.max() ?? .nan
        referenceMedian = references.median
        ratio = pairs.map { subjectWork / $0.processor / (referenceWork / $1.processor) }.median
        ratioOfBest = best / referenceBest
        wallRatio = pairs.map { subjectWork / $0.wall / (referenceWork / $1.wall) }.median
        self.target = target
        rounds = pairs.count
    }

    static let header = [
        "", "rate", "best", "reference", "best", "unit", "ratio", "of best", "by wall", "target",
        "peak MB", "ref. MB",
    ]

    var cells: [String] {
        func number(_ value: Double) -> String { NumberText.fixed(value, value < 100 ? 2 : 0) }
        func megabytes(_ bytes: Int?) -> String {
            bytes.map { NumberText.fixed(Double($0) / 1e6, 1) } ?? ""
        }
        let verdict =
            target.map { "\(NumberText.fixed($0, 2)) \(ratio >= $0 ? "met" : "MISSED")" } ?? ""
        return [
            name, number(median), number(best), number(referenceMedian), number(referenceBest),
            unit, NumberText.fixed(ratio, 3),
            NumberText.fixed(ratioOfBest, 3), NumberText.fixed(wallRatio, 3), verdict,
            megabytes(memory), megabytes(referenceMemory),
        ]
    }

    /// Rows as a table with aligned columns.
    static func table(_ rows: [Row]) -> String {
        var lines = [header] + rows.map(\.cells)
        let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        lines.insert(widths.map { String(repeating: "-", count: $0) }, at: 1)
        return lines.map { line in
            zip(line, widths).enumerated().map { column, cell in
                let pad = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + pad : pad + cell.0
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
