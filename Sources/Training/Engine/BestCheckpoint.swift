import Foundation

/// The best of the weights that a run has validated, by a column of its validation, kept in a file
/// beside the last ones.
struct BestCheckpoint {
    private let measure: Column
    /// The best value so far; nil = none yet.
    private(set) var value: Double?

    /// - Parameters:
    ///   - name: of a column
    ///   - columns: of the validation
    /// - Throws: `TrainingError.badChoice` where there is no such column
    init(_ name: String, columns: [Column]) throws(TrainingError) {
        let known = columns.filter { !$0.isChoice }
        guard let measure = known.first(where: { $0.name == name }) else {
            throw .badChoice(
                """
                --keep-best \(name): validation measures \
                \(known.map(\.name).joined(separator: ", "))
                """)
        }
        self.measure = measure
    }

    /// Goes on from what a table of validations says.
    mutating func read(_ table: TrainingTable) {
        var rows: [String: [(layers: Double, value: Double)]] = [:]
        let values = table.numbers(measure.name)
        let layers = table.numbers("layers")
        for (index, step) in table.column("step").enumerated() where index < values.count {
            rows[step, default: []].append(
                (index < layers.count ? layers[index] : 1, values[index]))
        }
        for rows in rows.values { _ = take(Self.mean(rows)) }
    }

    /// - Returns: whether a validation is at least as good as the best so far.
    mutating func take(_ rows: [Measurements]) -> Bool {
        take(
            Self.mean(rows.compactMap { row in row[measure.name].map { (row["layers"] ?? 1, $0) } })
        )
    }

    private mutating func take(_ new: Double?) -> Bool {
        guard let new, new.isFinite else { return false }
        if let value, measure.isRising ? new < value : new > value { return false }
        value = new
        return true
    }

    /// Over the rows with the fewest modules, so that phases with more of them can be compared.
    private static func mean(_ rows: [(layers: Double, value: Double)]) -> Double? {
        guard let fewest = rows.map(\.layers).min() else { return nil }
        let values = rows.filter { $0.layers == fewest }.map(\.value)
        return values.reduce(0, +) / Double(values.count)
    }

    /// For people.
    var text: String { "\(measure.name) \(RunTable.text(value ?? .nan))" }
}
