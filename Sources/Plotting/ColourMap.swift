/// A scale of 256 colours whose lightness rises evenly, so that more looks like more, in print
/// without colour too.
public struct ColourMap: Sendable {
    public let colours: [Colour]

    /// Black over purple and orange to pale yellow: for spectrograms.
    public static let magma = ColourMap(hexadecimal: ColourMapData.magma)
    /// Blue over green to yellow.
    public static let viridis = ColourMap(hexadecimal: ColourMapData.viridis)

    init(hexadecimal: String) {
        colours = hexadecimal.split(whereSeparator: \.isWhitespace).map {
            Colour(rgb: UInt32($0, radix: 16) ?? 0)
        }
    }

    /// The colour of a value in 0 ... 1; values outside take the colour of the nearer end.
    public func colour(_ value: Double) -> Colour {
        let position = value.isFinite ? min(max(value, 0), 1) : 0
        return colours[Int((position * Double(colours.count - 1)).rounded())]
    }
}
