import ArgumentParser
import ToolSupport

@main
struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-eval",
        abstract: "Compare codecs, sweep rates, score and look at decoded speech.",
        version: VersionText.lazy(tool: "nwc-eval", formatVersion: nil, models: { [] }),
        subcommands: [
            Compare.self, Sweep.self, Merge.self, Summarise.self, Report.self, Curves.self,
            Scatter.self, Score.self, Ratings.self, Judges.self, Noise.self, Spectrogram.self,
            Rate.self, Masking.self,
        ])

    static func main() { ToolMain.run(Self.self) }
}
