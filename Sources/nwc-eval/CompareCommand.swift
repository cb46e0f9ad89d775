import ArgumentParser
import CodecComparison
import ToolSupport

struct Compare: ParsableCommand {
    private static var known: String {
        (try? CodecCatalogue())?.names.joined(separator: ", ") ?? ""
    }

    static let configuration = CommandConfiguration(
        abstract: "Run codecs over a folder of recordings and measure what comes out.",
        discussion: """
            A codec is written NAME[:OPTION=VALUE...][@RATE,RATE...], with rates in kbit/s: \
            nwc@8,12,16, opus@12, nwc:model=new.nwm@8. Without rates its usual \
            ones are run. Known are \(Self.known); Scripts/peers.sh installs their programs \
            (opus-nolace and opus16-music: Scripts/peers.sh nolace). The source itself and a \
            3.5-kHz low-pass, with --mode audio a 7-kHz low-pass too, are always measured as \
            well. A run that was stopped goes on where it was.
            """)

    @OptionGroup var options: ComparisonOptions
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Codec and its rates; repeatable.", valueName: "codec")) var codec:
        [String]
    @Option(
        help: ArgumentHelp("Description of a further codec (JSON); repeatable.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var describe: [String] = []

    func run() throws {
        let selections = try CodecSelection.all(codec, describe: describe)
        try options.run(selections)
    }
}

struct Sweep: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run nwc over a folder of recordings at several rates and measure what comes out."
    )

    @OptionGroup var options: ComparisonOptions
    @Option(
        help: ArgumentHelp(
            "Rates in kbit/s, separated by commas. (default: 4,6,8,12,16,24)", valueName: "rates"))
    var bitrates: String?
    @Option(
        help: ArgumentHelp("Model file instead of the built-in model.", valueName: "file"),
        completion: .file(extensions: ["nwm"])) var model: String?

    func run() throws {
        let selection: CodecSelection
        do throws(ComparisonError) {
            let text =
                "nwc" + (model.map { ":model=" + $0 } ?? "") + (bitrates.map { "@" + $0 } ?? "")
            selection = try CodecSelection(text, catalogue: try CodecCatalogue())
        } catch {
            throw ToolFailure.usage(error.description)
        }
        try options.run([selection])
    }
}

extension CodecSelection {
    /// The codecs that a command line names.
    /// - Throws: `ToolFailure.usage`.
    static func all(_ texts: [String], describe files: [String]) throws(ToolFailure)
        -> [CodecSelection]
    {
        do throws(ComparisonError) {
            let catalogue = try CodecCatalogue(files: files)
            var list: [CodecSelection] = []
            for text in texts { list.append(try CodecSelection(text, catalogue: catalogue)) }
            return list
        } catch {
            throw .usage(error.description)
        }
    }
}
