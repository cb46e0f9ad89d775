/// The colours of a picture: for light surroundings or for dark ones.
public struct Theme: Equatable, Sendable {
    public let background: Colour
    /// Text.
    let ink: Colour
    /// Borders of panels, ticks.
    let frame: Colour
    let grid: Colour
    /// Parts of a spectrogram without a signal.
    public let empty: Colour
    /// Of series, by their place; more of them begin again at the first. The first seven are those
    /// that people with any colour vision tell apart (Okabe and Ito: Color universal design, 2008;
    /// without the yellow, which is faint on white), three of P. Tol's muted scheme follow. Places
    /// mean the same hue in every theme: what is dark on white is lighter on dark.
    public let series: [Colour]

    public static let light = Theme(
        background: 0xFFFFFF, ink: 0x222222, frame: 0x666666, grid: 0xE4E4E4, empty: 0xD8D8D8,
        series: [
            0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x333333, 0x882255,
            0x8A8A2A, 0x6A4C93,
        ])
    public static let dark = Theme(
        background: 0x15181B, ink: 0xE6E9EC, frame: 0x8B949C, grid: 0x2E353B, empty: 0x3A4148,
        series: [
            0x3D9FE0, 0xF07C2B, 0x1FBF90, 0xDE94BD, 0xF2B33D, 0x8ACDF5, 0xD0D0D0, 0xC95E93,
            0xB9B95A, 0xA98BD6,
        ])

    private init(
        background: UInt32, ink: UInt32, frame: UInt32, grid: UInt32, empty: UInt32,
        series: [UInt32]
    ) {
        self.background = Colour(rgb: background)
        self.ink = Colour(rgb: ink)
        self.frame = Colour(rgb: frame)
        self.grid = Colour(rgb: grid)
        self.empty = Colour(rgb: empty)
        self.series = series.map { Colour(rgb: $0) }
    }

    /// Places in `series` that are colours of their own; the same number in every theme.
    public static let places = light.series.count

    func colour(_ paint: Paint) -> Colour {
        switch paint {
        case .background: background
        case .ink: ink
        case .frame: frame
        case .grid: grid
        case .series(let place): series[place % series.count]
        case .faint(let place): series[place % series.count].blended(background, 0.6)
        }
    }
}

/// What something in a picture is drawn with; the theme says which colour that is.
enum Paint: Hashable {
    case background
    case ink
    case frame
    case grid
    /// Of the series at a place, 0 or more.
    case series(Int)
    /// The same, pale.
    case faint(Int)

    /// Every paint that has a colour of its own.
    static let all: [Paint] =
        [.background, .ink, .frame, .grid] + (0..<Theme.places).map { .series($0) }
        + (0..<Theme.places).map { .faint($0) }

    /// A name for style sheets.
    var name: String {
        switch self {
        case .background: "ground"
        case .ink: "ink"
        case .frame: "frame"
        case .grid: "grid"
        case .series(let place): "c\(place % Theme.places)"
        case .faint(let place): "p\(place % Theme.places)"
        }
    }
}
