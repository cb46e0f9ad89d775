import Foundation
import SpectralTransform

/// Spectrograms of several signals, one above the other on the same axes and the same scale of
/// levels.
///
/// Each column of pixels is the mean power of up to eight Hann windows spread over its stretch of
/// time, each row the mean power in its band of frequencies (between spectrum bins the level is
/// interpolated). Levels are dBFS: 0 dB is a sine of full scale. Memory does not grow with the
/// length.
public struct SpectrogramFigure: Sendable {
    /// One panel: a signal of one channel, full scale 1.
    public struct Signal: Sendable {
        public var label: String
        public var samples: [Float]
        /// Hz.
        public var sampleRate: Int

        public init(label: String, samples: [Float], sampleRate: Int) {
            self.label = label
            self.samples = samples
            self.sampleRate = sampleRate
        }
    }

    public var signals: [Signal]
    /// Pixels of the whole picture.
    public var width = 1200
    /// Pixels of each panel, without labels.
    public var panelHeight = 220
    /// Seconds.
    public var window = 0.025
    /// dB from the darkest to the brightest colour.
    public var dynamicRange = 80.0
    /// The level of the brightest colour, dBFS; without it the loudest level of all panels, rounded
    /// up to 5 dB.
    public var topLevel: Double?
    /// Hz; without it half the highest sample rate.
    public var maximumFrequency: Double?
    /// Where the first sample lies on the axis, seconds.
    public var firstSecond = 0.0
    public var colourMap = ColourMap.magma
    public var theme = Theme.light

    public init(_ signals: [Signal]) { self.signals = signals }

    private static let left = 64
    private static let right = 96
    private static let heading = 26
    private static let gap = 8
    private static let footer = 52

    /// The picture.
    /// - Throws: `nothingToDraw`, `unusableSignal`, `nonFinite`, `unsupportedSize` (the narrowest
    ///   picture has 300 pixels, the lowest panel 60).
    public func image() throws(PlottingError) -> RasterImage {
        try check()
        let plotWidth = width - Self.left - Self.right
        let step = Self.heading + panelHeight + Self.gap
        let height = signals.count * step + Self.footer
        var canvas = try RasterCanvas(width: width, height: height, theme: theme)
        let duration = signals.map { Double($0.samples.count) / Double($0.sampleRate) }.max() ?? 0
        let top = maximumFrequency ?? Double(signals.map(\.sampleRate).max() ?? 0) / 2
        var panels: [SpectrogramPanel] = []
        for signal in signals {
            panels.append(
                try SpectrogramPanel(
                    signal, columns: plotWidth, rows: panelHeight, duration: duration,
                    maximumFrequency: top, window: window))
        }
        let loudest = panels.compactMap(\.loudest).max() ?? 0
        let high = topLevel ?? (loudest / 5).rounded(.up) * 5
        let low = high - dynamicRange

        let times = AxisMapping(
            scale: .linear, range: firstSecond...(firstSecond + duration), start: Double(Self.left),
            end: Double(Self.left + plotWidth))
        for (index, panel) in panels.enumerated() {
            let y = index * step + Self.heading
            let area = Area(
                x: Double(Self.left), y: Double(y), width: Double(plotWidth),
                height: Double(panelHeight))
            canvas.rectangle(area, theme.empty)
            for column in 0..<panel.columns {
                for row in 0..<panelHeight {
                    guard let level = panel.level(column: column, row: row) else { continue }
                    canvas.image[Self.left + column, y + row] = colourMap.colour(
                        (level - low) / dynamicRange)
                }
            }
            canvas.text(
                Self.shortened(signals[index].label, to: Double(plotWidth)),
                at: Position(Double(Self.left), Double(y) - 12), anchor: .start, bold: true)
            drawFrequencies(on: &canvas, area: area, maximum: top)
            canvas.drawTimes(area, times, labelled: index == panels.count - 1)
            canvas.border(
                Area(x: area.x - 1, y: area.y - 1, width: area.width + 2, height: area.height + 2),
                .frame)
        }
        drawScale(on: &canvas, low: low, high: high, height: height)
        return canvas.image
    }

    /// The picture as a PNG file.
    /// - Throws: as `image`; `encodingFailed`.
    public func png() throws(PlottingError) -> [UInt8] { try image().png() }

    private func check() throws(PlottingError) {
        guard !signals.isEmpty else { throw .nothingToDraw }
        guard width >= 300, panelHeight >= 60, signals.count <= 64 else {
            throw .unsupportedSize(
                width: width,
                height: signals.count * (Self.heading + panelHeight + Self.gap) + Self.footer)
        }
        guard (0.001...1).contains(window) else {
            throw .unusableSignal("window of \(window) s is outside 0.001 ... 1 s")
        }
        guard (1...300).contains(dynamicRange), topLevel?.isFinite ?? true, firstSecond.isFinite,
            maximumFrequency.map({ $0.isFinite && $0 >= 100 }) ?? true
        else {
            throw .unusableSignal("the ranges of level or frequency cannot be drawn")
        }
        for signal in signals {
            guard !signal.samples.isEmpty else {
                throw .unusableSignal("'\(signal.label)' has no samples")
            }
            guard (1_000...768_000).contains(signal.sampleRate) else {
                throw .unusableSignal(
                    "'\(signal.label)' has a sample rate of \(signal.sampleRate) Hz")
            }
            if let index = signal.samples.firstIndex(where: { !$0.isFinite }) {
                throw .nonFinite(signal: signal.label, index: index)
            }
        }
    }

    /// The end of a long label, which tells more than its beginning when it is a path.
    private static func shortened(_ label: String, to width: Double) -> String {
        guard ChartFont.width(of: label, bold: true) > width else { return label }
        var end = label.suffix(400)
        while !end.isEmpty, ChartFont.width(of: "..." + end, bold: true) > width {
            end = end.dropFirst()
        }
        return "..." + end
    }

    private func drawFrequencies(on canvas: inout RasterCanvas, area: Area, maximum: Double) {
        let axis = AxisMapping(
            scale: .linear, range: 0...(maximum / 1000), start: area.bottom, end: area.y)
        canvas.drawLevels(area, axis, limit: max(2, panelHeight / 36), label: "kHz")
    }

    private func drawScale(on canvas: inout RasterCanvas, low: Double, high: Double, height: Int) {
        let top = Self.heading
        let bottom = height - Self.footer - Self.gap
        let x = width - Self.right + 18
        for row in top..<bottom {
            let colour = colourMap.colour(1 - (Double(row - top) + 0.5) / Double(bottom - top))
            canvas.image.fill(x: x, y: row, width: 16, height: 1, colour)
        }
        canvas.border(
            Area(x: Double(x - 1), y: Double(top - 1), width: 18, height: Double(bottom - top + 2)),
            .frame)
        let axis = AxisMapping(
            scale: .linear, range: low...high, start: Double(bottom), end: Double(top))
        for tick in axis.ticks(limit: max(2, (bottom - top) / 40)) {
            guard let y = axis.position(tick.value) else { continue }
            canvas.rectangle(
                Area(
                    x: Double(x + 17), y: min(y.rounded(), Double(bottom - 1)), width: 4,
                    height: 1),
                fill: .frame)
            canvas.text(
                tick.label,
                at: Position(Double(x + 24), min(max(y, Double(top + 6)), Double(bottom - 6))),
                anchor: .start)
        }
        canvas.text("dBFS", at: Position(Double(x + 8), Double(top - 14)), anchor: .middle)
    }
}
