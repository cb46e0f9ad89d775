import Foundation
import QualityMetrics

/// What results say about each codec at each rate.
public struct Summary: Sendable {
    /// All files of one codec at one rate.
    public struct Point: Sendable, Encodable {
        /// A measure over the files.
        public struct Measure: Sendable, Encodable {
            public var mean: Double
            /// 95 % bootstrap interval over files.
            public var low: Double
            public var high: Double
            /// Files with a value, and without.
            public var count: Int
            public var nulls: Int
        }

        public var codec: String
        /// What was asked for, kbit/s; null for anchors.
        public var rate: Double?
        public var versions: [String]
        public var files: Int
        public var failures: Int
        public var seconds: Double
        /// All bits divided by all seconds of the files that were coded, kbit/s.
        public var payloadKbps: Double?
        public var fileKbps: Double?
        /// Seconds of sound per second, from the times of the programs with their start.
        public var encodeSpeed: Double?
        public var decodeSpeed: Double?
        /// By identifier; a measure without any value is not there.
        public var measures: [String: Measure]
        /// Median of the delay that is left, samples at 16 kHz, over files where it is certain
        /// (correlation above 0.7); null where that is less than half of them.
        public var residualDelay: Double?
        /// Files with a certain delay of more than a millisecond left: a codec's delay that depends
        /// on the file.
        public var delayedFiles: Int

        /// `codec` or `codec@rate`.
        public var name: String { codec + (rate.map { "@" + CodecDescription.text($0) } ?? "") }
        /// The place on the rate axis.
        public var isAnchor: Bool { rate == nil }
    }

    /// Ordered by codec as they first occur, then by rate.
    public let points: [Point]
    /// Columns of the measures that occur, in the order of reports.
    public let columns: [ScoreSheet.Column]
    /// What a reader should know before believing the numbers.
    public let warnings: [String]
    /// Files that occur.
    public let files: [String]

    /// - Parameters:
    ///   - rows: as `ResultsFile.read` gives them, not empty.
    ///   - seed: of the bootstrap.
    public init(_ rows: [ComparisonRow], seed: UInt64 = 1) {
        var order: [String] = []
        var groups: [String: [Double?: [ComparisonRow]]] = [:]
        for row in rows {
            if groups[row.codec] == nil { order.append(row.codec) }
            groups[row.codec, default: [:]][row.rate, default: []].append(row)
        }
        let anchors = Anchor.allCases.map(\.rawValue)
        order = order.filter { !anchors.contains($0) } + anchors.filter { groups[$0] != nil }
        let identifiers = Set(rows.flatMap(\.metrics.keys))
        columns = Self.columns(
            identifiers, judges: rows.reduce(into: [:]) { $0.merge($1.judges) { $1 } })
        points = order.flatMap { codec in
            (groups[codec] ?? [:]).sorted { ($0.key ?? 0) < ($1.key ?? 0) }.map {
                Self.point(codec, $0.key, $0.value, identifiers, seed: seed)
            }
        }
        files = Set(rows.map(\.file)).sorted()
        warnings = Suspicion.all(points, columns: columns, files: files.count)
    }

    /// Codecs in the order of `points`, without anchors.
    public var codecs: [String] {
        var names: [String] = []
        for point in points where !point.isAnchor && !names.contains(point.codec) {
            names.append(point.codec)
        }
        return names
    }

    /// The curve of a codec: measured payload rate and mean of a measure, turned so that more is
    /// better.
    public func curve(_ codec: String, _ column: ScoreSheet.Column) -> [BDRate.Point] {
        points.compactMap { point in
            guard point.codec == codec, let rate = point.payloadKbps,
                let measure = point.measures[column.identifier]
            else { return nil }
            return (rate, column.higherIsBetter ? measure.mean : -measure.mean)
        }
    }

    /// Rate of a codec relative to another at equal quality.
    public func bdRate(_ tested: String, against reference: String, _ column: ScoreSheet.Column)
        throws(BDRate.Failure) -> BDRate
    {
        try BDRate(reference: curve(reference, column), tested: curve(tested, column))
    }

    private static func columns(_ identifiers: Set<String>, judges: [String: String]) -> [ScoreSheet
        .Column]
    {
        var columns = QualityMetrics.all.filter { identifiers.contains($0.identifier) }.map {
            ScoreSheet.Column(
                identifier: $0.identifier, title: $0.title, unit: $0.unit,
                higherIsBetter: $0.higherIsBetter, implementation: nil)
        }
        let known = Set(columns.map(\.identifier))
        // What outside programs measure; and measures of other versions of this program under their
        // bare names.
        for identifier in identifiers.subtracting(known).sorted() {
            let title =
                identifier == ExternalJudge.Measure.pesqWideband.rawValue ? "PESQ-WB" : identifier
            let isDistance = identifier.contains("distance") || identifier.contains("lsd")
            columns.append(
                .init(
                    identifier: identifier, title: title, unit: "", higherIsBetter: !isDistance,
                    implementation: judges[identifier]))
        }
        return columns
    }

    private static func point(
        _ codec: String, _ rate: Double?, _ rows: [ComparisonRow], _ identifiers: Set<String>,
        seed: UInt64
    ) -> Point {
        let coded = rows.filter { !$0.hasFailed }
        func total(_ value: (ComparisonRow) -> Double?) -> (sum: Double, seconds: Double)? {
            let found = coded.compactMap { row in value(row).map { ($0, row.sourceSeconds) } }
            guard !found.isEmpty else { return nil }
            return (found.reduce(0) { $0 + $1.0 }, found.reduce(0) { $0 + $1.1 })
        }
        func kbps(_ bytes: (ComparisonRow) -> Int?) -> Double? {
            total { bytes($0).map(Double.init) }.flatMap {
                $0.seconds > 0 ? $0.sum * 8 / $0.seconds / 1000 : nil
            }
        }
        func speed(_ seconds: (ComparisonRow) -> Double?) -> Double? {
            total(seconds).flatMap { $0.sum > 0 ? $0.seconds / $0.sum : nil }
        }
        var measures: [String: Point.Measure] = [:]
        for identifier in identifiers {
            let values = rows.compactMap { $0.metrics[identifier] ?? nil }
            guard let interval = BootstrapInterval(values, seed: seed) else { continue }
            measures[identifier] = .init(
                mean: interval.mean, low: interval.low, high: interval.high, count: interval.count,
                nulls: rows.count - interval.count)
        }
        let delays = coded.filter { ($0.residualCorrelation ?? 0) > 0.7 }.compactMap {
            $0.residualDelaySamples.map(Double.init)
        }.sorted()
        return Point(
            codec: codec, rate: rate, versions: Set(rows.map(\.version)).sorted(),
            files: rows.count, failures: rows.count - coded.count,
            seconds: coded.reduce(0) { $0 + $1.sourceSeconds }, payloadKbps: kbps(\.payloadBytes),
            fileKbps: kbps(\.fileBytes),
            encodeSpeed: speed(\.encodeSeconds), decodeSpeed: speed(\.decodeSeconds),
            measures: measures,
            residualDelay: delays.isEmpty || 2 * delays.count < coded.count
                ? nil : BootstrapInterval.quantile(delays, 0.5),
            delayedFiles: delays.count { abs($0) > Double(Comparison.sampleRate) / 1000 })
    }
}
