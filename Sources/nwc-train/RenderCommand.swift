import ArgumentParser
import CodecTraining
import Foundation
import ToolSupport

/// Decodes validation speech with the present averaged weights of a run, without a bitstream: to
/// look and listen while training goes on.
struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Decode speech with a run's latest checkpoint into WAV files (entropies, no bitstream)."
    )
    @Argument(help: "Folder of the run.") var folder: String
    @Option(help: "Folder of speech.") var input: String
    @Option(name: .shortAndLong, help: "Folder for the decoded files.") var output: String
    @Option(help: "Rate position of each module that runs, 0...1 (default codec).") var position:
        [Double] = [0.5]
    @Option(help: "Modules that run (papers' codecs); all without it.") var layers: Int?
    @Flag(name: .shortAndLong, help: "Overwrite decoded files; recordings never.") var force = false

    func validate() throws {
        guard !position.isEmpty, position.allSatisfy({ (0...1).contains($0) }) else {
            throw ValidationError("positions \(position) are not in 0...1")
        }
        if let layers, layers < 1 { throw ValidationError("\(layers) layers: at least 1 must run") }
    }

    func run() throws {
        let configuration: TrainingConfiguration
        switch try AnyTrainingConfiguration(path: folder + "/config.json") {
        case .standard(let standard): configuration = standard
        case .paper(let paper):
            return try renderPaper(
                paper, folder: folder, input: input, output: output, layers: layers, force: force)
        }
        let modules = configuration.network.modules.count
        guard position.count <= modules else {
            throw ToolFailure.usage(
                "\(position.count) positions; the network of \(folder) has \(modules) modules")
        }
        guard layers == nil else {
            throw ToolFailure.usage(
                "--layers is for the papers' codecs; the default codec has a --position for each module that runs"
            )
        }
        let corpus = try Corpus(folder: input)
        let decoded = try DecodedFolder(output, of: corpus, input: input, force: force)
        let trainer = try Trainer(configuration, corpus: corpus)
        let path = folder + "/checkpoint.nwck"
        try trainer.restore(try Checkpoint(path: path), path: path)
        let validator = Validator(
            network: trainer.network, store: trainer.store, corpus: corpus,
            configuration: configuration)
        let row = try trainer.withAverage {
            try validator.run(positions: position, steps: trainer.step) { clip, samples in
                try decoded.write(clip, samples)
            }
        }
        try Output.line(
            String(
                format:
                    "%.3f kbit/s (envelope %.3f) weighted %.4f mel %.4f loudness %.4f SNR %.2f dB",
                row.kbps, row.envelopeKbps, row.weightedSNR, row.mel,
                row.loudness, row.snr))
    }
}
