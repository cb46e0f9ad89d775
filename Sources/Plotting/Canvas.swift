/// A place in a picture: pixels (or units of an SVG) right of and below the top left corner.
struct Position: Equatable {
    var x: Double
    var y: Double

    init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// A rectangle in a picture.
struct Area: Equatable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    var right: Double { x + width }
    var bottom: Double { y + height }

    /// Whether something is in both.
    func meets(_ other: Area) -> Bool {
        x < other.right && other.x < right && y < other.bottom && other.y < bottom
    }
}

/// Where a text stands relative to its position, along its direction.
enum TextAnchor { case start, middle, end }

/// The shape at a data point.
enum Marker: CaseIterable { case circle, square, triangle, diamond }

/// What charts are drawn on: pixels or SVG. Texts stand on their vertical middle.
protocol Canvas {
    mutating func rectangle(_ area: Area, fill: Paint)
    /// A line through points; only what lies in `clip` is seen.
    mutating func line(_ points: [Position], _ paint: Paint, width: Double, clip: Area)
    mutating func marker(_ marker: Marker, at position: Position, _ paint: Paint, size: Double)
    mutating func text(
        _ text: String, at position: Position, _ paint: Paint, anchor: TextAnchor, bold: Bool,
        rotated: Bool)
}

extension Canvas {
    /// Four lines along the border of an area.
    mutating func border(_ area: Area, _ paint: Paint) {
        rectangle(Area(x: area.x, y: area.y, width: area.width, height: 1), fill: paint)
        rectangle(Area(x: area.x, y: area.bottom - 1, width: area.width, height: 1), fill: paint)
        rectangle(Area(x: area.x, y: area.y, width: 1, height: area.height), fill: paint)
        rectangle(Area(x: area.right - 1, y: area.y, width: 1, height: area.height), fill: paint)
    }

    mutating func text(
        _ text: String, at position: Position, anchor: TextAnchor, bold: Bool = false,
        rotated: Bool = false
    ) {
        self.text(text, at: position, .ink, anchor: anchor, bold: bold, rotated: rotated)
    }
}
