import Foundation

/// A decoded sound and where its bits went, three panels over one axis of time: waveform, rate of
/// each block by parts on top of each other, rate by band of frequencies.
public struct RateFigure: Sendable {
    /// A part of the rate.
    public struct Part: Sendable {
        public var name: String
        /// kbit/s of each block.
        public var rates: [Double]

        public init(_ name: String, rates: [Double]) { (self.name, self.rates) = (name, rates) }
    }

    public var title: String
    /// One channel, full scale 1.
    public var samples: [Float]
    /// Hz.
    public var sampleRate: Int
    /// Seconds of a block; the first begins with the samples.
    public var blockSeconds: Double
    /// From the bottom up, all of the same number of blocks.
    public var parts: [Part]
    /// kbit/s per kHz of each block, `[block][band]`, the lowest band first.
    public var bandRates: [[Double]]
    /// kHz, the upper end of the highest band.
    public var highest: Double
    /// Pixels of the whole picture.
    public var width = 1200
    public var colourMap = ColourMap.viridis
    public var theme = Theme.light

    public init(
        title: String, samples: [Float], sampleRate: Int, blockSeconds: Double, parts: [Part],
        bandRates: [[Double]], highest: Double
    ) {
        self.title = title
        self.samples = samples
        self.sampleRate = sampleRate
        self.blockSeconds = blockSeconds
        self.parts = parts
        self.bandRates = bandRates
        self.highest = highest
    }

    private static let left = 72
    private static let right = 110
    private static let heights = [120, 220, 220]
    private static let top = 38
    private static let gap = 34
    private static let footer = 52

    /// The picture.
    /// - Throws: `nothingToDraw` without samples or blocks; `unsupportedSize` below 400 pixels
    public func image() throws(PlottingError) -> RasterImage {
        let blocks = parts.map(\.rates.count).min() ?? 0
        guard !samples.isEmpty, blocks > 0, sampleRate > 0, blockSeconds > 0, highest > 0 else {
            throw .nothingToDraw
        }
        let height =
            Self.top + Self.heights.reduce(0, +) + Self.gap * (Self.heights.count - 1)
            + Self.footer
        guard width >= 400 else { throw .unsupportedSize(width: width, height: height) }
        var canvas = try RasterCanvas(width: width, height: height, theme: theme)
        let duration = Double(samples.count) / Double(sampleRate)
        var y = Self.top
        let areas = Self.heights.map { height in
            defer { y += height + Self.gap }
            return Area(
                x: Double(Self.left), y: Double(y),
                width: Double(width - Self.left - Self.right), height: Double(height))
        }
        canvas.text(
            title, at: Position(Double(width) / 2, 18), anchor: .middle, bold: true)
        let times = AxisMapping(
            scale: .linear, range: 0...duration, start: areas[0].x, end: areas[0].right)
        drawWaveform(on: &canvas, areas[0], duration)
        drawParts(on: &canvas, areas[1], duration, blocks: blocks)
        drawBands(on: &canvas, areas[2], duration)
        for (index, area) in areas.enumerated() {
            canvas.drawTimes(area, times, labelled: index == areas.count - 1)
            canvas.border(
                Area(
                    x: area.x - 1, y: area.y - 1, width: area.width + 2, height: area.height + 2),
                .frame)
        }
        return canvas.image
    }

    /// The picture as a PNG file.
    /// - Throws: as `image`; `encodingFailed`.
    public func png() throws(PlottingError) -> [UInt8] { try image().png() }

    /// Lowest and highest sample of every column.
    private func drawWaveform(on canvas: inout RasterCanvas, _ area: Area, _ duration: Double) {
        let columns = Int(area.width)
        let peak = Double(samples.reduce(Float(0)) { max($0, $1.magnitude) })
        let axis = AxisMapping(
            scale: .linear, range: -max(peak, 1e-6)...max(peak, 1e-6), start: area.bottom,
            end: area.y)
        for column in 0..<columns {
            let first = column * samples.count / columns
            let end = max(first + 1, (column + 1) * samples.count / columns)
            let part = samples[first..<min(end, samples.count)].filter(\.isFinite)
            guard let low = part.min(), let high = part.max(),
                let bottom = axis.position(Double(low)), let top = axis.position(Double(high))
            else { continue }
            canvas.rectangle(
                Area(x: area.x + Double(column), y: top, width: 1, height: max(1, bottom - top)),
                fill: .series(0))
        }
        canvas.drawLevels(area, axis, limit: 5, label: "amplitude")
    }

