import ArgumentParser
import CodecComparison
import Plotting
import System
import ToolSupport

struct Spectrogram: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw spectrograms of recordings, one above the other, into a PNG file.")

    @Argument(help: "PNG file to write.", completion: .file(extensions: ["png"])) var output: String
    @Argument(help: "Recordings.", completion: .file()) var inputs: [String]
    @Flag(name: .shortAndLong, help: "Overwrite an existing picture.") var force = false

    func validate() throws { try Picture.check(output) }

    func run() throws {
        guard !inputs.isEmpty else { throw ToolFailure.usage("no recordings to draw") }
        let signals = try inputs.map { path in
            let recording = try Recording(path: path, rate: 16000)
            return SpectrogramFigure.Signal(
                label: String(path.split(separator: "/").last ?? ""), samples: recording.samples,
                sampleRate: recording.sampleRate)
        }
        let png = try SpectrogramFigure(signals).png()
        let file = try AtomicOutput(
            path: output, force: force, inputs: inputs.compactMap { FileIdentity(input: $0) })
        defer { file.discard() }
        try file.write(png)
        try file.commit()
    }
}
