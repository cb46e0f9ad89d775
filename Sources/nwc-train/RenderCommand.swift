import ArgumentParser
import ToolSupport
import Training

/// Runs speech through the present averaged weights of a run, without a file format: to look and
/// listen while training goes on.
struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Decode speech with a run's latest checkpoint into WAV files (entropies, no bitstream)."
    )
    @Argument(
        help: ArgumentHelp("Folder of the run, or a checkpoint file.", valueName: "run"),
        completion: .directory) var folder: String
    @Option(help: "Folder of speech.", completion: .directory) var input: String
    @Option(name: .shortAndLong, help: "Folder for the decoded files.", completion: .directory)
    var output: String
    @Option(help: "Rate position of each module that runs, 0...1 (default codec; 0.5 without it).")
    var position: [Double] = []
    @Option(help: "Modules that run (papers' codecs); all without it.") var layers: Int?
    @Flag(name: .shortAndLong, help: "Overwrite decoded files; recordings never.") var force = false
    @OptionGroup var strictness: StrictOption

    func validate() throws {
        guard position.allSatisfy({ (0...1).contains($0) }) else {
            throw ValidationError("positions \(position) are not in 0...1")
        }
        if let layers, layers < 1 { throw ValidationError("\(layers) layers: at least 1 must run") }
    }

    func run() throws {
        let checkpoint = RunFolder.checkpoint(folder)
        if checkpoint == folder {
            try render(ConfigurationFile.family(ofCheckpoint: checkpoint), checkpoint)
        } else {
            try render(
                ConfigurationFile.read(RunFolder(path: folder).configuration), checkpoint)
        }
    }

    private func render<C: TaskConfiguration>(_ type: C.Type, _ checkpoint: String) throws {
        try render(TrainingCheckpoint<C>(path: checkpoint).state.configuration, checkpoint)
    }

    private func render(_ configuration: some TaskConfiguration, _ checkpoint: String) throws {
        let corpus = try strictness.read(input, sampleRate: configuration.sampleRate)
        let decoded = try DecodedFolder(output, of: corpus, input: input, force: force)
        let trainer = try configuration.makeTrainer(TrainingData(train: corpus))
        try trainer.restore(from: checkpoint)
        let choice = RenderChoice(positions: position.isEmpty ? nil : position, layers: layers)
        let row = try choosing {
            try trainer.withAverage {
                try trainer.task.render(corpus, choice, steps: trainer.step) { clip, samples in
                    try decoded.write(clip, samples)
                }
            }
        }
        try Output.line(row.line(trainer.task.validationColumns))
    }
}