    /// Rates on top of each other, with their names.
    private func drawParts(
        on canvas: inout RasterCanvas, _ area: Area, _ duration: Double, blocks: Int
    ) {
        let sums = (0..<blocks).map { block in parts.reduce(0) { $0 + $1.rates[block] } }
        let axis = AxisMapping(
            scale: .linear, range: 0...max((sums.max() ?? 0) * 1.05, 1e-3), start: area.bottom,
            end: area.y)
        for column in 0..<Int(area.width) {
            let blocks = self.blocks(column, Int(area.width), duration, count: blocks)
            guard !blocks.isEmpty else { continue }
            var base = 0.0
            for (index, part) in parts.enumerated() {
                // Several blocks in a column of pixels: their mean.
                let rate = part.rates[blocks].reduce(0, +) / Double(blocks.count)
                if let low = axis.position(base), let high = axis.position(base + rate) {
                    canvas.rectangle(
                        Area(
                            x: area.x + Double(column), y: high, width: 1,
                            height: low.rounded() - high.rounded()),
                        fill: .series(index))
                }
                base += rate
            }
        }
        canvas.drawLevels(area, axis, limit: 5, label: "kbit/s")
        for (index, part) in parts.enumerated() {
            let y = area.y + 10 + 20 * Double(index)
            canvas.rectangle(
                Area(x: area.right + 12, y: y - 6, width: 12, height: 12), fill: .series(index))
            canvas.text(part.name, at: Position(area.right + 30, y), anchor: .start)
        }
    }

    /// The blocks that a column of pixels sees.
    private func blocks(_ column: Int, _ columns: Int, _ duration: Double, count: Int)
        -> Range<Int>
    {
        let first = Int(Double(column) / Double(columns) * duration / blockSeconds)
        let end = Int((Double(column + 1) / Double(columns) * duration / blockSeconds).rounded(.up))
        return min(first, count)..<min(max(end, first + 1), count)
    }

    private func drawBands(on canvas: inout RasterCanvas, _ area: Area, _ duration: Double) {
        let bands = bandRates.map(\.count).min() ?? 0
        let axis = AxisMapping(
            scale: .linear, range: 0...highest, start: area.bottom, end: area.y)
        // A few blocks may have very many bits: the scale ends where all but 1 % are.
        let sorted = bandRates.flatMap { $0 }.filter(\.isFinite).sorted()
        let most = sorted.isEmpty ? 1 : max(sorted[(sorted.count - 1) * 99 / 100], 1e-6)
        if bands > 0 {
            for column in 0..<Int(area.width) {
                let blocks = self.blocks(column, Int(area.width), duration, count: bandRates.count)
                guard !blocks.isEmpty else { continue }
                for row in 0..<Int(area.height) {
                    let band = min(
                        Int((area.height - 1 - Double(row)) / area.height * Double(bands)),
                        bands - 1)
                    let rate =
                        bandRates[blocks].reduce(0) { $0 + $1[band] } / Double(blocks.count)
                    canvas.image[Int(area.x) + column, Int(area.y) + row] =
                        colourMap.colour(rate / most)
                }
            }
        }
        canvas.drawLevels(area, axis, limit: 5, label: "kHz")
        drawScale(on: &canvas, area, most)
    }

    private func drawScale(on canvas: inout RasterCanvas, _ area: Area, _ most: Double) {
        let x = Int(area.right) + 14
        for row in 0..<Int(area.height) {
            canvas.image.fill(
                x: x, y: Int(area.y) + row, width: 14, height: 1,
                colourMap.colour(1 - (Double(row) + 0.5) / area.height))
        }
        let axis = AxisMapping(
            scale: .linear, range: 0...most, start: area.bottom, end: area.y)
        for tick in axis.ticks(limit: 5) {
            guard let y = axis.position(tick.value) else { continue }
            canvas.text(
                tick.label,
                at: Position(Double(x + 20), min(max(y, area.y + 6), area.bottom - 6)),
                anchor: .start)
        }
        canvas.text(
            "kbit/s per kHz", at: Position(Double(x + 76), area.y + area.height / 2),
            anchor: .middle, rotated: true)
    }
}
