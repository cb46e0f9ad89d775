/// A chart of one or more series over a common axis: training curves, quality over rate. Drawn as
/// SVG or as PNG, from the same layout.
public struct LineChart: Sendable {
    /// An axis.
    public struct Axis: Sendable {
        public enum Scale: Sendable { case linear, logarithmic }

        /// What is measured, with the unit.
        public var label: String
        public var scale: Scale
        /// What is shown; without it all of the data and a little margin. On a logarithmic axis
        /// both ends are positive.
        public var range: ClosedRange<Double>?
        /// How much of a linear axis is shown at least, so that small differences do not look
        /// large; it has no effect on a logarithmic axis or beside `range`.
        public var leastSpan: Double

        public init(
            _ label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil,
            leastSpan: Double = 0
        ) {
            self.label = label
            self.scale = scale
            self.range = range
            self.leastSpan = leastSpan
        }
    }

    /// A data point. Points that are not finite, or not positive on a logarithmic axis, are left
    /// out and interrupt the line.
    public struct Point: Sendable, Equatable {
        public var x: Double
        public var y: Double
        /// For example a confidence interval: drawn as a vertical bar.
        public var interval: ClosedRange<Double>?
        /// Written beside the point.
        public var label: String?

        public init(
            _ x: Double, _ y: Double, interval: ClosedRange<Double>? = nil, label: String? = nil
        ) {
            self.x = x
            self.y = y
            self.interval = interval
            self.label = label
        }
    }

    /// A named line.
    public struct Series: Sendable {
        public enum Style: Sendable {
            /// A line only: for many points.
            case line
            /// A line with a mark at each point: for measurements.
            case markedLine
            /// Marks only.
            case marks
            /// A thin, pale line: the raw values behind a smoothed curve.
            case faint
        }

        public var name: String
        public var points: [Point]
        public var style: Style
        /// Place of its colour in `Theme.series`, and of its mark; without it that in the chart.
        public var place: Int?

        public init(_ name: String, _ points: [Point], style: Style = .line, place: Int? = nil) {
            self.name = name
            self.points = points
            self.style = style
            self.place = place
        }

        /// A series of pairs (x, y).
        public init(
            _ name: String, x: [Double], y: [Double], style: Style = .line, place: Int? = nil
        ) {
            self.init(name, zip(x, y).map { Point($0, $1) }, style: style, place: place)
        }
    }

    public var title: String
    public var xAxis: Axis
    public var yAxis: Axis
    public var series: [Series]
    /// Pixels, or units of the SVG.
    public var width: Int
    public var height: Int

    public init(
        title: String, xAxis: Axis, yAxis: Axis, series: [Series], width: Int = 900,
        height: Int = 540
    ) {
        self.title = title
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.series = series
        self.width = width
        self.height = height
    }

    /// The chart as an SVG file, light or dark as where it is looked at.
    /// - Throws: `nothingToDraw` without a single usable point; `unsupportedSize` below 240 x 160
    ///   or above 20,000.
    public func svg() throws(PlottingError) -> String { try canvas().document }

    /// - Parameter prefix: of names that are those of the whole file
    func canvas(prefix: String = "") throws(PlottingError) -> SVGCanvas {
        let layout = try LineChartLayout(self)
        var canvas = SVGCanvas(width: width, height: height, prefix: prefix)
        canvas.rectangle(
            Area(x: 0, y: 0, width: Double(width), height: Double(height)), fill: .background)
        layout.draw(on: &canvas)
        return canvas
    }

    /// The chart as pixels.
    /// - Throws: as `svg`; `fontUnusable`.
    public func image(_ theme: Theme = .light) throws(PlottingError) -> RasterImage {
        let layout = try LineChartLayout(self)
        var canvas = try RasterCanvas(width: width, height: height, theme: theme)
        layout.draw(on: &canvas)
        return canvas.image
    }

    /// The chart as a PNG file.
    /// - Throws: as `image`; `encodingFailed`.
    public func png(_ theme: Theme = .light) throws(PlottingError) -> [UInt8] {
        try image(theme).png()
    }
}
