/// What one file has to say in a measure that is taken over the frames or events of all files at
/// once, and not as a mean of the files' means.
public struct MetricPool: Codable, Sendable, Equatable {
    public var sum: Double
    public var count: Int
    /// The values themselves, where quantiles are wanted.
    public var values: [Double]?

    /// A sum over frames.
    init(sum: Double, count: Int) {
        self.sum = sum
        self.count = count
    }

    /// Events, each with its value.
    init(values: [Double]) {
        sum = values.reduce(0, +)
        count = values.count
        self.values = values
    }

    /// Both put together.
    static func + (a: MetricPool, b: MetricPool) -> MetricPool {
        var both = a
        both.sum += b.sum
        both.count += b.count
        if a.values != nil || b.values != nil { both.values = (a.values ?? []) + (b.values ?? []) }
        return both
    }
}

/// A number that describes pools put together.
public enum PoolStatistic: Sendable, Equatable {
    case mean
    /// Linear between neighbours (type 7 of Hyndman and Fan, 1996), 0 ... 1.
    case quantile(Double)

    /// - Returns: nil without values.
    public func value(of pools: some Sequence<MetricPool>) -> Double? {
        switch self {
        case .mean:
            let (sum, count) = pools.reduce((0.0, 0)) { ($0.0 + $1.sum, $0.1 + $1.count) }
            return count > 0 ? sum / Double(count) : nil
        case .quantile(let share):
            let sorted = pools.flatMap { $0.values ?? [] }.sorted()
            guard let last = sorted.last else { return nil }
            let position = share * Double(sorted.count - 1)
            let index = Int(position)
            guard index + 1 < sorted.count else { return last }
            return sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index])
        }
    }
}

/// A measure that is taken over the frames or events of all files: several numbers of one analysis.
public protocol PooledMetric: Sendable {
    var columns: [PooledColumn] { get }
    /// The pools that the columns name.
    /// - Throws: the reason when the definition gives nothing for this pair.
    func pools(_ pair: SignalPair) throws(QualityMetricError) -> [String: MetricPool]
}

/// One number of a `PooledMetric`.
public struct PooledColumn: MeasureColumn, Equatable {
    public let identifier: String
    public let title: String
    public let unit: String
    public let higherIsBetter: Bool
    public let comparesRates: Bool
    public var originalIsBest: Bool { false }
    /// The pool that it is taken from.
    public let pool: String
    public let statistic: PoolStatistic
}

extension QualityMetrics {
    /// Measures over the frames or events of all files, in the order of reports.
    public static let pooled: [any PooledMetric] = [VoicingPeriodicity(), OnsetError()]
}
