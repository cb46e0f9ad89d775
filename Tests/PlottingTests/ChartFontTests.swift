import Foundation
import Testing

@testable import Plotting

/// Text in pictures.
@Suite struct ChartFontTests {
    /// DejaVu Sans has figures of 1303/2048 em, whatever else is installed.
    @Test func widths() {
        #expect(ChartFont.isUsable)
        let figure = 1303.0 / 2048 * ChartFont.size
        #expect(abs(ChartFont.width(of: "0123") - 4 * figure) < 0.05)
        #expect(ChartFont.width(of: "") == 0)
        #expect(ChartFont.width(of: "iii") < ChartFont.width(of: "mmm"))
        #expect(ChartFont.width(of: "nwc", bold: true) > ChartFont.width(of: "nwc"))
        // One letter, whether it comes with its mark or in two parts.
        #expect(ChartFont.width(of: "u\u{308}") == ChartFont.width(of: "ü"))
        // What the font lacks is a box.
        #expect(ChartFont.width(of: "\u{4E2D}") > 0)
    }

    /// Edges are grey: letters are smooth. They move with fractions of a pixel.
    @Test func masks() throws {
        let mask = try #require(ChartFont.mask(of: "kbit/s", bold: false, offset: 0))
        #expect(mask.coverage.count == mask.width * mask.height)
        #expect(mask.coverage.contains { $0 > 0 && $0 < 255 })
        #expect(mask.coverage.contains { $0 > 200 })
        #expect(ChartFont.mask(of: "kbit/s", bold: false, offset: 0) == mask)
        let moved = try #require(ChartFont.mask(of: "kbit/s", bold: false, offset: 0.5))
        #expect(moved.coverage != mask.coverage)
        func centre(_ mask: ChartFont.Mask) -> Double {
            var sum = 0.0
            var weight = 0.0
            for (index, value) in mask.coverage.enumerated() {
                sum += Double(value) * Double(index % mask.width)
                weight += Double(value)
            }
            return sum / weight
        }
        #expect(abs(centre(moved) - centre(mask) - 0.5) < 0.1)
        let empty = try #require(ChartFont.mask(of: " ", bold: false, offset: 0))
        #expect(empty.coverage.allSatisfy { $0 == 0 })
    }

    /// Turned text reads upwards and covers what the text covers, turned.
    @Test func turned() throws {
        func ink(rotated: Bool) throws -> (Set<[Int]>) {
            var canvas = try RasterCanvas(width: 101, height: 101, theme: .light)
            canvas.text(
                "Lp", at: Position(50, 50), .ink, anchor: .start, bold: false, rotated: rotated)
            var found: Set<[Int]> = []
            for y in 0..<101 {
                for x in 0..<101 where canvas.image[x, y] != .white { found.insert([x, y]) }
            }
            return found
        }
        let flat = try ink(rotated: false)
        let turned = try ink(rotated: true)
        #expect(flat.count > 20 && turned == Set(flat.map { [$0[1], 99 - $0[0]] }))
    }

    @Test func threadsAgree() async {
        let expected = ChartFont.mask(of: "frequency, kHz", bold: true, offset: 0.25)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<50).allSatisfy { _ in
                        ChartFont.mask(of: "frequency, kHz", bold: true, offset: 0.25) == expected
                    }
                }
            }
            for await equal in group { #expect(equal) }
        }
    }
}
