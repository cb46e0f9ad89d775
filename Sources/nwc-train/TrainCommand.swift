import ArgumentParser
import Foundation
import ToolSupport
import Training

@main
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-train",
        abstract: "Train, resume, evaluate and export models of the nwc speech codec.",
        version: VersionText.lazy(tool: "nwc-train", formatVersion: nil, models: { [] }),
        subcommands: [
            Settings.self, Run.self, Compress.self, Resume.self, Adapt.self, Plot.self, Render.self,
            Export.self, Evaluate.self, LineSpectrum.self,
        ])

    static func main() { ToolMain.run(Self.self) }
}

/// Writes a line of progress. That nobody can read it (a full disk) does not end training.
func progress(_ line: String) { Console.write(line + "\n", to: STDOUT_FILENO) }

/// What a task cannot do with the given options is a mistake of the command line.
func choosing<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch TrainingError.badChoice(let reason) {
        throw ToolFailure.usage(reason)
    }
}
