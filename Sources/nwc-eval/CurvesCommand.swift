import ArgumentParser
import CodecComparison
import Plotting
import ToolSupport

struct Curves: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Draw quality over rate from a file of results into one PNG file, a panel a measure.",
        discussion:
            """
            Bars are 95 % bootstrap intervals over files. `report` draws every measure into \
            a file of its own.
            """
    )

    @Argument(
        help: "File of results of compare or sweep.", completion: .file(extensions: ["jsonl"]))
    var results: String
    @Option(name: .shortAndLong, help: "PNG file to write.", completion: .file(extensions: ["png"]))
    var output: String
    @Option(
        help: ArgumentHelp(
            """
            Measures, separated by commas, as results name them. (default: those of \
            pesq_wb,estoi that have values, of audio nmr_db,zimtohrli)
            """,
            valueName: "measures"))
    var measures: String?
    @Option(help: ArgumentHelp("Codecs, separated by commas. (default: all)", valueName: "codecs"))
    var codecs: String?
    @Option(help: "Panels side by side; further ones go below.") var columns = 2
    @Option(help: "Width of a panel, pixels.") var width = 440
    @Option(help: "Height of a panel, pixels.") var height = 380
    @OptionGroup var picture: PictureOptions

    func validate() throws {
        for (name, value, least) in [("width", width, 240), ("height", height, 160)]
        where !(least...4000).contains(value) {
            throw ValidationError("--\(name) \(value): possible are \(least) ... 4000")
        }
        if !(1...20).contains(columns) {
            throw ValidationError("--columns \(columns): possible are 1 ... 20")
        }
        try Picture.check(output)
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init)
    }

    func run() throws {
        let summary = Summary(try ResultsFile.read(results))
        let figure: ChartGrid
        let isSpeech = summary.mode == ComparisonMode.speech.rawValue
        let usual = (isSpeech ? ["pesq_wb", "estoi"] : ["nmr_db", "zimtohrli"]).filter { measure in
            summary.points.contains { $0.measures[measure] != nil }
        }
        let measures = measures.map(Self.list) ?? usual
        guard !measures.isEmpty else {
            throw ToolFailure.usage(
                self.measures == nil
                    ? "\(results) has neither pesq_wb nor estoi; name --measures"
                    : "--measures names no measure")
        }
        do throws(ComparisonError) {
            figure = try ReportChart.figure(
                summary, measures: measures, codecs: codecs.map(Self.list),
                names: try CodecCatalogue().titles(of: summary.codecs), width: width,
                height: height, columns: columns)
        } catch {
            throw ToolFailure.runtime("\(results): \(error)")
        }
        try Picture.write(try figure.png(picture.theme), to: output, picture, inputs: [results])
    }
}
