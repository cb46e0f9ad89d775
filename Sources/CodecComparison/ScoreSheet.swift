import QualityMetrics

/// All measures of this project together, and why some of them are not there.
public struct ScoreSheet: Sendable {
    /// A measure as a column of a table.
    public struct Column: Sendable, Equatable {
        public var identifier: String
        public var title: String
        public var unit: String
        public var higherIsBetter: Bool
        /// Package and version of an outside program.
        public var implementation: String?
    }

    /// Values by the measures' identifiers; a missing value is nil and has a reason.
    public struct Scores: Sendable, Equatable {
        public var values: [String: Double?] = [:]
        public var reasons: [String: String] = [:]
    }

    public let columns: [Column]
    private let judge: Result<ExternalJudge, QualityMetricError>

    /// - Parameter judgeFolder: where `Scripts/judges.sh` has installed PESQ; without it that
    ///   column is empty.
    public init(judgeFolder: String = ExternalJudge.defaultFolder) {
        var columns = QualityMetrics.all.map {
            Column(
                identifier: $0.identifier, title: $0.title, unit: $0.unit,
                higherIsBetter: $0.higherIsBetter, implementation: nil)
        }
        do throws(QualityMetricError) {
            let found = try ExternalJudge(.pesqWideband, folder: judgeFolder)
            judge = .success(found)
        } catch {
            judge = .failure(error)
        }
        columns.append(
            Column(
                identifier: ExternalJudge.Measure.pesqWideband.rawValue, title: "PESQ-WB", unit: "",
                higherIsBetter: true,
                implementation: try? judge.get().implementation))
        self.columns = columns
    }

    /// Implementations of the measures that outside programs compute, by identifier.
    public var implementations: [String: String] {
        Dictionary(
            uniqueKeysWithValues: columns.compactMap { column in
                column.implementation.map { (column.identifier, $0) }
            })
    }

    /// Scores of several pairs, in order. One process judges them all.
    public func score(_ pairs: [SignalPair]) -> [Scores] {
        var sheets = pairs.map { pair in
            var scores = Scores()
            for metric in QualityMetrics.all {
                Self.enter(
                    Result { () throws(QualityMetricError) in try metric.score(pair) },
                    as: metric.identifier, in: &scores)
            }
            return scores
        }
        let identifier = ExternalJudge.Measure.pesqWideband.rawValue
        let results = judge.flatMap { judge in
            Result { () throws(QualityMetricError) in try judge.scores(pairs) }
        }
        for index in pairs.indices {
            Self.enter(
                results.flatMap {
                    $0.indices.contains(index) ? $0[index] : .failure(.judgeFailed("no answer"))
                }, as: identifier, in: &sheets[index])
        }
        return sheets
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
