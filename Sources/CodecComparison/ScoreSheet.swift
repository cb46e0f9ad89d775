import QualityMetrics

/// The measures of a comparison together, and why some of them are not there.
public struct ScoreSheet: Sendable {
    /// A measure as a column of a table.
    public struct Column: MeasureColumn, Equatable {
        public var identifier: String
        public var title: String
        public var unit: String
        public var higherIsBetter: Bool
        public var comparesRates = true
        public var originalIsBest = true
        public var decimals: Int
        /// The pool that the value of many files comes from, and how; nil for the mean of the
        /// files' values.
        public var pool: String?
        public var statistic: PoolStatistic?
        /// An overall opinion of how good it sounds or how well it is understood: what codecs are
        /// judged by.
        public var isJudgement = false
        /// Package and version of an outside program.
        public var implementation: String?

        init(_ column: some MeasureColumn, isJudgement: Bool = false) {
            identifier = column.identifier
            title = column.title
            unit = column.unit
            higherIsBetter = column.higherIsBetter
            comparesRates = column.comparesRates
            originalIsBest = column.originalIsBest
            decimals = column.decimals
            if let pooled = column as? PooledColumn {
                pool = pooled.pool
                statistic = pooled.statistic
            }
            self.isJudgement = isJudgement
        }

        init(_ judge: ExternalJudge.Measure, implementation: String?) {
            identifier = judge.identifier
            title = judge.title
            unit = ""
            higherIsBetter = judge.higherIsBetter
            originalIsBest = !judge.ignoresReference
            decimals = judge.decimals
            isJudgement = true
            self.implementation = implementation
        }

        /// A measure of another version of this program, under its bare name.
        init(unknown identifier: String) {
            self.identifier = identifier
            title = identifier
            unit = ""
            higherIsBetter = !identifier.contains("distance") && !identifier.contains("lsd")
            decimals = 3
        }
    }

    /// What listeners said (`ListeningScores`), 0 bad ... 100 excellent.
    static let listening: Column = {
        var column = Column(unknown: "listening")
        column.title = "Listening"
        column.unit = "points"
        column.decimals = 1
        column.isJudgement = true
        return column
    }()

    /// Values by the measures' identifiers; a missing value is nil and has a reason.
    public struct Scores: Sendable, Equatable {
        public var values: [String: Double?] = [:]
        public var reasons: [String: String] = [:]
        /// By the names of pools.
        public var pools: [String: MetricPool] = [:]
    }

    /// What this program computes itself, in the order of reports.
    static func ownColumns(_ measures: MeasureSet) -> [Column] {
        func column(_ column: some MeasureColumn) -> Column {
            Column(column, isJudgement: measures.judgements.contains(column.identifier))
        }
        return measures.metrics.map { column($0) }
            + measures.pooled.flatMap(\.columns).map { column($0) }
    }

    public let columns: [Column]
    private let measures: MeasureSet
    private let judges:
        [(measure: ExternalJudge.Measure, judge: Result<ExternalJudge, QualityMetricError>)]

    /// - Parameters:
    ///   - measures: what to measure.
    ///   - judgeFolder: where the outside judges are installed; columns of
    ///     those that are not there are empty.
    ///   - judges: which of them to ask; nil = those of the measures.
    public init(
        _ measures: MeasureSet, judgeFolder: String = ExternalJudge.defaultFolder,
        judges: [ExternalJudge.Measure]? = nil
    ) {
        self.measures = measures
        self.judges = (judges ?? measures.judges).map { measure in
            (
                measure,
                Result { () throws(QualityMetricError) in
                    try ExternalJudge(measure, folder: judgeFolder)
                }
            )
        }
        columns =
            Self.ownColumns(measures)
            + self.judges.map {
                Column($0.measure, implementation: try? $0.judge.get().implementation)
            }
    }

    /// Implementations of the measures that outside programs compute, by identifier.
    public var implementations: [String: String] {
        Dictionary(
            uniqueKeysWithValues: columns.compactMap { column in
                column.implementation.map { (column.identifier, $0) }
            })
    }

    /// Why measures will be null in all rows, as text for the user; nil where all are there.
    public var missing: String? {
        var titles: [String: [String]] = [:]
        var order: [String] = []
        for (measure, judge) in judges {
            guard case .failure(let error) = judge else { continue }
            let reason = error.description
            if titles[reason] == nil { order.append(reason) }
            titles[reason, default: []].append(measure.title)
        }
        guard !order.isEmpty else { return nil }
        return order.map { reason in
            "\(titles[reason, default: []].joined(separator: ", ")) will be empty: \(reason)"
        }.joined(separator: "; ")
    }

    /// Scores of several sounds, in order. One process a judge scores them all.
    public func score(_ pairs: [SoundPair]) -> [Scores] {
        var sheets = pairs.map(own)
        for (measure, judge) in judges {
            let results = judge.flatMap { judge in
                Result { () throws(QualityMetricError) in try judge.scores(pairs) }
            }
            for index in pairs.indices {
                Self.enter(
                    results.flatMap {
                        $0.indices.contains(index) ? $0[index] : .failure(.judgeFailed("no answer"))
                    }, as: measure.identifier, in: &sheets[index])
            }
        }
        return sheets
    }

    /// What this program computes itself.
    private func own(_ pair: SoundPair) -> Scores {
        var scores = Scores()
        for metric in measures.metrics {
            Self.enter(
                Result { () throws(QualityMetricError) in try metric.score(pair) },
                as: metric.identifier, in: &scores)
        }
        for metric in measures.pooled {
            let found = Result { () throws(QualityMetricError) in try metric.pools(pair) }
            if case .success(let pools) = found { scores.pools.merge(pools) { $1 } }
            for column in metric.columns {
                let value = found.flatMap { pools -> Result<Double, QualityMetricError> in
                    guard let pool = pools[column.pool],
                        let value = column.statistic.value(of: [pool])
                    else { return .failure(.tooFewActiveFrames(found: 0, required: 1)) }
                    return .success(value)
                }
                Self.enter(value, as: column.identifier, in: &scores)
            }
        }
        return scores
    }

    private static func enter(
        _ result: Result<Double, QualityMetricError>, as identifier: String, in scores: inout Scores
    ) {
        switch result {
        case .success(let value) where value.isFinite: scores.values[identifier] = value
        case .success(let value):
            scores.values[identifier] = .some(nil)
            scores.reasons[identifier] = value > 0 ? "infinite: nothing was changed" : "\(value)"
        case .failure(let error):
            scores.values[identifier] = .some(nil)
            scores.reasons[identifier] = error.description
        }
    }
}
