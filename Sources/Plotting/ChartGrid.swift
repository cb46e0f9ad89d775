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

    /// The picture. Each cell is as large as the largest chart.
    /// - Throws: `nothingToDraw` without charts; as `LineChart.image`.
    public func image() throws(PlottingError) -> RasterImage {
        guard !charts.isEmpty, columns > 0 else { throw .nothingToDraw }
        let across = min(columns, charts.count)
        let down = (charts.count + across - 1) / across
        let width = charts.map(\.width).max() ?? 0
        let height = charts.map(\.height).max() ?? 0
        // Before the product, which might overflow.
        guard across <= 100, down <= 100, width <= 20_000, height <= 20_000 else {
            throw .unsupportedSize(width: width, height: height)
        }
        var picture = try RasterImage(width: across * width, height: down * height)
        for (index, chart) in charts.enumerated() {
            picture.paste(try chart.image(), x: index % across * width, y: index / across * height)
        }
        return picture
    }

    /// The picture as a PNG file.
    /// - Throws: as `image`; `encodingFailed`.
    public func png() throws(PlottingError) -> [UInt8] { try image().png() }
}
