/// The names of a chart's series side by side below its title, in rows that fit.
struct ChartLegend {
    /// Distance of rows, pixels.
    static let row = 20.0
    /// Length of the piece of line before a name.
    static let sample = 26.0
    /// Where rows begin, and what stays free at their end.
    private static let margin = (left: 60.0, right: 20.0)

    struct Entry: Equatable {
        /// nil for what counts the names that are left out.
        let series: Int?
        let text: String
        /// Of the piece of line, from the left.
        let x: Double
    }

    let rows: [[Entry]]
    /// Pixels.
    var height: Double { Double(rows.count) * Self.row }

    /// - Parameter height: that rows may take; names that do not fit are counted at the end
    init(_ chart: LineChart, height: Double) {
        let named = chart.series.indices.filter { !chart.series[$0].name.isEmpty }
        let most = Int(height / Self.row)
        guard chart.series.count > 1, !named.isEmpty, most > 0 else {
            rows = []
            return
        }
        let right = Double(chart.width) - Self.margin.right
        let widest = right - Self.margin.left - Self.sample - 7
        var rows: [[Entry]] = [[]]
        var position = Self.margin.left
        for (place, index) in named.enumerated() {
            let text = Self.shortened(chart.series[index].name, width: widest)
            let width = Self.sample + 30 + ChartFont.width(of: text)
            if position + width - 23 > right, !rows[rows.count - 1].isEmpty {
                guard rows.count < most else {
                    rows[most - 1] = Self.counted(
                        rows[most - 1], named.count - place, end: position, right: right)
                    break
                }
                rows.append([])
                position = Self.margin.left
            }
            rows[rows.count - 1].append(Entry(series: index, text: text, x: position))
            position += width
        }
        self.rows = rows
    }

    /// A last row with the number of names that it has no room for, which takes that of its last
    /// entries.
    /// - Parameter end: where a further entry would begin
    private static func counted(_ row: [Entry], _ count: Int, end: Double, right: Double) -> [Entry]
    {
        var row = row
        var left = count
        var position = end
        while let last = row.last, position + ChartFont.width(of: "and \(left) more") > right {
            row.removeLast()
            left += 1
            position = last.x
        }
        return row + [Entry(series: nil, text: "and \(left) more", x: position)]
    }

    /// A name that is too wide without its middle: beginnings and ends tell files apart.
    private static func shortened(_ name: String, width: Double) -> String {
        guard ChartFont.width(of: name) > width else { return name }
        let letters = Array(name)
        var kept = letters.count - 1
        func text(_ kept: Int) -> String {
            String(letters.prefix((kept + 1) / 2)) + "…" + String(letters.suffix(kept / 2))
        }
        while kept > 1, ChartFont.width(of: text(kept)) > width { kept -= 1 }
        return text(kept)
    }
}
