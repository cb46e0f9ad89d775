import Foundation
import Plotting
import Testing

private func sine(
    _ frequency: Double, amplitude: Double = 1, seconds: Double = 1, rate: Int = 16000
) -> [Float] {
    (0..<Int(seconds * Double(rate))).map {
        Float(amplitude * sin(2 * Double.pi * frequency * Double($0) / Double(rate)))
    }
}

/// The plot area of a figure of one panel: found by its frame.
private struct Panel {
    let image: RasterImage
    let left = 64
    let top = 26
    var width: Int { image.width - 160 }
    let height: Int

    func colour(time share: Double, frequency: Double, maximum: Double) -> Colour? {
        image[
            left + Int(share * Double(width)), top + Int((1 - frequency / maximum) * Double(height))
        ]
    }
}

@Suite struct SpectrogramTests {
    @Test func aSineIsOneBrightLineAtItsFrequencyAndLevel() throws {
        for (frequency, amplitude) in [(1000.0, 1.0), (3000, 0.1), (6500, 0.01)] {
            var figure = SpectrogramFigure([
                .init(
                    label: "sine", samples: sine(frequency, amplitude: amplitude), sampleRate: 16000
                )
            ])
            figure.topLevel = 0
            figure.dynamicRange = 80
            let panel = Panel(image: try figure.image(), height: figure.panelHeight)
            let expected = figure.colourMap.colour((20 * log10(amplitude) + 80) / 80)
            let index = try #require(figure.colourMap.colours.firstIndex(of: expected))
            let found = try #require(panel.colour(time: 0.5, frequency: frequency, maximum: 8000))
            let foundIndex = try #require(figure.colourMap.colours.firstIndex(of: found))
            // 80 dB are 256 colours: within 1.5 dB, as a row of pixels does not lie exactly on the
            // frequency.
            #expect(abs(index - foundIndex) <= 5, "\(frequency)")
            // 600 Hz away there is nothing.
            #expect(
                panel.colour(time: 0.5, frequency: frequency + 600, maximum: 8000)
                    == figure.colourMap.colours[0])
            #expect(
                panel.colour(time: 0.5, frequency: frequency - 600, maximum: 8000)
                    == figure.colourMap.colours[0])
        }
    }

    @Test func panelsShareTheirAxes() throws {
        let figure = SpectrogramFigure([
            .init(label: "long, 16 kHz", samples: sine(440, seconds: 2), sampleRate: 16000),
            .init(
                label: "short, 8 kHz", samples: sine(440, seconds: 1, rate: 8000),
                sampleRate: 8000),
        ])
        let image = try figure.image()
        let empty = Theme.light.empty
        let second = 26 + figure.panelHeight + 8 + 26
        // The second signal ends at half the time and has nothing above 4 kHz.
        #expect(image[64 + 200, second + 180] != empty)
        #expect(image[64 + 800, second + 180] == empty)
        #expect(image[64 + 200, second + 20] == empty)
        #expect(image[64 + 800, 26 + 20] != empty && image[64 + 800, 26 + 180] != empty)
    }

    @Test func silenceAndShortSignalsHaveAPicture() throws {
        for samples in [[Float](repeating: 0, count: 5000), [0.5], sine(100, seconds: 0.002)] {
            #expect(
                try SpectrogramFigure([.init(label: "s", samples: samples, sampleRate: 16000)])
                    .image().width == 1200)
        }
    }

    @Test func unusableSignalsAreErrors() throws {
        #expect(throws: PlottingError.nothingToDraw) { try SpectrogramFigure([]).image() }
        #expect(throws: PlottingError.unusableSignal("'e' has no samples")) {
            try SpectrogramFigure([.init(label: "e", samples: [], sampleRate: 16000)]).image()
        }
        #expect(throws: PlottingError.nonFinite(signal: "n", index: 1)) {
            try SpectrogramFigure([.init(label: "n", samples: [0, .nan], sampleRate: 16000)])
                .image()
        }
        #expect(throws: PlottingError.unusableSignal("'r' has a sample rate of 0 Hz")) {
            try SpectrogramFigure([.init(label: "r", samples: [0], sampleRate: 0)]).image()
        }
        var narrow = SpectrogramFigure([.init(label: "s", samples: [0, 1], sampleRate: 16000)])
        narrow.width = 100
        #expect(throws: PlottingError.self) { try narrow.image() }
    }

    @Test func pictureForTheEye() throws {
        // A rising tone, noise, and a long name.
        let chirp = (0..<48_000).map { n -> Float in
            let t = Double(n) / 16000
            return Float(0.3 * sin(2 * Double.pi * (200 * t + 1200 * t * t)))
        }
        var state = UInt64(5)
        let noisy = chirp.map { value -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return value + 0.02 * (Float(state >> 40) / Float(1 << 23) - 1)
        }
        let name = "a/very/long/path/" + String(repeating: "folder/", count: 30) + "last-part.wav"
        let figure = SpectrogramFigure([
            .init(label: "chirp", samples: chirp, sampleRate: 16000),
            .init(label: name, samples: noisy, sampleRate: 16000),
        ])
        let file = try figure.png()
        #expect(decoded(file)?.height == 2 * (26 + 220 + 8) + 52)
        try keepSample("chirp.png", file)
    }
}
