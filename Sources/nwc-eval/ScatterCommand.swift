import ArgumentParser
import CodecComparison
import Plotting
import ToolSupport

struct Scatter: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Draw every file of a comparison by itself, with the worst named, into a PNG file.",
        discussion:
            """
            One condition: quality over the file's payload rate. Two: the first over the second; \
            what lies under the diagonal is worse than with the second (above it where less is \
            better). The worst files have numbers, and are printed in this order: value, value or \
            rate of the other axis.
            """)

    @Argument(
        help: "File of results of compare or sweep.", completion: .file(extensions: ["jsonl"]))
    var results: String
    @Argument(
        help: ArgumentHelp(
            "One or two codecs with their rates, such as nwc@8 opus@12.", valueName: "condition"))
    var conditions: [String]
    @Option(name: .shortAndLong, help: "PNG file to write.", completion: .file(extensions: ["png"]))
    var output: String
    @Option(
        help: ArgumentHelp(
            "Measure, as results name it. (default: pesq_wb, else estoi)", valueName: "measure"))
    var measure: String?
    @Option(help: "So many of the worst files are numbered and named, 0 ... 50.") var worst = 5
    @Option(help: "Width of the picture, pixels.") var width = 760
    @Option(help: "Height of the picture, pixels.") var height = 640
    @Flag(help: "Print one JSON object a file, all of them, the worst first.") var json = false
    @OptionGroup var picture: PictureOptions

    func validate() throws {
        for (name, value, possible) in [
            ("worst", worst, 0...50), ("width", width, 240...4000), ("height", height, 160...4000),
        ] where !possible.contains(value) {
            throw ValidationError(
                "--\(name) \(value): possible are \(possible.lowerBound) ... \(possible.upperBound)"
            )
        }
        guard (1...2).contains(conditions.count) else {
            throw ValidationError("\(conditions.count) conditions: one or two can be drawn")
        }
        try Picture.check(output)
    }

    func run() throws {
        let rows = try ResultsFile.read(results)
        let usual = rows.contains { $0.metrics["pesq_wb"] ?? nil != nil } ? "pesq_wb" : "estoi"
        let scatter: FileScatter
        do throws(ComparisonError) {
            scatter = try FileScatter(
                rows, measure: measure ?? usual, conditions: conditions)
        } catch {
            throw ToolFailure.usage("\(results): \(error)")
        }
        let names = try CodecCatalogue().titles(of: scatter.codecs)
        let chart = scatter.chart(named: worst, names: names, width: width, height: height)
        try Picture.write(
            try chart.png(picture.theme), to: output, picture, inputs: [results])
        if json {
            for item in scatter.items { try JSONReport.write(item) }
        } else {
            for item in scatter.items.prefix(worst) {
                let numbers = [item.value, item.other].map { NumberText.fixed($0, 3) }
                try Output.line("\(item.file)  \(numbers.joined(separator: "  "))")
            }
        }
    }
}
