/// A picture of 8-bit sRGB pixels, `[row][column][red, green, blue]`, row 0 on top.
public struct RasterImage: Sendable, Equatable {
    public let width: Int
    public let height: Int
    public private(set) var pixels: [UInt8]

    /// A picture of one colour.
    /// - Throws: `unsupportedSize` outside 16 ... 20,000 pixels each way.
    public init(width: Int, height: Int, background: Colour = .white) throws(PlottingError) {
        let allowed = 16...20_000
        guard allowed.contains(width), allowed.contains(height) else {
            throw .unsupportedSize(width: width, height: height)
        }
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: 255, count: 3 * width * height)
        if background != .white { fill(x: 0, y: 0, width: width, height: height, background) }
    }

    /// The colour of a pixel; nothing outside the picture. Setting outside has no effect.
    public subscript(x: Int, y: Int) -> Colour? {
        get {
            guard x >= 0, x < width, y >= 0, y < height else { return nil }
            let index = 3 * (y * width + x)
            return Colour(pixels[index], pixels[index + 1], pixels[index + 2])
        }
        set {
            guard let newValue, x >= 0, x < width, y >= 0, y < height else { return }
            let index = 3 * (y * width + x)
            pixels[index] = newValue.red
            pixels[index + 1] = newValue.green
            pixels[index + 2] = newValue.blue
        }
    }

    /// Fills a rectangle, cut at the borders of the picture.
    public mutating func fill(x: Int, y: Int, width: Int, height: Int, _ colour: Colour) {
        for row in max(y, 0)..<max(max(y, 0), min(y + height, self.height)) {
            for column in max(x, 0)..<max(max(x, 0), min(x + width, self.width)) {
                self[column, row] = colour
            }
        }
    }

    /// Puts another picture with its top left corner at (x, y), which is cut at the borders of this
    /// one.
    mutating func paste(_ other: RasterImage, x: Int, y: Int) {
        for row in 0..<other.height {
            for column in 0..<other.width { self[x + column, y + row] = other[column, row] }
        }
    }

    /// Covers a pixel to a share of 0 ... 1.
    mutating func blend(x: Int, y: Int, _ colour: Colour, _ share: Double) {
        guard share > 0, let old = self[x, y] else { return }
        self[x, y] = old.blended(colour, min(share, 1))
    }
}
