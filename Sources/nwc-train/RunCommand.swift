import ArgumentParser
import Foundation
import ToolSupport
import Training

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start training from a configuration.")
    @Argument(help: "Configuration (JSON), see Configs/.") var config: String
    @Option(name: .shortAndLong, help: "Folder of the run (checkpoint, curves).") var output: String
    @OptionGroup var corpus: CorpusOptions

    func run() throws {
        let configuration = try ConfigurationFile.read(config)
        let folder = RunFolder(path: output)
        try folder.refuseRun()
        try train(configuration, folder, corpus, lock: nil)
    }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Continue a run exactly where its last checkpoint was written.")
    @Argument(help: "Folder of the run.") var folder: String
    @OptionGroup var corpus: CorpusOptions

    func run() throws {
        let folder = RunFolder(path: folder)
        try train(
            ConfigurationFile.read(folder.configuration), folder, corpus, lock: RunLock(folder))
    }
}

/// Trains until the configuration, the minutes or a signal end it.
/// - Parameter lock: of the folder, to go on with its run; nil = begin one
private func train(
    _ configuration: some TaskConfiguration, _ folder: RunFolder, _ options: CorpusOptions,
    lock: RunLock?
) throws {
    let data = try options.load(
        sampleRate: configuration.sampleRate, minimumSamples: configuration.leastSamples)
    let run = try TrainingRun(
        configuration.makeTask(data), folder: folder.path, resuming: lock != nil, lock: lock)
    for remark in run.remarks { Console.warning(remark) }
    progress("parameters: \(run.trainer.store.count)")
    let task = run.trainer.task
    Interruption.catchSignals()
    let end = try run.run(seconds: options.minutes.map { $0 * 60 }) { now in
        progress(
            String(format: "%6d/%d ", now.step, now.totalSteps) + now.phase
                + String(format: "  loss %.3f  ", now.measured.loss)
                + now.measured.line(task.columns)
                + String(
                    format: "  |g| %.2f  %.3g x  left %.0f min", now.measured.gradientNorm,
                    now.audioSecondsPerSecond, now.secondsLeft / 60))
    } validated: { rows in
        for row in rows { progress("  valid: " + row.line(task.validationColumns)) }
    } isStopped: {
        Interruption.signal != nil
    }
    try folder.drawLoss()
    let steps = "\(run.trainer.step) of \(configuration.totalSteps) steps"
    if case .complete = end {
        progress("complete: \(steps)")
    } else {
        progress(
            """
            stopped: \(steps); to go on: nwc-train resume \(quoted(folder.path)) \
            \(options.commandLine)
            """
        )
    }
    if let signal = Interruption.signal { Interruption.end(by: signal) }
}
