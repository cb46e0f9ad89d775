import ArgumentParser
import Foundation
import Plotting
import System
import ToolSupport
import Training

/// Draws a curve of a run.
struct Plot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw a curve of a run over its steps, training and validation, as SVG or PNG.",
        discussion: """
            Columns are means over 50 steps (curve.tsv), and over whole clips (validation.tsv). \
            Pale: raw values; strong: smoothed over a fiftieth of the run.
            """)
    @Argument(help: "Folder of the run.", completion: .directory) var folder: String
    @Option(
        help: "Column of curve.tsv, of validation.tsv or of both: loss, kbps, weighted, mel, ...")
    var column = "loss"
    @Option(
        name: .shortAndLong,
        help:
            "File to write, .svg or .png; default: COLUMN.svg in the folder, which is overwritten.",
        completion: .file(extensions: ["svg", "png"]))
    var output: String?
    @Flag(
        help: """
            Instead of one column: quality over rate as training went on, loss, rate, learning \
            rate and norm of the gradient (overview.svg).
            """) var overview = false
    @Flag(
        help: """
            PNG for dark surroundings. SVG is light or dark as where it is looked at.
            """) var dark = false
    @Flag(name: .shortAndLong, help: "Overwrite an existing picture.") var force = false

    func run() throws {
        let path = output ?? "\(folder)/\(overview ? "overview" : column).svg"
        let run = RunFolder(path: folder)
        let grid =
            overview
            ? try RunOverview(run).grid()
            : ChartGrid([try CurveChart(run).chart(column)], columns: 1)
        let bytes: [UInt8]
        switch (path as NSString).pathExtension.lowercased() {
        case "svg": bytes = try Array(grid.svg().utf8)
        case "png": bytes = try grid.png(dark ? .dark : .light)
        default: throw ToolFailure.usage("\(path): give a name that ends in .svg or .png")
        }
        let file = try AtomicOutput(path: path, force: force || output == nil)
        defer { file.discard() }
        try file.write(bytes)
        try file.commit()
        try Output.line(path)
    }
}

/// The curves of a run as charts.
struct CurveChart {
    private let training: TrainingTable
    let validation: TrainingTable
    /// Of the run's folder.
    let name: String

    init(_ folder: RunFolder) throws {
        training = try TrainingTable(path: folder.curve)
        validation = try TrainingTable(path: folder.validation)
        try training.require(["step"], path: folder.curve)
        try validation.require(["step"], path: folder.validation)
        name =
            (folder.path as NSString).standardizingPath.split(separator: "/").last.map(String.init)
            ?? folder.path
    }

    /// Whether there is a number in a column.
    func has(_ column: String) -> Bool {
        (training.numbers(column) + validation.numbers(column)).contains(where: \.isFinite)
    }

    /// Every line of the training curve and its moving average, and validation for each number of
    /// layers, rate position and rate index that it has.
    func chart(_ column: String) throws -> LineChart {
        var series: [LineChart.Series] = []
        let steps = training.numbers("step")
        let values = training.numbers(column)
        if !values.isEmpty {
            series.append(
                .init("training", x: steps, y: values, style: .faint, place: 0))
            series.append(
                .init("smoothed", x: steps, y: Self.smoothed(values), place: 0))
        }
        let measured = validation.numbers(column)
        let at = validation.numbers("step")
        let places = [
            ("layers", "%@ layers"), ("position", "position %@"), ("rate_index", "at %@"),
        ]
        .map { (values: validation.column($0.0), text: $0.1) }
        var groups: [(name: String, points: [LineChart.Point])] = []
        for (i, value) in measured.enumerated() {
            let name = places.reduce("validation") { name, place in
                guard i < place.values.count else { return name }
                return name + ", " + place.text.replacing("%@", with: place.values[i])
            }
            if let known = groups.firstIndex(where: { $0.name == name }) {
                groups[known].points.append(.init(at[i], value))
            } else {
                groups.append((name, [.init(at[i], value)]))
            }
        }
        series += groups.map { .init($0.name, $0.points, style: .markedLine) }
        guard !series.isEmpty else {
            let known =
                (training.columns + validation.columns.filter { !training.columns.contains($0) })
                .joined(separator: ", ")
            throw ToolFailure.usage("no column \(column); there are \(known)")
        }
        return LineChart(
            title: "\(name): \(column)", xAxis: .init("step"), yAxis: .init(column), series: series)
    }

    /// Mean over a fiftieth of the curve, ending at each value; values that are not numbers are
    /// left out.
    private static func smoothed(_ values: [Double]) -> [Double] {
        let width = max(values.count / 50, 1)
        return values.indices.map { i in
            let window = values[max(i - width + 1, 0)...i].filter(\.isFinite)
            return window.isEmpty ? .nan : window.reduce(0, +) / Double(window.count)
        }
    }
}

extension RunFolder {
    /// `loss.svg` beside the curves.
    func drawLoss() throws {
        try Data(CurveChart(self).chart("loss").svg().utf8).write(
            to: URL(fileURLWithPath: path + "/loss.svg"), options: .atomic)
    }
}
