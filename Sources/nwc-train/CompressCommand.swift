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
    @OptionGroup var start: StartOptions

    func run() throws {
        try start.run { configuration in
            guard (configuration as? CodecTrainingConfiguration)?.compression != nil else {
                throw ToolFailure.usage(
                    """
                    \(start.config) has no compression: nwc-train run trains from the start
                    """)
            }
        }
    }
}
