import ArgumentParser
import CodecTraining
import Foundation
import ToolSupport

@main
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-train",
        abstract: "Train, resume, evaluate and export models of the nwc speech codec.",
        version: VersionText.lazy(tool: "nwc-train", formatVersion: nil, models: { [] }),
        subcommands: [
            Run.self, Resume.self, Plot.self, Render.self, Export.self, Evaluate.self,
            LineSpectrum.self,
        ])

    static func main() { ToolMain.run(Self.self) }
}

/// Writes a line of progress. That nobody can read it (a full disk) does not end training.
func progress(_ line: String) { Console.write(line + "\n", to: STDOUT_FILENO) }

/// Where the speech is.
struct CorpusOptions: ParsableArguments {
    @Option(help: "Folder with training speech (searched recursively).") var train: String
    @Option(help: "Folder with validation speech of other speakers.") var valid: String?
    @Option(help: "Folder with background noise, for configurations that mix it in.") var noise:
        String?
    @Option(help: "Stop after so many minutes of wall-clock time; resume later.") var minutes:
        Double?

    func validate() throws {
        if let minutes, !(minutes > 0 && minutes < 1e6) {
            throw ValidationError(
                "--minutes \(minutes): possible are numbers above 0, below 1000000")
        }
    }

    /// - Parameter minimumSamples: shorter training clips are left out
    func load(minimumSamples: Int) throws -> (train: Corpus, valid: Corpus?, noise: Corpus?) {
        let start = Date()
        let corpus = try Corpus(folder: train, minimumSamples: minimumSamples)
        let validation = try valid.map { try Corpus(folder: $0) }
        progress(
            String(
                format:
                    "speech: %d clips, %.2f h for training, %d clips for validation (read in %.1f s)",
                corpus.clips.count,
                Double(corpus.sampleCount) / 16000 / 3600, validation?.clips.count ?? 0,
                Date().timeIntervalSince(start)))
        return (corpus, validation, try noise.map { try Corpus(folder: $0) })
    }
}

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start training from a configuration.")
    @Argument(help: "Configuration (JSON), see Configs/.") var config: String
    @Option(name: .shortAndLong, help: "Folder of the run (checkpoint, curves).") var output: String
    @OptionGroup var corpus: CorpusOptions

    func run() throws {
        try start(
            AnyTrainingConfiguration(path: config), folder: output, corpus: corpus, resuming: false)
    }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Continue a run exactly where its last checkpoint was written.")
    @Argument(help: "Folder of the run.") var folder: String
    @OptionGroup var corpus: CorpusOptions

    func run() throws {
        try start(
            AnyTrainingConfiguration(path: folder + "/config.json"), folder: folder, corpus: corpus,
            resuming: true)
    }
}

func start(
    _ configuration: AnyTrainingConfiguration, folder: String, corpus: CorpusOptions, resuming: Bool
) throws {
    switch configuration {
    case .standard(let configuration):
        let (train, valid, noise) = try corpus.load(
            minimumSamples: configuration.segmentSamples / 2)
        let run = try TrainingRun(
            configuration, folder: folder, corpus: train, noise: noise, validation: valid,
            resuming: resuming)
        try drive(run, minutes: corpus.minutes)
    case .paper(let configuration):
        try trainPaper(configuration, folder: folder, corpus: corpus, resuming: resuming)
    }
    try RunFolder(path: folder).drawLoss()
}

func drive(_ run: TrainingRun, minutes: Double?) throws {
    progress("parameters: \(run.trainer.parameterCount)")
    try run.run(seconds: minutes.map { $0 * 60 }) { p in
        progress(
            String(
                format:
                    "%6d/%d %@  loss %.3f  weighted %.3f  mel %.3f  loudness %.3f  %.2f kbit/s (envelope %.2f)  |g| %.2f  %.0f x  left %.0f min",
                p.step,
                p.totalSteps,
                p.phase, p.report.loss, p.report.weightedSNR, p.report.mel, p.report.loudness,
                p.report.kbps, p.report.envelopeKbps, p.report.gradientNorm,
                p.audioSecondsPerSecond, p.secondsLeft / 60))
    } validated: { rows in
        for r in rows {
            progress(
                String(
                    format:
                        "  valid: layers %d position %.2f  %.2f kbit/s (envelope %.2f)  weighted %.3f  mel %.3f  loudness %.3f  SNR %.2f dB",
                    r.layers,
                    r.position,
                    r.kbps, r.envelopeKbps, r.weightedSNR, r.mel, r.loudness, r.snr))
        }
    }
}
