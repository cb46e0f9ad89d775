import Foundation

/// Writes SVG 1.1 that needs nothing from outside. Its colours are those of the light theme; where
/// a style sheet is understood, as in browsers, those of the dark one in dark surroundings.
struct SVGCanvas: Canvas {
    private let width: Int
    private let height: Int
    /// What names of clips begin with: they are those of the whole file.
    private let prefix: String
    private var elements: [String] = []
    private var clips: [(area: Area, id: String)] = []

    init(width: Int, height: Int, prefix: String = "") {
        self.width = width
        self.height = height
        self.prefix = prefix
    }

    /// The whole file.
    var document: String { element(at: nil) }

    /// Classes of paints, as what they fill and what they are the line of, in dark surroundings.
    static let style: String = {
        let rules = Paint.all.map { paint in
            let colour = Theme.dark.colour(paint).hexadecimal
            return ".\(paint.name){fill:\(colour)}.l\(paint.name){stroke:\(colour)}"
        }
        return "<style>@media(prefers-color-scheme:dark){\(rules.joined())}</style>"
    }()

    private static func fill(_ paint: Paint) -> String {
        "class=\"\(paint.name)\" fill=\"\(Theme.light.colour(paint).hexadecimal)\""
    }

    /// The picture as an element, of a file of its own or at a place in another one.
    func element(at place: Position?) -> String {
        let corner = place.map { "x=\"\(Self.number($0.x))\" y=\"\(Self.number($0.y))\" " } ?? ""
        let head = """
            <svg xmlns="http://www.w3.org/2000/svg" \(corner)width="\(width)" \
            height="\(height)" viewBox="0 0 \(width) \(height)" \
            font-family="DejaVu Sans, Helvetica, Arial, sans-serif" \
            font-size="\(Self.number(ChartFont.size))">
            """
        let definitions = clips.map { clip in
            "<clipPath id=\"\(clip.id)\"><rect \(Self.attributes(clip.area))/></clipPath>"
        }
        // Of the whole file, wherever it stands.
        let style = place == nil ? [Self.style] : []
        return
            ([head] + style + ["<defs>" + definitions.joined() + "</defs>"] + elements
            + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    mutating func rectangle(_ area: Area, fill: Paint) {
        elements.append("<rect \(Self.attributes(area)) \(Self.fill(fill))/>")
    }

    mutating func line(_ points: [Position], _ paint: Paint, width: Double, clip: Area) {
        let id: String
        if let found = clips.first(where: { $0.area == clip }) {
            id = found.id
        } else {
            id = "\(prefix)c\(clips.count)"
            clips.append((clip, id))
        }
        let list = points.map { Self.number($0.x) + "," + Self.number($0.y) }.joined(separator: " ")
        elements.append(
            """
            <polyline points="\(list)" fill="none" class="l\(paint.name)" \
            stroke="\(Theme.light.colour(paint).hexadecimal)" \
            stroke-width="\(Self.number(width))" 
            """
                + "stroke-linejoin=\"round\" stroke-linecap=\"round\" clip-path=\"url(#\(id))\"/>")
    }

    mutating func marker(_ marker: Marker, at position: Position, _ paint: Paint, size: Double) {
        let fill = Self.fill(paint)
        func polygon(_ corners: [(Double, Double)]) -> String {
            let list = corners.map {
                Self.number(position.x + $0.0 * size) + "," + Self.number(position.y + $0.1 * size)
            }
            return "<polygon points=\"\(list.joined(separator: " "))\" \(fill)/>"
        }
        switch marker {
        case .circle:
            elements.append(
                """
                <circle cx="\(Self.number(position.x))" cy="\(Self.number(position.y))" \
                r="\(Self.number(size))" \(fill)/>
                """
            )
        case .square:
            elements.append(polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]))
        case .diamond: elements.append(polygon([(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)]))
        case .triangle: elements.append(polygon([(0, -1.25), (1.1, 0.75), (-1.1, 0.75)]))
        }
    }

    mutating func text(
        _ text: String, at position: Position, _ paint: Paint, anchor: TextAnchor, bold: Bool,
        rotated: Bool
    ) {
        let x = Self.number(position.x)
        let y = Self.number(position.y)
        let place = anchor == .start ? "start" : anchor == .middle ? "middle" : "end"
        let turn = rotated ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
        let weight = bold ? " font-weight=\"bold\"" : ""
        elements.append(
            """
            <text x="\(x)" y="\(y)" dy="0.35em" text-anchor="\(place)" \
            \(Self.fill(paint))\(weight)\(turn)>
            """
                + MarkupText.escaped(text) + "</text>")
    }

    private static func attributes(_ area: Area) -> String {
        """
        x="\(number(area.x))" y="\(number(area.y))" width="\(number(area.width))" \
        height="\(number(area.height))"
        """
    }

    /// Two decimals, at most; the same in every locale.
    static func number(_ value: Double) -> String {
        let scaled = value.isNaN ? 0 : Int((min(max(value, -1e9), 1e9) * 100).rounded())
        let whole = scaled.magnitude / 100
        let rest = scaled.magnitude % 100
        let fraction =
            rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : ".\(rest < 10 ? "0" : "")\(rest)"
        return (scaled < 0 ? "-" : "") + "\(whole)" + fraction
    }
}
