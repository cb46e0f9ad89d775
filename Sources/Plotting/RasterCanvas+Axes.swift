/// Axes beside the panels of pictures in pixels.
extension RasterCanvas {
    /// Ticks and numbers to the left of a panel, and what they are of.
    mutating func drawLevels(_ area: Area, _ axis: AxisMapping, limit: Int, label: String) {
        for tick in axis.ticks(limit: limit) {
            guard let y = axis.position(tick.value) else { continue }
            rectangle(
                Area(x: area.x - 6, y: min(y.rounded(), area.bottom - 1), width: 5, height: 1),
                fill: .frame)
            text(
                tick.label, at: Position(area.x - 9, min(max(y, area.y + 6), area.bottom - 6)),
                anchor: .end)
        }
        text(label, at: Position(14, area.y + area.height / 2), anchor: .middle, rotated: true)
    }

    /// Ticks below a panel, with seconds where they are labelled.
    mutating func drawTimes(_ area: Area, _ times: AxisMapping, labelled: Bool) {
        for tick in times.ticks(limit: max(2, Int(area.width) / 80)) {
            guard let x = times.position(tick.value) else { continue }
            rectangle(
                Area(x: min(x.rounded(), area.right - 1), y: area.bottom + 1, width: 1, height: 5),
                fill: .frame)
            if labelled { text(tick.label, at: Position(x, area.bottom + 17), anchor: .middle) }
        }
        if labelled {
            text(
                "seconds", at: Position(area.x + area.width / 2, area.bottom + 37),
                anchor: .middle)
        }
    }
}
