import ArgumentParser
import ToolSupport
import Training

/// Training from a configuration with `compression`.
struct Compress: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the weights of a trained model small.",
        discussion: """
            Like run, for configurations with compression (see Configs/small.json and nwc-train \
            settings): training starts from the weights of the model that they name, under what \
            is to be done with them, and nwc-train export packs them. Goes on with nwc-train \
            resume.
            """)
    @Argument(
        help: "Configuration (JSON) with compression.", completion: .file(extensions: ["json"]))
    var config: String
    @Option(
        name: .shortAndLong, help: "Folder of the run (checkpoint, curves).",
        completion: .directory) var output: String
    @OptionGroup var corpus: CorpusOptions
    @OptionGroup var ranks: RankOptions

    func run() throws {
        try ranks.run { ranks in
            let configuration = try ConfigurationFile.read(config)
            guard (configuration as? CodecTrainingConfiguration)?.compression != nil else {
                throw ToolFailure.usage(
                    "\(config) has no compression: nwc-train run trains from the start")
            }
            try begin(configuration, output: output, corpus, ranks)
        }
    }
}
