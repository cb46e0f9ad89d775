/// Results of several files as one: of the shares of a comparison that several machines ran, of
/// runs that were killed and repeated, of codecs that were added later.
///
/// The rows and their order depend on what was measured alone, not on which file has it: the merged
/// shares are the merged results of a run without shares, but for the times that coding took.
public struct MergedResults: Sendable {
    /// By file, codec and rate.
    public private(set) var rows: [ComparisonRow] = []
    /// Rows that further files had for the same measurement.
    public private(set) var repeats = 0
    /// Measurements of which two files say something different, as text.
    public private(set) var conflicts: [String] = []
    /// Files whose last line is torn: their run was killed, or is still writing.
    public private(set) var torn: [String] = []
    /// File, codec and rate of rows that are nowhere, where others have such rows: all files should
    /// have the same.
    public private(set) var missing: [String] = []

    /// - Parameter paths: files of results; of two rows for one measurement the one counts that
    ///   has more measures, else the first.
    /// - Throws: `cannotRead`, `badRow`; `unusableResults` where there is no row at all.
    public init(_ paths: [String]) throws(ComparisonError) {
        var found: [[String]: (row: ComparisonRow, path: String)] = [:]
        for path in paths {
            let results = try ResultsFile.readWhole(path)
            if results.isTorn { torn.append(path) }
            for row in results.rows {
                guard let (other, place) = found[row.key] else {
                    found[row.key] = (row, path)
                    continue
                }
                repeats += 1
                if row.measuredCount > other.measuredCount { found[row.key] = (row, path) }
                if row.measuredCount == other.measuredCount, !row.isSameMeasurement(as: other) {
                    conflicts.append(
                        "\(row.file), \(row.name): other values in \(path) than in \(place)")
                }
            }
        }
        guard !found.isEmpty else {
            throw .unusableResults("\(paths.joined(separator: ", ")): no results")
        }
        rows = found.values.map(\.row).sorted { $0.place.lexicographicallyPrecedes($1.place) }
        missing = Self.gaps(rows)
    }

    /// Every file should have a row for every coder that any has, in each mode that it was measured
    /// in.
    private static func gaps(_ rows: [ComparisonRow]) -> [String] {
        Dictionary(grouping: rows, by: \.mode).sorted { $0.key < $1.key }
            .flatMap { gapsOfMode($0.value) }
    }

    private static func gapsOfMode(_ rows: [ComparisonRow]) -> [String] {
        var coders: [[String]: String] = [:]
        var files: [[String]: Set<[String]>] = [:]
        for row in rows {
            coders[row.coderKey] = row.name
            files[[row.file, row.sourceSHA256], default: []].insert(row.coderKey)
        }
        let all = coders.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return files.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { file, has in
            all.filter { !has.contains($0.key) }.map { "\(file[0]), \($0.value)" }
        }
    }

    /// Numbers of what there is.
    public var fileCount: Int { Set(rows.map { [$0.file, $0.sourceSHA256] }).count }
    public var coderCount: Int { Set(rows.map(\.coderKey)).count }
}

extension ComparisonRow {
    /// The key without the file: what was done with it.
    fileprivate var coderKey: [String] { Array(key.dropFirst(2)) }

    /// By which rows are sorted: as the key, rates by their size.
    fileprivate var place: [String] {
        var place = key
        if let rate {
            // Rates are above 0 and below 10000; as many digits for all sort as numbers do.
            let digits = CodecDescription.text(rate)
            let whole = digits.prefix { $0 != "." }.count
            place[3] = String(repeating: "0", count: max(0, 8 - whole)) + digits
        }
        return [place[0], place[2], place[3]] + place
    }

    /// Columns that have a value; -1 where coding failed.
    fileprivate var measuredCount: Int {
        hasFailed ? -1 : metrics.values.count { $0 != nil }
    }

    /// The same but for times, where the decoded sound lies, and who judged.
    fileprivate func isSameMeasurement(as other: ComparisonRow) -> Bool {
        func timeless(_ row: ComparisonRow) -> ComparisonRow {
            var row = row
            (row.encodeSeconds, row.decodeSeconds, row.decoded) = (nil, nil, nil)
            row.judges = [:]
            return row
        }
        return timeless(self) == timeless(other)
    }
}
