import QualityMetrics

/// A row in which PESQ contradicts itself: at a higher rate of the same codec and file it falls
/// while ESTOI rises.
///
/// PESQ aligns the signals itself, in pieces, and the implementation in use sometimes goes wrong
/// there: one recording got 3.44 at 6 kbit/s and 2.14 at 8, which a shift by 16 samples repairs.
/// Such rows are marked, and means are given with and without them.
public struct AlignmentFault: Sendable, Equatable, Encodable {
    public var file: String
    public var codec: String
    /// Of the marked row and of the one before it, kbit/s.
    public var rate: Double
    public var lowerRate: Double
    /// The measure's identifier.
    public var measure: String
    /// At the rate and at the lower rate.
    public var value: Double
    public var lowerValue: Double

    /// A fall of less than this is not a contradiction but the grain of the measure.
    static let margin = 0.1
    static let measures: [ExternalJudge.Measure] = [.pesqWideband, .pesqWidebandCorrigendum2]

    /// All such rows, in the order of the rows.
    static func find(_ rows: [ComparisonRow]) -> [AlignmentFault] {
        var order: [[String]] = []
        var groups: [[String]: [ComparisonRow]] = [:]
        for row in rows where row.rate != nil {
            let key = [row.file, row.codec]
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(row)
        }
        return order.flatMap { key in
            let sorted = (groups[key] ?? []).sorted { ($0.rate ?? 0) < ($1.rate ?? 0) }
            return measures.flatMap { find(sorted, $0.identifier) }
        }
    }

    /// - Parameter rows: of one file and codec, by rate.
    private static func find(_ rows: [ComparisonRow], _ measure: String) -> [AlignmentFault] {
        let estoi = STOI(extended: true).identifier
        var faults: [AlignmentFault] = []
        var last: (rate: Double, value: Double, understood: Double)?
        for row in rows {
            guard let rate = row.rate, let value = row.metrics[measure] ?? nil,
                let understood = row.metrics[estoi] ?? nil
            else { continue }
            if let last, value < last.value - margin, understood > last.understood {
                faults.append(
                    AlignmentFault(
                        file: row.file, codec: row.codec, rate: rate, lowerRate: last.rate,
                        measure: measure, value: value, lowerValue: last.value))
            } else {
                last = (rate, value, understood)
            }
        }
        return faults
    }
}
