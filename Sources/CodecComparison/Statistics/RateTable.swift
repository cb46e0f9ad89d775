import ToolSupport

/// The BD-rates of all codecs against one: a line a codec and measure, with what must be known to
/// believe it.
public struct RateTable: Sendable {
    /// One codec and measure.
    public struct Line: Sendable, Encodable {
        public var codec: String
        public var reference: String
        /// The measure's identifier.
        public var measure: String
        /// Relative difference in rate at equal quality, negative where the codec needs less; null
        /// with a reason.
        public var bdRate: Double?
        /// Share of the qualities that either codec reaches and both do.
        public var overlap: Double?
        /// The ends of what both reach, on the measure's own scale.
        public var worst: Double?
        public var best: Double?
        /// Points of the codec with fewer.
        public var points: Int?
        /// Points of either codec that were left out, as a lower rate equals or beats them.
        public var without: [String] = []
        public var reason: String?
        /// Where no quality is reached by both: whether the codec's worst is above the reference's
        /// best.
        var isAbove: Bool?

        private enum CodingKeys: String, CodingKey {
            case codec, reference, measure, bdRate, overlap, worst, best, points, without, reason
        }

        /// Whether the number says little.
        var isWeak: Bool { (overlap ?? 0) < 0.75 || (points ?? 0) < 4 }
    }

    /// The codec to which the others' rates are related.
    public let reference: String
    public let lines: [Line]
    private let columns: [ScoreSheet.Column]

    static let note =
        """
        negative = needs less rate than the reference at equal quality; overlap = share of \
        the qualities that either reaches and both do; 
        """
            + """
            ! = overlap below 75 % or fewer than 4 points: says little; without = points that a \
            lower rate equals or beats
            """

    private static let usual = ["opus", "lame"]

    /// - Parameter reference: nil takes opus, then lame, where it is, else the first codec.
    /// - Returns: nil with fewer than two codecs.
    public init?(_ summary: Summary, against reference: String?) {
        let codecs = summary.codecs
        guard codecs.count > 1,
            let reference = reference ?? Self.usual.first(where: codecs.contains) ?? codecs.first
        else { return nil }
        self.reference = reference
        let columns = summary.columns.filter(\.comparesRates)
        self.columns = columns
        let tested = codecs.filter { $0 != reference }
        lines = tested.flatMap { codec in
            columns.map { Self.line(summary, codec, reference, $0) }
        }
    }

    /// Differences of less than this are no opinion.
    private static let indifference = 0.02

    /// A sentence for each codec about which the judges disagree.
    /// - Parameter names: of codecs, where they shall not have those of the results
    public func disagreements(_ names: [String: String] = [:]) -> [String] {
        var codecs: [String] = []
        for line in lines where line.codec != codecs.last { codecs.append(line.codec) }
        return codecs.compactMap { codec in
            disagreement(lines.filter { $0.codec == codec }, names)
        }
    }

    /// What judges say about one codec where not all say the same.
    private func disagreement(_ lines: [Line], _ names: [String: String]) -> String? {
        var less: [String] = []
        var more: [String] = []
        for line in lines {
            guard let column = columns.first(where: { $0.identifier == line.measure }),
                column.isJudgement
            else { continue }
            if let change = line.bdRate {
                let text = "\(column.title) (\(Self.percent(change))\(line.isWeak ? " !" : ""))"
                if change < -Self.indifference { less.append(text) }
                if change > Self.indifference { more.append(text) }
            } else if let isAbove = line.isAbove {
                let text = "\(column.title) (\(isAbove ? "better" : "worse") at every rate)"
                if isAbove { less.append(text) } else { more.append(text) }
            }
        }
        guard let first = lines.first, !less.isEmpty, !more.isEmpty else { return nil }
        let (codec, reference) = (
            names[first.codec] ?? first.codec, names[first.reference] ?? first.reference
        )
        return "judges disagree about \(codec): it needs less rate than \(reference) by "
            + "\(less.joined(separator: ", ")), more by \(more.joined(separator: ", "))"
    }

    private static func percent(_ change: Double) -> String {
        "\(change > 0 ? "+" : "")\(NumberText.fixed(100 * change, 1)) %"
    }

    private static func line(
        _ summary: Summary, _ codec: String, _ reference: String, _ column: ScoreSheet.Column
    ) -> Line {
        var line = Line(codec: codec, reference: reference, measure: column.identifier)
        do throws(BDRate.Failure) {
            let rate = try summary.bdRate(codec, against: reference, column)
            let sign = column.higherIsBetter ? 1.0 : -1
            line.bdRate = rate.change
            line.overlap = rate.overlap
            line.worst = sign * rate.qualities.lowerBound
            line.best = sign * rate.qualities.upperBound
            line.points = rate.points
            line.without =
                names(summary, codec, rate.droppedTested)
                + names(summary, reference, rate.droppedReference)
        } catch {
            line.reason = error.description
            guard error == .noOverlap else { return line }
            let own = summary.curve(codec, column).map(\.quality)
            let others = summary.curve(reference, column).map(\.quality)
            line.isAbove = (own.min() ?? 0) >= (others.max() ?? 0)
        }
        return line
    }

    /// The points of a codec at measured rates, by their names.
    private static func names(_ summary: Summary, _ codec: String, _ rates: [Double]) -> [String] {
        summary.points.filter { point in
            point.codec == codec && point.payloadKbps.map(rates.contains) == true
        }.map(\.name)
    }

    /// As text: a head, and a row a line; the columns of `texts` are words.
    /// - Parameter names: of codecs, where they shall not have those of the results
    public func rows(_ names: [String: String] = [:]) -> [[String]] {
        let head = "BD-rate against \(names[reference] ?? reference)"
        return [[head, "measure", "rate", "overlap", "qualities", "points", ""]]
            + lines.map { line in
                let codec = names[line.codec] ?? line.codec
                guard let column = columns.first(where: { $0.identifier == line.measure }) else {
                    return [codec, line.measure]
                }
                guard let change = line.bdRate, let overlap = line.overlap, let worst = line.worst,
                    let best = line.best, let points = line.points
                else {
                    return [codec, column.title, "-", "-", "-", "-", line.reason ?? ""]
                }
                let without = line.without.map { ConditionName($0).title(names) }
                let remarks = [
                    line.isWeak ? "!" : "",
                    without.isEmpty ? "" : "without " + without.joined(separator: ", "),
                ]
                return [
                    codec, column.title,
                    Self.percent(change),
                    "\(NumberText.fixed(100 * overlap, 0)) %",
                    "\(SummaryText.text(worst, column)) ... \(SummaryText.text(best, column))",
                    "\(points)",
                    remarks.filter { !$0.isEmpty }.joined(separator: " "),
                ]
            }
    }

    static let texts: Set<Int> = [0, 1, 6]
}
