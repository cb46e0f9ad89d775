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
            /// Files with a value, and without; a file without the events that a measure is about
            /// is in neither.
            public var count: Int
            public var nulls: Int
            /// Files whose value contradicts itself (`AlignmentFault`), and the mean of the others;
            /// null where there are none.
            public var marked = 0
            public var meanWithoutMarked: Double?
            /// The file with the worst value, and that value.
            public var worstFile: String?
            public var worst: Double?
        }

        public var codec: String
        /// What was asked for, kbit/s; null for anchors.
        public var rate: Double?
        public var versions: [String]
        /// The commands of its first row; null for anchors.
        public var encodeCommand: String?
        public var decodeCommand: String?
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
        /// Hz, at which its first file was compared.
        public var sampleRate: Int
        /// Median of the delay that is left, in samples, over files where it is certain
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
    /// Columns of the measures that have a value anywhere: what codecs are judged by before what
    /// explains it, each in the order of reports.
    public let columns: [ScoreSheet.Column]
    /// A sentence for each reason why measures have no value at all, such as judges that are not
    /// installed.
    public let unmeasured: [String]
    /// What a reader should know before believing the numbers.
    public let warnings: [String]
    /// The `ComparisonMode` of the first row.
    public let mode: String
    /// What to know first where there are many warnings.
    public var headline: String? { Suspicion.headline(warnings) }
    /// Files that occur.
    public let files: [String]
    /// Rows that are marked.
    public let faults: [AlignmentFault]

    /// - Parameters:
    ///   - rows: as `ResultsFile.read` gives them, not empty.
    ///   - seed: of the bootstrap.
    ///   - ratings: of listeners, as one more measure of the conditions that they heard
    public init(_ rows: [ComparisonRow], seed: UInt64 = 1, ratings: ListeningScores? = nil) {
        var order: [String] = []
        var groups: [String: [Double?: [ComparisonRow]]] = [:]
        for row in rows {
            if groups[row.codec] == nil { order.append(row.codec) }
            groups[row.codec, default: [:]][row.rate, default: []].append(row)
        }
        let anchors = Anchor.allCases.map(\.rawValue)
        order = order.filter { !anchors.contains($0) } + anchors.filter { groups[$0] != nil }
        mode = rows.first?.mode ?? ComparisonMode.speech.rawValue
        let measured = Self.columns(
            mode == ComparisonMode.speech.rawValue ? [.speech, .audio] : [.audio, .speech],
            Set(rows.flatMap(\.metrics.keys)),
            judges: rows.reduce(into: [:]) { $0.merge($1.judges) { $1 } })
        let faults = AlignmentFault.find(rows)
        var points = order.flatMap { codec in
            (groups[codec] ?? [:]).sorted { ($0.key ?? 0) < ($1.key ?? 0) }.map { rate, rows in
                Self.point(
                    codec, rate, rows, measured,
                    faults: faults.filter { $0.codec == codec && $0.rate == rate }, seed: seed)
            }
        }
        files = Set(rows.map(\.file)).sorted()
        let unheard = ratings.map { Self.enter($0, in: &points) } ?? []
        let found = measured.filter { column in
            points.contains { $0.measures[column.identifier] != nil }
        }
        unmeasured = Self.unmeasured(measured.filter { !found.contains($0) }, rows)
        let columns = Self.judgementsFirst(
            (ratings == nil ? [] : [ScoreSheet.listening]) + found)
        self.points = points
        self.columns = columns
        self.faults = faults
        warnings =
            Suspicion.modes(rows) + Suspicion.all(points, columns: columns, files: files.count)
            + Suspicion.faults(faults, columns: columns) + Suspicion.rows(rows)
            + unheard.map { "listeners rated \($0), which the results do not have" }
    }

    private static func judgementsFirst(_ columns: [ScoreSheet.Column]) -> [ScoreSheet.Column] {
        let first = ["listening", "pesq_wb", "estoi", "visqol", "nmr_db", "zimtohrli"]
        func rank(_ column: ScoreSheet.Column) -> Int {
            let place = column.isJudgement ? first.firstIndex(of: column.identifier) : nil
            return place ?? first.count + (column.isJudgement ? 0 : 1)
        }
        return (0...first.count + 1).flatMap { place in columns.filter { rank($0) == place } }
    }

    private static func unmeasured(_ columns: [ScoreSheet.Column], _ rows: [ComparisonRow])
        -> [String]
    {
        var titles: [String: [String]] = [:]
        var order: [String] = []
        for column in columns {
            let reason = rows.lazy.compactMap { $0.reasons[column.identifier] }.first ?? "no row"
            if titles[reason] == nil { order.append(reason) }
            titles[reason, default: []].append(column.title)
        }
        return order.map {
            "No values of \(titles[$0, default: []].joined(separator: ", ")): \($0)"
        }
    }

    /// Puts what listeners said into the points of the conditions that they heard.
    /// - Returns: Conditions without a point.
    private static func enter(_ ratings: ListeningScores, in points: inout [Point]) -> [String] {
        ratings.conditions.compactMap { condition in
            let name =
                condition.condition == ListeningScores.hidden
                ? Anchor.original.rawValue : condition.condition
            guard let index = points.firstIndex(where: { $0.name == name }) else {
                return condition.condition
            }
            points[index].measures[ScoreSheet.listening.identifier] = .init(
                mean: condition.mean, low: condition.low, high: condition.high,
                count: condition.ratings, nulls: 0)
            return nil
        }
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

    /// - Parameter sets: where columns are looked for, the first one first.
    private static func columns(
        _ sets: [MeasureSet], _ identifiers: Set<String>, judges: [String: String]
    ) -> [ScoreSheet.Column] {
        var own: [ScoreSheet.Column] = []
        for column in sets.flatMap(ScoreSheet.ownColumns)
        where !own.contains(where: { $0.identifier == column.identifier }) {
            own.append(column)
        }
        let known =
            own
            + ExternalJudge.Measure.allCases.map {
                ScoreSheet.Column($0, implementation: judges[$0.identifier])
            }
        let names = Set(known.map(\.identifier))
        return known.filter { identifiers.contains($0.identifier) }
            + identifiers.subtracting(names).sorted().map { .init(unknown: $0) }
    }

    private static func point(
        _ codec: String, _ rate: Double?, _ rows: [ComparisonRow], _ columns: [ScoreSheet.Column],
        faults: [AlignmentFault], seed: UInt64
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
        for column in columns {
            let identifier = column.identifier
            let marked = Set(faults.filter { $0.measure == identifier }.map(\.file))
            func interval(_ rows: [ComparisonRow]) -> BootstrapInterval? {
                if let pool = column.pool, let statistic = column.statistic {
                    return BootstrapInterval(
                        rows.compactMap { $0.pools[pool] }, statistic, seed: seed)
                }
                return BootstrapInterval(
                    rows.compactMap { $0.metrics[identifier] ?? nil }, seed: seed)
            }
            guard let all = interval(rows) else { continue }
            // A file without onsets has nothing to say about them, which is no fault.
            let nulls =
                column.pool == nil
                ? rows.count - all.count
                : rows.count { $0.hasFailed || $0.metrics.index(forKey: identifier) == nil }
            let values = rows.compactMap { row in
                (row.metrics[identifier] ?? nil).map { (file: row.file, value: $0) }
            }
            let worst = values.max {
                column.higherIsBetter ? $0.value > $1.value : $0.value < $1.value
            }
            measures[identifier] = .init(
                mean: all.mean, low: all.low, high: all.high, count: all.count,
                nulls: nulls, marked: marked.count,
                meanWithoutMarked: marked.isEmpty
                    ? nil : interval(rows.filter { !marked.contains($0.file) })?.mean,
                worstFile: worst?.file, worst: worst?.value)
        }
        let certain = coded.filter { ($0.residualCorrelation ?? 0) > Comparison.certainCorrelation }
        let delays = certain.compactMap { $0.residualDelaySamples.map(Double.init) }.sorted()
        return Point(
            codec: codec, rate: rate, versions: Set(rows.map(\.version)).sorted(),
            encodeCommand: rows.first?.encodeCommand, decodeCommand: rows.first?.decodeCommand,
            files: rows.count, failures: rows.count - coded.count,
            seconds: coded.reduce(0) { $0 + $1.sourceSeconds }, payloadKbps: kbps(\.payloadBytes),
            fileKbps: kbps(\.fileBytes),
            encodeSpeed: speed(\.encodeSeconds), decodeSpeed: speed(\.decodeSeconds),
            measures: measures, sampleRate: rows.first?.sampleRate ?? 16_000,
            residualDelay: delays.isEmpty || 2 * delays.count < coded.count
                ? nil : BootstrapInterval.quantile(delays, 0.5),
            delayedFiles: certain.count {
                abs($0.residualDelaySamples ?? 0) > $0.sampleRate / 1000
            })
    }
}
