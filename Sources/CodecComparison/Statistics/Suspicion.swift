import ToolSupport

/// Signs that a row of a summary is not what it seems: mostly a codec that is called in a wrong
/// way.
enum Suspicion {
    /// Rows of comparisons that have nothing in common.
    static func modes(_ rows: [ComparisonRow]) -> [String] {
        let modes = Set(rows.map(\.mode)).sorted()
        guard modes.count > 1 else { return [] }
        return ["the rows mix the modes \(modes.joined(separator: ", "))"]
    }

    static func all(_ points: [Summary.Point], columns: [ScoreSheet.Column], files: Int) -> [String]
    {
        var warnings: [(name: String, text: String)] = []
        let original = points.first { $0.codec == Anchor.original.rawValue }
        for point in points {
            func warn(_ text: String) { warnings.append((point.name, text)) }
            if point.failures > 0 {
                warn(
                    """
                    coding failed in \(point.failures) of \
                    \(NumberText.count(point.files, "row"))
                    """
                )
            }
            if point.versions.count > 1 {
                warn("mixes versions: \(point.versions.joined(separator: " / "))")
            }
            if point.files < files, point.versions.count == 1 {
                warn("only \(point.files) of \(files) files")
            }
            for column in columns {
                guard let measure = point.measures[column.identifier] else { continue }
                if measure.nulls > point.failures {
                    warn(
                        """
                        \(column.title) is missing in \(measure.nulls) of \
                        \(NumberText.count(point.files, "row")); the mean is over the others
                        """
                    )
                }
                if column.originalIsBest,
                    let best = original?.measures[column.identifier]?.mean,
                    column.higherIsBetter ? measure.mean > best + 1e-9 : measure.mean < best - 1e-9
                {
                    warn("\(column.title) is better than that of the original")
                }
            }
            for text in rates(point) + delay(point) { warn(text) }
            if let rate = point.rate, rate > 8, let pesq = point.measures["pesq_wb"]?.mean,
                pesq < 1.3
            {
                warn(
                    """
                    PESQ-WB \(NumberText.fixed(pesq, 2)) above 8 kbit/s: is the \
                    codec called in the right way?
                    """
                )
            }
            if let rate = point.rate, rate > 8, let estoi = point.measures["estoi"]?.mean,
                estoi < 0.5
            {
                warn(
                    """
                    ESTOI \(NumberText.fixed(estoi, 2)) above 8 kbit/s: is the \
                    codec called in the right way?
                    """
                )
            }
        }
        return merged(warnings)
    }

    /// Warnings that say the same of several conditions as one.
    private static func merged(_ warnings: [(name: String, text: String)]) -> [String] {
        var names: [String: [String]] = [:]
        var order: [String] = []
        for (name, text) in warnings {
            if names[text] == nil { order.append(text) }
            names[text, default: []].append(name)
        }
        return order.map { "\(names[$0, default: []].joined(separator: ", ")): \($0)" }
    }

    /// One sentence for more warnings than anybody reads: how many there are, and what most of them
    /// are about; nil for a few.
    static func headline(_ warnings: [String]) -> String? {
        guard warnings.count >= many else { return nil }
        // The same but for names and numbers.
        func kind(_ warning: String) -> String {
            let text = warning.split(separator: ": ", maxSplits: 1).last ?? ""
            return String(text.map { $0.isNumber ? "0" : $0 })
                .replacing(/0[0., ]*/, with: "0")
        }
        let counts = Dictionary(grouping: warnings, by: kind).mapValues(\.count)
        let most = counts.values.max() ?? 0
        guard let first = warnings.first(where: { counts[kind($0)] == most }) else { return nil }
        let such = most > 1 ? "\(most) of them like" : "the first"
        return "\(warnings.count) warnings, listed with these numbers; \(such): \(first)"
    }

    /// From how many warnings on a summary has a headline.
    private static let many = 5

    /// Rows that are named; the others are counted.
    private static let named = 8

    /// Rows in which PESQ contradicts itself.
    static func faults(_ faults: [AlignmentFault], columns: [ScoreSheet.Column]) -> [String] {
        some(
            faults.map { fault in
                let title = columns.first { $0.identifier == fault.measure }?.title ?? fault.measure
                let (rate, lower) = (
                    CodecDescription.text(fault.rate), CodecDescription.text(fault.lowerRate)
                )
                return "\(fault.file): \(title) of \(fault.codec)@\(rate) is "
                    + """
                    \(NumberText.fixed(fault.value, 2)), @\(lower) \
                    \(NumberText.fixed(fault.lowerValue, 2)),
                    """
                    + " while ESTOI rises: marked, its alignment has failed"
            }, rest: "marked rows")
    }

    /// What the reader found odd in sources and decoded sounds.
    static func rows(_ rows: [ComparisonRow]) -> [String] {
        var seen: Set<String> = []
        var texts: [String] = []
        for row in rows {
            for warning in row.warnings {
                // A source is the same in all of its rows.
                let text =
                    warning.hasPrefix("source: ")
                    ? "\(row.file): \(warning)" : "\(row.name), \(row.file): \(warning)"
                if seen.insert(text).inserted { texts.append(text) }
            }
        }
        return some(texts, rest: "warnings of readers")
    }

    private static func some(_ texts: [String], rest: String) -> [String] {
        guard texts.count > named else { return texts }
        return texts.prefix(named) + ["\(texts.count - named) further \(rest)"]
    }

    /// What is odd about a condition's rates, without its name.
    private static func rates(_ point: Summary.Point) -> [String] {
        guard let rate = point.rate, let payload = point.payloadKbps else { return [] }
        var warnings: [String] = []
        if let file = point.fileKbps, payload > file {
            warnings.append("more payload than file")
        }
        // A quarter: variable rates and storage formats are allowed to differ, a wrong count is
        // not.
        if abs(payload / rate - 1) > 0.25 {
            warnings.append("payload is \(NumberText.fixed(payload, 2)) kbit/s")
        }
        return warnings
    }

    /// What is odd about a condition's delay, without its name.
    private static func delay(_ point: Summary.Point) -> [String] {
        // A quarter of a millisecond may be the codec's own (Opus's modes differ by two samples at
        // 16 kHz); a false delay in a description is more.
        if let left = point.residualDelay, abs(left) > Double(point.sampleRate) / 4_000 {
            return [
                """
                a delay of \(NumberText.fixed(left, 1)) samples is left: is \
                delaySamples in its description right?
                """
            ]
        }
        // A tenth: the correlation of a single file may be misled by the pitch.
        guard point.delayedFiles > 0, 10 * point.delayedFiles >= point.files else { return [] }
        let files = "\(point.delayedFiles) of \(NumberText.count(point.files, "file"))"
        return ["a delay is left in \(files): does the codec's delay depend on the file?"]
    }
}
