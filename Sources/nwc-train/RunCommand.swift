import ArgumentParser
import Foundation
import ToolSupport
import Training

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start training from a configuration.", discussion: progressHelp)
    @Argument(
        help: "Configuration (JSON), see Configs/ and nwc-train settings.",
        completion: .file(extensions: ["json"])) var config: String
    @Option(
        name: .shortAndLong, help: "Folder of the run (checkpoint, curves).",
        completion: .directory) var output: String
    @OptionGroup var corpus: CorpusOptions

    func run() throws {
        let configuration = try ConfigurationFile.read(config)
        let folder = RunFolder(path: output)
        try folder.refuseRun()
        _ = try train(configuration, folder, Sitting(configuration, corpus), lock: nil)
    }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Continue a run exactly where its last checkpoint was written.",
        discussion: progressHelp)
    @Argument(help: "Folder of the run.", completion: .directory) var folder: String
    @OptionGroup var corpus: CorpusOptions

    func run() throws {
        let folder = RunFolder(path: folder)
        let lock = try RunLock(folder)
        let configuration = try ConfigurationFile.read(folder.configuration)
        _ = try train(configuration, folder, Sitting(configuration, corpus), lock: lock)
    }
}

/// What the lines of progress mean.
private let progressHelp = """
    Every 50 steps a line: step and steps in all, phase, loss and its terms (means since the last \
    line), |g| norm of the gradient before clipping, seconds of speech trained on in a second, \
    time left. Validation (valid:) is of averaged weights on whole clips, a line for each rate \
    position. Ctrl-C ends behind the step that runs, with a checkpoint, and says how to go on.
    """

/// What a sitting of a run has besides the configuration.
struct Sitting {
    var data: TrainingData
    /// Seconds of wall clock; nil = to the end.
    var seconds: Double?
    var keepBest: String?
    /// What is typed to go on, for the folder of a run.
    var continuation: (String) -> String
}

extension Sitting {
    /// Reads the speech.
    init(_ configuration: any TaskConfiguration, _ options: CorpusOptions) throws {
        data = try options.load(
            sampleRate: configuration.sampleRate, minimumSamples: configuration.leastSamples)
        seconds = options.minutes.map { $0 * 60 }
        keepBest = options.keepBest
        continuation = { "nwc-train resume \(quoted($0)) \(options.commandLine)" }
    }
}

/// Trains until the configuration, the minutes or a signal end it.
/// - Parameter lock: of the folder, to go on with its run; nil = begin one
/// - Returns: whether it is complete
func train(
    _ configuration: some TaskConfiguration, _ folder: RunFolder, _ sitting: Sitting,
    lock: RunLock?
) throws -> Bool {
    let run = try choosing {
        try TrainingRun(
            configuration.makeTask(sitting.data), folder: folder.path, resuming: lock != nil,
            lock: lock, keepBest: sitting.keepBest)
    }
    for remark in run.remarks { Console.warning(remark) }
    progress("parameters: \(run.trainer.store.count)")
    let task = run.trainer.task
    Interruption.catchSignals()
    let end = try run.run(seconds: sitting.seconds) { now in
        progress(
            String(format: "%6d/%d ", now.step, now.totalSteps) + now.phase
                + String(format: "  loss %.3f  ", now.measured.loss)
                + now.measured.line(task.columns)
                + String(
                    format: "  |g| %.2f  %.3g s/s  left %.0f min", now.measured.gradientNorm,
                    now.audioSecondsPerSecond, now.secondsLeft / 60))
    } validated: { rows in
        for row in rows { progress("  valid: " + row.line(task.validationColumns)) }
    } kept: { value in
        progress("  best so far: \(value), kept in \(folder.best)")
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
            stopped: \(steps); to go on: \(sitting.continuation(folder.path))
            """
        )
    }
    if let signal = Interruption.signal { Interruption.end(by: signal) }
    if case .complete = end { return true }
    return false
}
