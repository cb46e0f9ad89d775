/// An sRGB colour, 8 bits a component.
public struct Colour: Equatable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// From 0xRRGGBB.
    public init(rgb: UInt32) {
        self.init(UInt8(rgb >> 16 & 255), UInt8(rgb >> 8 & 255), UInt8(rgb & 255))
    }

    public static let white = Colour(rgb: 0xFFFFFF)
    public static let black = Colour(rgb: 0x000000)

    /// `#rrggbb`.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef")
        return "#"
            + [red, green, blue].map { String([digits[Int($0 >> 4)], digits[Int($0 & 15)]]) }
            .joined()
    }

    /// This colour covered by `other` to a share of 0 ... 1.
    func blended(_ other: Colour, _ share: Double) -> Colour {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
            UInt8(min(max(Double(a) + (Double(b) - Double(a)) * share, 0), 255).rounded())
        }
        return Colour(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
    }
}
