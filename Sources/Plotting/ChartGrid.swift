/// Line charts side by side in one picture, for documents: rows of equal cells, filled from the top
/// left.
public struct ChartGrid: Sendable {
    public var charts: [LineChart]
    /// Charts in a row.
    public var columns: Int

    public init(_ charts: [LineChart], columns: Int) {
        self.charts = charts
        self.columns = columns
    }

    /// Cells in a row and rows, and pixels of a cell, which is as large as the largest chart.
    private func cells() throws(PlottingError) -> (across: Int, down: Int, width: Int, height: Int)
    {
        guard !charts.isEmpty, columns > 0 else { throw .nothingToDraw }
        let across = min(columns, charts.count)
        let down = (charts.count + across - 1) / across
        let width = charts.map(\.width).max() ?? 0
        let height = charts.map(\.height).max() ?? 0
        // Before the product, which might overflow.
        guard across <= 100, down <= 100, width <= 20_000, height <= 20_000 else {
            throw .unsupportedSize(width: width, height: height)
        }
        return (across, down, width, height)
    }

    /// The picture. Each cell is as large as the largest chart.
    /// - Throws: `nothingToDraw` without charts; as `LineChart.image`.
    public func image(_ theme: Theme = .light) throws(PlottingError) -> RasterImage {
        let cells = try cells()
        var picture = try RasterImage(
            width: cells.across * cells.width, height: cells.down * cells.height,
            background: theme.background)
        for (index, chart) in charts.enumerated() {
            picture.paste(
                try chart.image(theme), x: index % cells.across * cells.width,
                y: index / cells.across * cells.height)
        }
        return picture
    }

    /// The picture as an SVG file.
    /// - Throws: as `image`.
    public func svg() throws(PlottingError) -> String {
        let cells = try cells()
        let size = (cells.across * cells.width, cells.down * cells.height)
        var lines = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(size.0)" height="\(size.1)" \
            viewBox="0 0 \(size.0) \(size.1)">
            """,
            SVGCanvas.style,
            "<rect width=\"\(size.0)\" height=\"\(size.1)\" class=\"ground\" fill=\"#ffffff\"/>",
        ]
        for (index, chart) in charts.enumerated() {
            let place = Position(
                Double(index % cells.across * cells.width),
                Double(index / cells.across * cells.height))
            lines.append(try chart.canvas(prefix: "p\(index)").element(at: place))
        }
        return lines.joined(separator: "\n") + "</svg>\n"
    }

    /// The picture as a PNG file.
    /// - Throws: as `image`; `encodingFailed`.
    public func png(_ theme: Theme = .light) throws(PlottingError) -> [UInt8] {
        try image(theme).png()
    }
}
