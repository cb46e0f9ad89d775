import ArgumentParser
import Plotting
import ToolSupport

struct Rate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw where the bits of a bitstream went, over time, into a PNG file.",
        discussion:
            """
            Decoded waveform; rate of each block: envelope, coefficients of each layer, framing; \
            rate of the coefficients by frequency. Lengths are those of the model's \
            probabilities. Numbers: nwc-info --json -v.
            """)

    @Argument(help: "PNG file to write.", completion: .file(extensions: ["png"])) var output: String
    @Argument(help: "Bitstream.", completion: .file(extensions: ["nwc"])) var input: String
    @Option(
        help: ArgumentHelp(
            "Model of a stream that no built-in model made.", valueName: "file"),
        completion: .file(extensions: ["nwm"])) var model: String?
    @Option(help: "Width of the picture, pixels, 400 ... 4000.") var width = 1200
    @OptionGroup var picture: PictureOptions

    func validate() throws {
        guard (400...4000).contains(width) else {
            throw ValidationError("--width \(width): possible are 400 ... 4000")
        }
        try Picture.check(output)
    }

    func run() throws {
        let trace = try StreamTrace(path: input, models: ModelCache(choice: model))
        guard trace.blocks.contains(where: \.isRead) else {
            throw ToolFailure.runtime("\(input): no block could be read")
        }
        let toKbps = 1 / trace.blockSeconds / 1000
        var parts = [
            RateFigure.Part("envelope", rates: trace.blocks.map { $0.envelopeBits * toKbps })
        ]
        for layer in 0..<trace.layers {
            parts.append(
                .init(
                    "layer \(layer + 1)",
                    rates: trace.blocks.map {
                        layer < $0.layerBits.count ? $0.layerBits[layer] * toKbps : 0
                    }))
        }
        parts.append(.init("framing", rates: trace.blocks.map { $0.framingBits * toKbps }))
        let highest = Double(trace.sampleRate) / 2000
        let perBand = toKbps * Double(StreamTrace.bands) / highest
        let none = Array(repeating: 0.0, count: StreamTrace.bands)
        let total = parts.reduce(0) { $0 + $1.rates.reduce(0, +) } / Double(trace.blocks.count)
        var figure = RateFigure(
            title:
                """
                \(input.split(separator: "/").last ?? ""), \(NumberText.fixed(total, 2)) kbit/s
                """,
            samples: trace.samples, sampleRate: trace.sampleRate,
            blockSeconds: trace.blockSeconds, parts: parts,
            bandRates: trace.blocks.map {
                $0.isRead ? $0.bandBits.map { $0 * perBand } : none
            }, highest: highest)
        (figure.width, figure.theme) = (width, picture.theme)
        try Picture.write(try figure.png(), to: output, picture, inputs: [input])
    }
}
