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
    @Flag(name: .shortAndLong, help: "Overwrite the model file.") var force = false
    @OptionGroup var strictness: StrictOption

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
        let checkpoint = try TrainingCheckpoint<C>(path: path)
        let corpus = try strictness.read(
            train, sampleRate: checkpoint.state.configuration.sampleRate)
        return try C.export(checkpoint, path: path, corpus: corpus) { try Output.line($0) }
    }
}
