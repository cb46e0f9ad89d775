import ArgumentParser
import CMRLCodec
import CodecTraining
import Foundation
import ToolSupport

/// Writes a model file that nwc-enc and nwc-dec use.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a model file from a run's latest checkpoint.")
    @Argument(help: "Folder of the run, or a checkpoint file.") var run_: String
    @Argument(help: "Model file to write.") var model: String
    @Option(help: "Folder with training speech, for the symbol statistics.") var train: String
    @Flag(name: .shortAndLong, help: "Overwrite the model file.") var force = false

    func run() throws {
        var isFolder: ObjCBool = false
        let path =
            FileManager.default.fileExists(atPath: run_, isDirectory: &isFolder)
                && isFolder.boolValue ? run_ + "/checkpoint.nwck" : run_
        let output = try AtomicOutput(
            path: model, force: force, inputs: [FileIdentity(input: path)].compactMap { $0 })
        defer { output.discard() }
        let checkpoint = try Checkpoint(path: path)
        let corpus = try Corpus(folder: train)
        let bytes = try ModelExport(checkpoint: checkpoint, path: path).run(corpus: corpus) {
            try Output.line($0)
        }
        let result = try CodecModel(bytes: bytes)
        try output.write(bytes)
        try output.commit()
        try Output.line(
            "\(model): model \(result.name), id \(result.id), \(result.parameterCount) parameters, \(bytes.count) bytes"
        )
        for (i, index) in CodecModel.rateCurveIndices.enumerated() {
            let rates = result.rateCurves.map { String(format: "%.2f", $0[i] / 1000) }.joined(
                separator: " / ")
            try Output.line(String(format: "  index %3d  ", Int(index)) + rates + " kbit/s")
        }
    }
}
