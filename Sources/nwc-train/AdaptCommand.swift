import ArgumentParser
import CMRLCodec
import Foundation
import System
import ToolSupport
import Training

/// Adapts a model to some speech and writes what changed as a patch.
struct Adapt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Adapt a model to a voice, a room or a line, and write the change as a patch.",
        discussion: """
            Trains a few numbers inside the model on the recordings of FOLDER, by forward passes \
            alone (mezo, adazeta, mazo, fzoo, quzo) or by back-propagation, and writes them as a \
            patch. The run lies in a folder beside the patch; interrupted, it goes on with \
            --resume. nwc-train export makes a model file of the run, for nwc-enc --model.
            """)

    enum Method: String, ExpressibleByArgument, CaseIterable {
        case backprop, mezo, adazeta, mazo, fzoo, quzo
    }

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case bands, shifts, scales
        case lowRank = "low-rank"
        case tensorTrain = "tensor-train"
    }

    @Argument(
        help: "Model file, or name of a built-in model.", completion: .file(extensions: ["nwm"]))
    var model: String
    @Argument(help: "Folder of speech to adapt to.", completion: .directory) var folder: String
    @Option(name: .shortAndLong, help: "Patch to write.", completion: .file(extensions: ["nwp"]))
    var output: String
    @Option(help: "How it is trained.") var method: Method = .adazeta
    @Option(help: "Which numbers are trained.") var adapter: Kind = .bands
    @Option(help: "Of the products of low-rank and tensor-train, 1 to 8.") var rank = 2
    @Option(
        help: """
            Directions of a step; adazeta: the least of them. (default: 2, fzoo 8)
            """) var queries: Int?
    @Option(help: "Forward passes in all; backprop: steps.") var passes = 2000
    @Option(help: "Seconds of speech of a pass.") var seconds = 10
    @Option(help: "Bits of the numbers, 2 to 8, of quzo.") var bits = 8
    @Option(help: "Step size. (default: that of the method)") var rate: Double?
    @Option(help: "Folder of other speech to judge by.", completion: .directory) var valid: String?
    @Option(
        name: .customLong("run"),
        help: "Folder of the run. (default: the patch with .run behind it)",
        completion: .directory) var runFolder: String?
    @Option(help: "Stop after so many minutes; go on with --resume.") var minutes: Double?
    @Flag(help: "Go on with the run of this patch.") var resume = false
    @Flag(name: .shortAndLong, help: "Overwrite the patch.") var force = false
    @OptionGroup var strictness: StrictOption

    func validate() throws {
        for (option, value, range) in [
            ("--queries", queries ?? 1, 1...1000), ("--passes", passes, 1...10_000_000),
            ("--seconds", seconds, 1...10_000), ("--bits", bits, 2...8), ("--rank", rank, 1...8),
        ] where !range.contains(value) {
            throw ValidationError(
                "\(option) \(value): possible are \(range.lowerBound) to \(range.upperBound)")
        }
        if let minutes, !(minutes > 0 && minutes < 1e6) {
            throw ValidationError(
                "--minutes \(minutes): possible are numbers above 0, below 1000000")
        }
        if let rate, !(rate > 0 && rate < 1e6) {
            throw ValidationError("--rate \(rate): possible are numbers above 0, below 1000000")
        }
    }

    func run() throws {
        let run = RunFolder(path: runFolder ?? output + ".run")
        let output = try AtomicOutput(
            path: output, force: force, inputs: [FileIdentity(input: model)].compactMap { $0 })
        defer { output.discard() }
        let lock = resume ? try RunLock(run) : nil
        if !resume { try run.refuseRun() }
        guard try isComplete(resume ? resumed(run) : adaptation(), run, lock) else {
            output.discard()
            if let signal = Interruption.signal { Interruption.end(by: signal) }
            return
        }
        let checkpoint = try TrainingCheckpoint<AdaptationConfiguration>(path: run.checkpoint)
        let patch = try AdaptationConfiguration.patch(checkpoint, path: run.checkpoint)
        try output.write(patch.bytes)
        try output.commit()
        progress(
            """
            \(self.output): patch of \(patch.bytes.count) bytes, \(patch.kind), for model \
            \(patch.modelID)
            """)
    }

    /// Trains.
    private func isComplete(
        _ configuration: AdaptationConfiguration, _ run: RunFolder, _ lock: RunLock?
    ) throws -> Bool {
        let data = TrainingData(
            train: try strictness.read(folder, sampleRate: configuration.sampleRate),
            validation: try valid.map {
                try strictness.read($0, sampleRate: configuration.sampleRate)
            })
        let training = try choosing {
            try TrainingRun(
                configuration.makeTask(data), folder: run.path, resuming: resume, lock: lock)
        }
        progress("numbers: \(training.trainer.task.numberCount)")
        Interruption.catchSignals()
        return try follow(
            training, run, minutes: minutes,
            continuation: "the same command with --resume")
    }

    private func resumed(_ run: RunFolder) throws -> AdaptationConfiguration {
        let found = try ConfigurationFile.read(run.configuration)
        guard let configuration = found as? AdaptationConfiguration else {
            throw ToolFailure.usage("\(run.path) is no run of nwc-train adapt")
        }
        return configuration
    }

    private func adaptation() throws -> AdaptationConfiguration {
        let rank = adapter == .lowRank || adapter == .tensorTrain ? rank : 0
        return try AdaptationConfiguration(
            name: URL(fileURLWithPath: output).deletingPathExtension().lastPathComponent,
            model: model, kind: adapter.rawValue, rank: rank, method: method.rawValue,
            queries: queries, passes: passes, seconds: seconds, bits: bits, rate: rate)
    }
}
