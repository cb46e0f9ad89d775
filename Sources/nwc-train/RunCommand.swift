import ArgumentParser
import Foundation
import ToolSupport
import Training

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start training from a configuration.", discussion: progressHelp)
    @OptionGroup var start: StartOptions

    func run() throws { try start.run { _ in } }
}

/// What a run is made of and where.
struct StartOptions: ParsableArguments {
    @Argument(
        help: "Configuration (JSON), see Configs/ and nwc-train settings.",
        completion: .file(extensions: ["json"])) var config: String
    @Option(
        name: .shortAndLong, help: "Folder of the run (checkpoint, curves).",
        completion: .directory) var output: String
    @OptionGroup var corpus: CorpusOptions
    @OptionGroup var ranks: RankOptions

    /// Starts a run in a folder that has none.
    /// - Parameter check: throws for configurations that are not for the command
    func run(_ check: (any TaskConfiguration) throws -> Void) throws {
        try ranks.run { ranks in
            let configuration = try ConfigurationFile.read(config)
            try check(configuration)
            let folder = RunFolder(path: output)
            if ranks?.leads ?? true { try folder.refuseRun() }
            try train(configuration, folder, corpus, resuming: false, ranks)
        }
    }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Continue a run exactly where its last checkpoint was written.",
        discussion: progressHelp)
    @Argument(help: "Folder of the run.", completion: .directory) var folder: String
    @OptionGroup var corpus: CorpusOptions
    @OptionGroup var ranks: RankOptions

    func run() throws {
        let folder = RunFolder(path: folder)
        try ranks.run { ranks in
            let lock = ranks?.leads ?? true ? try RunLock(folder) : nil
            try train(
                ConfigurationFile.read(folder.configuration), folder, corpus, resuming: true,
                lock: lock, ranks)
        }
    }
}

/// What the lines of progress mean.
private let progressHelp = """
    Every 50 steps a line: step and steps in all, phase, loss and its terms (means since the last \
    line), |g| norm of the gradient before clipping, seconds of speech trained on in a second, \
    time left. Validation (valid:) is of averaged weights on whole clips, a line for each rate \
    position. Ctrl-C ends behind the step that runs, with a checkpoint, and says how to go on.
    """

/// Trains until the configuration, the minutes or a signal end it.
/// - Parameters:
///   - resuming: go on with the folder's run; otherwise begin one
///   - lock: of the folder, if it was taken
///   - ranks: processes that do the same; rank 0 reports
private func train(
    _ configuration: some TaskConfiguration, _ folder: RunFolder, _ options: CorpusOptions,
    resuming: Bool, lock: RunLock? = nil, _ ranks: (any Ranks)?
) throws {
    let leads = ranks?.leads ?? true
    let data = try options.load(
        sampleRate: configuration.sampleRate, minimumSamples: configuration.leastSamples,
        reports: leads)
    let run = try choosing {
        try TrainingRun(
            configuration.makeTask(data), folder: folder.path, resuming: resuming, lock: lock,
            keepBest: options.keepBest, ranks: ranks)
    }
    if leads { progress("parameters: \(run.trainer.store.count)") }
    if ranks == nil { Interruption.catchSignals() }
    _ = try follow(
        run, folder, minutes: options.minutes, leads: leads,
        continuation: "nwc-train resume \(quoted(folder.path)) \(options.commandLine)")
}

/// Runs a training to its end, the minutes' or a signal's, with lines of progress.
/// - Parameters:
///   - leads: this process reports
///   - continuation: what is typed to go on
/// - Returns: whether it is complete
func follow<Task: TrainingTask>(
    _ run: TrainingRun<Task>, _ folder: RunFolder, minutes: Double?, leads: Bool = true,
    continuation: String
) throws -> Bool {
    for remark in run.remarks { Console.warning(remark) }
    let task = run.trainer.task
    let end = try run.run(seconds: minutes.map { $0 * 60 }) { now in
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
    var isComplete = false
    if case .complete = end { isComplete = true }
    guard leads else { return isComplete }
    try folder.drawLoss()
    let steps = "\(run.trainer.step) of \(task.configuration.totalSteps) steps"
    progress(
        isComplete ? "complete: \(steps)" : "stopped: \(steps); to go on: \(continuation)")
    return isComplete
}
