import ArgumentParser
import CodecComparison
import Plotting
import ToolSupport

struct Spectrogram: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw spectrograms of recordings, one above the other, into a PNG file.",
        discussion:
            """
            All panels have the same axes and the same scale of levels, dBFS: 0 is a sine of full \
            scale.
            """)

    @Argument(help: "PNG file to write.", completion: .file(extensions: ["png"])) var output: String
    @Argument(help: "Recordings.", completion: .file()) var inputs: [String]
    @Flag(
        help: """
            Behind each recording but the first what it differs in from the first, sample by \
            sample.
            """) var difference = false
    @Option(help: "Where to begin, seconds. (default: 0)") var from: Double?
    @Option(help: "Where to end, seconds. (default: the end)") var to: Double?
    @Option(help: "Width of the picture, pixels, 300 ... 4000.") var width = 1200
    @Option(help: "Height of a panel, pixels, 60 ... 2000.") var height = 220
    @Option(help: "dB from the darkest to the brightest colour, 1 ... 300.") var range = 80.0
    @Option(help: "Level of the brightest colour, dBFS. (default: the loudest)") var top: Double?
    @Option(
        help: """
            speech: at 16 kHz; audio or mono-audio: at the rate of the first recording (at most \
            48 kHz). Channels are mixed to one.
            """) var mode = ComparisonMode.speech
    @Option(
        help: """
            Highest frequency, Hz, 100 ... 8000, of audio ... 24000. (default: 8000, of audio \
            20000 or half the rate)
            """) var highest: Double?
    @OptionGroup var picture: PictureOptions

    private static let highestAudible = 20_000.0

    func validate() throws {
        for (name, value, possible) in [
            ("width", Double(width), 300...4000.0), ("height", Double(height), 60...2000),
            ("range", range, 1...300), ("top", top ?? 0, -300...300),
            ("highest", highest ?? 8000, 100...(mode == .speech ? 8000 : 24_000)),
            ("from", from ?? 0, 0...1e6),
            ("to", to ?? 1, 0...1e6),
        ] where !possible.contains(value) {
            throw ValidationError(
                "--\(name) \(value): possible are \(possible.lowerBound) ... \(possible.upperBound)"
            )
        }
        if let to, to - (from ?? 0) < 0.01 {
            throw ValidationError("--from \(from ?? 0) --to \(to): at least 0.01 s must be drawn")
        }
        if difference, inputs.count < 2 {
            throw ValidationError("--difference needs at least two recordings")
        }
        try Picture.check(output)
    }

    func run() throws {
        guard !inputs.isEmpty else { throw ToolFailure.usage("no recordings to draw") }
        var signals: [SpectrogramFigure.Signal] = []
        var original: [Float] = []
        let form = mode == .speech ? mode : .monoAudio
        let rate = try Recording(path: inputs[0], as: form).sampleRate
        for (index, path) in inputs.enumerated() {
            let samples = try part(of: path, rate: rate)
            let label = String(path.split(separator: "/").last ?? "")
            signals.append(.init(label: label, samples: samples, sampleRate: rate))
            if index == 0 {
                original = samples
            } else if difference {
                signals.append(
                    .init(
                        label: "\(label) - \(signals[0].label)",
                        samples: zip(samples, original).map { $0 - $1 }, sampleRate: rate))
            }
        }
        var figure = SpectrogramFigure(signals)
        (figure.width, figure.panelHeight, figure.dynamicRange) = (width, height, range)
        figure.topLevel = top
        figure.maximumFrequency = highest ?? min(Double(rate) / 2, Self.highestAudible)
        (figure.firstSecond, figure.theme) = (from ?? 0, picture.theme)
        try Picture.write(try figure.png(), to: output, picture, inputs: inputs)
    }

    /// - Throws: `ToolFailure` where nothing of the recording lies in the range
    private func part(of path: String, rate: Int) throws -> [Float] {
        let samples = try Recording(path: path, rate: rate).samples
        func index(_ seconds: Double) -> Int {
            min(Int((seconds * Double(rate)).rounded()), samples.count)
        }
        let chosen = samples[index(from ?? 0)..<max(index(to ?? 1e6), index(from ?? 0))]
        guard !chosen.isEmpty else {
            let seconds = Double(samples.count) / Double(rate)
            throw ToolFailure.runtime(
                "\(path): has \(NumberText.fixed(seconds, 2)) s, nothing from \(from ?? 0) s on")
        }
        return Array(chosen)
    }
}
