import CChartFont
import CFreeType
import Foundation
import Synchronization

/// The letters of pictures: DejaVu Sans, which lies in the program, through FreeType. The same
/// everywhere, whatever fonts are installed. Letters stand at fractions of a pixel along the text;
/// across it their heights are fitted to whole ones.
enum ChartFont {
    /// Pixels of the em.
    static let size = 13.0

    /// A text as shares of pixels that it covers.
    struct Mask: Equatable {
        /// Pixels.
        let width: Int
        let height: Int
        /// The row below which the baseline runs.
        let ascent: Int
        /// 0 ... 255, `[row][column]`, row 0 on top.
        let coverage: [UInt8]
    }

    /// Whether FreeType takes the fonts; it does not where there is no memory for them.
    static var isUsable: Bool { faces.withLock { $0 != nil } }

    /// The room that a text takes along its direction, pixels.
    static func width(of text: String, bold: Bool = false) -> Double {
        faces.withLock { faces in
            guard let face = faces?.face(bold: bold) else { return 0 }
            return scalars(of: text).reduce(0) { $0 + face.advance($1) }
        }
    }

    /// A text whose first letter begins `offset` pixels, 0 ... 1, right of the left border.
    static func mask(of text: String, bold: Bool, offset: Double) -> Mask? {
        faces.withLock { faces in
            faces?.face(bold: bold).mask(of: scalars(of: text), offset: offset)
        }
    }

    /// Letters with marks as one scalar where there is such a one.
    private static func scalars(of text: String) -> [Unicode.Scalar] {
        Array(text.precomposedStringWithCanonicalMapping.unicodeScalars)
    }

    /// FreeType's objects may be used by one thread at a time.
    private static let faces = Mutex<Faces?>(Faces())

    private struct Faces {
        let upright: Face
        let bold: Face

        init?() {
            // Both live as long as the program.
            var library: FT_Library?
            guard FT_Init_FreeType(&library) == 0, let library,
                let upright = Face(library, nwc_chart_font(), nwc_chart_font_size()),
                let bold = Face(library, nwc_chart_font_bold(), nwc_chart_font_bold_size())
            else { return nil }
            self.upright = upright
            self.bold = bold
        }

        func face(bold: Bool) -> Face { bold ? self.bold : upright }
    }

    private struct Face {
        private let face: FT_Face

        init?(_ library: FT_Library, _ bytes: UnsafePointer<UInt8>?, _ count: Int) {
            var face: FT_Face?
            // 26.6 fixed point; 72 dots an inch make points pixels.
            guard FT_New_Memory_Face(library, bytes, FT_Long(count), 0, &face) == 0, let face,
                FT_Set_Char_Size(face, 0, FT_F26Dot6(ChartFont.size * 64), 72, 72) == 0
            else { return nil }
            self.face = face
        }

        /// The glyph in the face's slot; what the font lacks is a box.
        private func load(_ scalar: Unicode.Scalar) -> FT_GlyphSlot? {
            let flags = FT_Int32(NWC_FT_LOAD_TARGET_LIGHT)
            return FT_Load_Char(face, FT_ULong(scalar.value), flags) == 0
                ? face.pointee.glyph : nil
        }

        /// Pixels to the next letter.
        func advance(_ scalar: Unicode.Scalar) -> Double {
            load(scalar).map(advance) ?? 0
        }

        private func advance(_ glyph: FT_GlyphSlot) -> Double {
            Double(glyph.pointee.linearHoriAdvance) / 65536
        }

        func mask(of scalars: [Unicode.Scalar], offset: Double) -> Mask {
            let length = scalars.reduce(offset) { $0 + advance($1) }
            // Room for what stands over the advance of the last letter.
            let width = Int(length.rounded(.up)) + 3
            let ascent = Int((ChartFont.size * 1.2).rounded(.up))
            let height = ascent + Int((ChartFont.size * 0.4).rounded(.up))
            var coverage = [UInt8](repeating: 0, count: width * height)
            var pen = offset
            for scalar in scalars {
                guard let glyph = load(scalar) else { continue }
                let advance = advance(glyph)
                let whole = pen.rounded(.down)
                FT_Outline_Translate(
                    &glyph.pointee.outline, FT_Pos(((pen - whole) * 64).rounded()), 0)
                pen += advance
                guard FT_Render_Glyph(glyph, FT_RENDER_MODE_NORMAL) == 0 else { continue }
                let bitmap = glyph.pointee.bitmap
                guard let pixels = bitmap.buffer else { continue }
                let left = Int(whole) + Int(glyph.pointee.bitmap_left)
                let top = ascent - Int(glyph.pointee.bitmap_top)
                for row in 0..<Int(bitmap.rows) where (0..<height).contains(top + row) {
                    for column in 0..<Int(bitmap.width)
                    where (0..<width).contains(left + column) {
                        let index = (top + row) * width + left + column
                        let sum =
                            Int(coverage[index]) + Int(pixels[row * Int(bitmap.pitch) + column])
                        coverage[index] = UInt8(min(sum, 255))
                    }
                }
            }
            return Mask(width: width, height: height, ascent: ascent, coverage: coverage)
        }
    }
}
