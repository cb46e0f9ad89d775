import ArgumentParser
import Foundation
import System
import ToolSupport
import Training

/// Writes a model file that nwc-enc and nwc-dec use.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a model file from a run's latest checkpoint.")
    @Argument(help: "Folder of the run, or a checkpoint file.") var run_: String
    @Argument(help: "Model file to write.") var model: String
    @Option(help: "Folder with training speech, for the symbol statistics.") var train: String
    @Flag(name: .shortAndLong, help: "Overwrite the model file.") var force = false
    @OptionGroup var strictness: StrictOption

    func run() throws {
        var isFolder: ObjCBool = false
        let path =
            FileManager.default.fileExists(atPath: run_, isDirectory: &isFolder)
                && isFolder.boolValue ? RunFolder(path: run_).checkpoint : run_
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
