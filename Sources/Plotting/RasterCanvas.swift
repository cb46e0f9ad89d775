import Foundation

/// Draws on pixels, with letters, lines and markers smoothed at their edges.
struct RasterCanvas: Canvas {
    var image: RasterImage
    let theme: Theme

    /// An empty picture.
    /// - Throws: `unsupportedSize`; `fontUnusable`.
    init(width: Int, height: Int, theme: Theme) throws(PlottingError) {
        image = try RasterImage(width: width, height: height, background: theme.background)
        guard ChartFont.isUsable else { throw .fontUnusable }
        self.theme = theme
    }

    mutating func rectangle(_ area: Area, fill: Paint) {
        rectangle(area, theme.colour(fill))
    }

    mutating func rectangle(_ area: Area, _ colour: Colour) {
        let left = Int(area.x.rounded())
        let top = Int(area.y.rounded())
        image.fill(
            x: left, y: top, width: Int(area.right.rounded()) - left,
            height: Int(area.bottom.rounded()) - top, colour)
    }

    /// Each pixel is covered once, by the segment nearest to it, so that joints and slow curves do
    /// not get darker.
    mutating func line(_ points: [Position], _ paint: Paint, width: Double, clip: Area) {
        let colour = theme.colour(paint)
        let left = max(0, Int(clip.x.rounded(.down)))
        let top = max(0, Int(clip.y.rounded(.down)))
        let right = min(image.width, Int(clip.right.rounded(.up)))
        let bottom = min(image.height, Int(clip.bottom.rounded(.up)))
        guard right > left, bottom > top else { return }
        let columns = right - left
        var cover = [Float](repeating: 0, count: columns * (bottom - top))
        let reach = width / 2 + 0.5
        for (from, to) in zip(points, points.dropFirst()) {
            guard
                let (a, b) = Self.cut(
                    from, to, left: clip.x - reach, top: clip.y - reach, right: clip.right + reach,
                    bottom: clip.bottom + reach)
            else { continue }
            let dx = b.x - a.x
            let dy = b.y - a.y
            let length = dx * dx + dy * dy
            let rows =
                max(
                    top, Int(min(a.y, b.y) - reach))..<max(
                    max(top, Int(min(a.y, b.y) - reach)),
                    min(bottom, Int(max(a.y, b.y) + reach) + 1))
            for y in rows {
                // Only the columns that the segment can reach in this row.
                var low = min(a.x, b.x) - reach
                var high = max(a.x, b.x) + reach
                if abs(dy) > 1e-9 {
                    let first = a.x + dx * ((Double(y) - reach - 1 - a.y) / dy)
                    let second = a.x + dx * ((Double(y) + reach + 2 - a.y) / dy)
                    low = max(low, min(first, second) - reach - 1)
                    high = min(high, max(first, second) + reach + 1)
                }
                for x in max(left, Int(low))..<max(max(left, Int(low)), min(right, Int(high) + 1)) {
                    let px = Double(x) + 0.5 - a.x
                    let py = Double(y) + 0.5 - a.y
                    let t = length > 0 ? min(max((px * dx + py * dy) / length, 0), 1) : 0
                    let distance = hypot(px - t * dx, py - t * dy)
                    let share = Float(min(max(reach - distance, 0), 1))
                    let index = (y - top) * columns + x - left
                    cover[index] = max(cover[index], share)
                }
            }
        }
        for y in top..<bottom {
            for x in left..<right where cover[(y - top) * columns + x - left] > 0 {
                image.blend(x: x, y: y, colour, Double(cover[(y - top) * columns + x - left]))
            }
        }
    }

    mutating func marker(_ marker: Marker, at position: Position, _ paint: Paint, size: Double) {
        let colour = theme.colour(paint)
        let reach = Int(size) + 2
        for y in (Int(position.y) - reach)...(Int(position.y) + reach) {
            for x in (Int(position.x) - reach)...(Int(position.x) + reach) {
                let dx = Double(x) + 0.5 - position.x
                let dy = Double(y) + 0.5 - position.y
                // Signed distance to the border, positive outside.
                let distance =
                    switch marker {
                    case .circle: hypot(dx, dy) - size
                    case .square: max(abs(dx), abs(dy)) - size * 0.9
                    case .diamond: (abs(dx) + abs(dy) - size * 1.3) / 2.0.squareRoot()
                    case .triangle: max(dy - size * 0.75, (abs(dx) * 1.8 - dy - size * 1.25) / 2.06)
                    }
                image.blend(x: x, y: y, colour, min(max(0.5 - distance, 0), 1))
            }
        }
    }

    mutating func text(
        _ text: String, at position: Position, _ paint: Paint, anchor: TextAnchor, bold: Bool,
        rotated: Bool
    ) {
        let width = ChartFont.width(of: text, bold: bold)
        let shift = anchor == .start ? 0 : anchor == .middle ? width / 2 : width
        // Along the direction of the text, which is up the picture where it is turned.
        let start = (rotated ? -position.y : position.x) - shift
        guard start.magnitude < 1e6,
            let mask = ChartFont.mask(
                of: text, bold: bold, offset: start - start.rounded(.down))
        else { return }
        let first = Int(start.rounded(.down))
        // The middle of capitals and figures lies at the position.
        let baseline = Int(
            ((rotated ? position.x : position.y) + 0.35 * ChartFont.size).rounded())
        let colour = theme.colour(paint)
        for row in 0..<mask.height {
            for column in 0..<mask.width where mask.coverage[row * mask.width + column] > 0 {
                let across = baseline - mask.ascent + row
                let along = first + column
                image.blend(
                    x: rotated ? across : along, y: rotated ? -along - 1 : across, colour,
                    Double(mask.coverage[row * mask.width + column]) / 255)
            }
        }
    }

    /// The part of a segment inside a rectangle (Liang and Barsky, 1984), so that far-away points
    /// cost no time.
    static func cut(
        _ a: Position, _ b: Position, left: Double, top: Double, right: Double, bottom: Double
    ) -> (Position, Position)? {
        var start = 0.0
        var end = 1.0
        let dx = b.x - a.x
        let dy = b.y - a.y
        for (p, q) in [(-dx, a.x - left), (dx, right - a.x), (-dy, a.y - top), (dy, bottom - a.y)] {
            if p == 0 {
                if q < 0 { return nil }
            } else if p < 0 {
                start = max(start, q / p)
            } else {
                end = min(end, q / p)
            }
        }
        return start <= end
            ? (
                Position(a.x + start * dx, a.y + start * dy),
                Position(a.x + end * dx, a.y + end * dy)
            ) : nil
    }
}
