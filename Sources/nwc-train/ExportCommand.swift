import ArgumentParser
import Foundation
import System
import ToolSupport
import Training

/// Writes a model file that nwc-enc and nwc-dec use.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a model file from a run's latest checkpoint.")
    @Argument(
        help: ArgumentHelp("Folder of the run, or a checkpoint file.", valueName: "run"),
        completion: .directory) var run_: String
    @Argument(help: "Model file to write.", completion: .file(extensions: ["nwm"]))
    var model: String
    @Option(
        help: "Folder with training speech, for the symbol statistics.", completion: .directory)
    var train: String
    @Option(
        help: ArgumentHelp(
            """
            For a post-filter: the codec model that it shall stand behind, a built-in one's name \
            or a path. (default: the one that it was trained behind)
            """, valueName: "name|file")) var codec: String?
    @Option(
        help: """
            For a post-filter: bits of a weight, 2 to 8. (default: as the configuration says, half \
            precision)
            """) var bits: Int?
    @Flag(name: .shortAndLong, help: "Overwrite the model file.") var force = false
    @OptionGroup var strictness: StrictOption

    func validate() throws {
        if let bits, !(2...8).contains(bits) {
            throw ValidationError("--bits \(bits): possible are 2 to 8")
        }
    }

    func run() throws {
        let path = RunFolder.checkpoint(run_)
        let output = try AtomicOutput(
            path: model, force: force, inputs: [FileIdentity(input: path)].compactMap { $0 })
        defer { output.discard() }
        let exported = try export(ConfigurationFile.family(ofCheckpoint: path), path)
        try output.write(exported.bytes)
        try output.commit()
        for (i, line) in exported.about.enumerated() {
            try Output.line(i == 0 ? "\(model): \(line)" : line)
        }
    }

    private func export<C: TaskConfiguration>(_ type: C.Type, _ path: String) throws
        -> ExportedModel
    {
        var checkpoint = try TrainingCheckpoint<C>(path: path)
        try choosing {
            try checkpoint.state.configuration.choose(exportedCodec: codec, bits: bits)
        }
        let corpus = try strictness.read(
            train, sampleRate: checkpoint.state.configuration.sampleRate)
        return try C.export(checkpoint, path: path, corpus: corpus) { try Output.line($0) }
    }
}
