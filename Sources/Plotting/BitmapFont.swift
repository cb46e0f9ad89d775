/// A fixed-width font of 9 x 15 pixels for pictures made of pixels.
enum BitmapFont {
    static let width = 9
    static let height = 15

    private static let glyphs: [[UInt16]] = BitmapFontData.glyphs.split(separator: "\n").map {
        line in
        let digits = line.drop { $0 == " " }.utf8.map { UInt16($0 < 58 ? $0 - 48 : $0 - 87) }
        return (0..<height).map {
            digits[3 * $0] << 8 | digits[3 * $0 + 1] << 4 | digits[3 * $0 + 2]
        }
    }

    /// What stands for characters that the font lacks: a box.
    private static let box: [UInt16] = [
        0, 0, 0, 0xFE, 0x82, 0x82, 0x82, 0x82, 0x82, 0x82, 0x82, 0xFE, 0, 0, 0,
    ]

    /// The rows of a character, top to bottom; bit 8 is the left pixel.
    static func rows(of character: Unicode.Scalar) -> [UInt16] {
        switch character.value {
        case 0x20...0x7E: glyphs[Int(character.value) - 0x20]
        case 0xA0...0xFF: glyphs[Int(character.value) - 0xA0 + 95]
        case 0x2010...0x2015, 0x2212: glyphs[0x2D - 0x20]
        case 0x2018, 0x2019: glyphs[0x27 - 0x20]
        case 0x201C, 0x201D: glyphs[0x22 - 0x20]
        default: box
        }
    }

    /// The scalars to draw for a text: composed where Latin-1 has the letter.
    static func scalars(of text: String) -> [Unicode.Scalar] {
        text.map { character in
            let scalars = Array(character.unicodeScalars)
            if scalars.count == 1 { return scalars[0] }
            return composed[String(String.UnicodeScalarView(scalars))] ?? "\u{FFFD}"
        }
    }

    /// Swift's strings compare by canonical equivalence, so that one table finds letters with
    /// combining marks.
    private static let composed: [String: Unicode.Scalar] = {
        var table: [String: Unicode.Scalar] = [:]
        for value in UInt32(0xC0)...0xFF {
            if let scalar = Unicode.Scalar(value) { table[String(scalar)] = scalar }
        }
        return table
    }()
}
