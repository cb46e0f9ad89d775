import Foundation
import Plotting
import Testing

/// Where the bits of a sound went, as a picture.
@Suite struct RateFigureTests {
    private func figure() -> RateFigure {
        // The second half has twice the rate, all of it in the upper half of frequencies.
        let halves = [Array(repeating: 1.0, count: 50), Array(repeating: 0.0, count: 50)].joined()
        let low = Array(halves)
        return RateFigure(
            title: "x", samples: (0..<16000).map { $0 < 8000 ? 0.5 : -0.25 }, sampleRate: 16000,
            blockSeconds: 0.01,
            parts: [
                .init("envelope", rates: Array(repeating: 2, count: 100)),
                .init("layer 1", rates: low.map { $0 == 1 ? 0 : 6 }),
            ],
            bandRates: low.map { $0 == 1 ? [3, 0] : [0, 3] }, highest: 8)
    }

    @Test func partsAndBands() throws {
        let figure = figure()
        let image = try figure.image()
        #expect(image.width == 1200 && image.height > 600)
        func count(_ colour: Colour, x: Range<Int>, y: Range<Int>) -> Int {
            y.reduce(0) { sum, y in
                sum + x.reduce(0) { $0 + (image[$1, y] == colour ? 1 : 0) }
            }
        }
        let (left, right) = (80..<570, 590..<1080)
        let parts = 192..<412
        // Layer 1 (the second colour) is seen in the second half only, three times as high.
        #expect(count(Theme.light.series[1], x: left, y: parts) == 0)
        let envelope = count(Theme.light.series[0], x: right, y: parts)
        let layer = count(Theme.light.series[1], x: right, y: parts)
        #expect(envelope > 10_000 && abs(Double(layer) / Double(envelope) - 3) < 0.1)
        // The band with the most bits has the brightest colour.
        let most = figure.colourMap.colour(1)
        let none = figure.colourMap.colour(0)
        #expect(image[300, 650] == most && image[300, 470] == none)
        #expect(image[800, 650] == none && image[800, 470] == most)
    }

    @Test func refusals() throws {
        var empty = figure()
        empty.samples = []
        #expect(throws: PlottingError.nothingToDraw) { try empty.image() }
        var narrow = figure()
        narrow.width = 300
        #expect(throws: PlottingError.self) { try narrow.image() }
        var odd = figure()
        odd.samples[3] = .nan
        odd.bandRates = []
        _ = try odd.image()
    }
}
