import Foundation

/// A curve of a run: a table of tab-separated values with the names of its columns in the first
/// line.
public struct TrainingTable: Sendable {
    public let columns: [String]
    private let rows: [[String]]

    /// - Throws: `TrainingError.badTable` when the file cannot be read or a line has other columns
    ///   than the first
    public init(path: String) throws {
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw TrainingError.badTable(path: path, reason: "cannot be read")
        }
        let lines = text.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        guard let first = lines.first else {
            throw TrainingError.badTable(path: path, reason: "it is empty")
        }
        columns = first
        rows = Array(lines.dropFirst())
        if let odd = rows.firstIndex(where: { $0.count != first.count }) {
            throw TrainingError.badTable(
                path: path,
                reason:
                    "line \(odd + 2) has \(rows[odd].count) columns, the first has \(first.count)")
        }
    }

    /// - Throws: `TrainingError.badTable` for the first of the names that no column has
    public func require(_ names: [String], path: String) throws {
        if let missing = names.first(where: { !columns.contains($0) }) {
            throw TrainingError.badTable(path: path, reason: "no column \(missing)")
        }
    }

    /// The cells of a column; none if there is no such column.
    public func column(_ name: String) -> [String] {
        guard let index = columns.firstIndex(of: name) else { return [] }
        return rows.map { $0[index] }
    }

    /// The same as numbers; what is none becomes not a number.
    public func numbers(_ name: String) -> [Double] { column(name).map { Double($0) ?? .nan } }
}
