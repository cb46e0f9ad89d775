import CPNG
import Foundation
import Plotting
import Testing

/// Reads a PNG file with libpng's own reader.
func decoded(_ file: [UInt8]) -> (width: Int, height: Int, pixels: [UInt8])? {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    guard png_image_begin_read_from_memory(&image, file, file.count) != 0 else { return nil }
    image.format = 2
    var pixels = [UInt8](repeating: 0, count: 3 * Int(image.width) * Int(image.height))
    guard png_image_finish_read(&image, nil, &pixels, 0, nil) != 0 else { return nil }
    return (Int(image.width), Int(image.height), pixels)
}

/// Pictures for the eye, written when NWC_PLOT_SAMPLES names a folder.
func keepSample(_ name: String, _ bytes: [UInt8]) throws {
    guard let folder = ProcessInfo.processInfo.environment["NWC_PLOT_SAMPLES"] else { return }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
}

@Suite struct PNGTests {
    @Test func everyPixelSurvives() throws {
        var image = try RasterImage(width: 67, height: 31)
        for y in 0..<31 {
            for x in 0..<67 {
                image[x, y] = Colour(UInt8(x * 3), UInt8(y * 8), UInt8((x * y) & 255))
            }
        }
        let file = try image.png()
        #expect(file.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let back = try #require(decoded(file))
        #expect(back.width == 67 && back.height == 31)
        #expect(back.pixels == image.pixels)
        #expect(try image.png() == file)
        let text = String(decoding: file, as: Unicode.ASCII.self)
        #expect(!text.contains("tIME") && !text.contains("tEXt"))
    }

    @Test func drawingStopsAtTheBorders() throws {
        var image = try RasterImage(width: 20, height: 20, background: .black)
        image[-1, 3] = .white
        image[20, 3] = .white
        #expect(image[20, 3] == nil && image[0, -1] == nil)
        image.fill(x: 15, y: -5, width: 100, height: 8, .white)
        let white = (0..<20).reduce(0) { sum, y in sum + (0..<20).count { image[$0, y] == .white } }
        #expect(white == 5 * 3)
        image.fill(x: 30, y: 30, width: 5, height: 5, .white)
        image.fill(x: -30, y: -30, width: 5, height: 5, .white)
        #expect((0..<20).allSatisfy { image[$0, 19] == .black })
    }

    @Test(arguments: [(0, 100), (100, 0), (15, 100), (20_001, 100), (-3, 50), (Int.max, Int.max)])
    func unusableSizesAreErrors(_ size: (Int, Int)) {
        #expect(throws: PlottingError.unsupportedSize(width: size.0, height: size.1)) {
            try RasterImage(width: size.0, height: size.1)
        }
    }

    @Test(arguments: [ColourMap.magma, ColourMap.viridis])
    func lightnessRises(_ map: ColourMap) {
        #expect(map.colours.count == 256)
        // Relative luminance of sRGB (IEC 61966-2-1).
        func linear(_ value: UInt8) -> Double {
            let v = Double(value) / 255
            return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
        }
        let luminance = map.colours.map {
            0.2126 * linear($0.red) + 0.7152 * linear($0.green) + 0.0722 * linear($0.blue)
        }
        #expect(zip(luminance, luminance.dropFirst()).allSatisfy { $1 > $0 - 1e-3 })
        #expect(luminance[255] > luminance[0] + 0.6)
        #expect(
            map.colour(-1) == map.colours[0] && map.colour(2) == map.colours[255]
                && map.colour(.nan) == map.colours[0])
    }
}
