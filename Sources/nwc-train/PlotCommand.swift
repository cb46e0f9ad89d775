import ArgumentParser
import Foundation
import Plotting
import System
import ToolSupport
import Training

/// Draws a curve of a run.
struct Plot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: """
            Draw a curve of a run over its steps, training and validation, as SVG or PNG, or write \
            all of them for TensorBoard.
            """,
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
    @Option(
        help: ArgumentHelp(
            """
            Instead of a picture: all columns as event files for TensorBoard, in folders of the \
            run's name below this one; what an earlier call wrote there is replaced.
            """, valueName: "folder"), completion: .directory)
    var tensorboard: String?
    @Flag(
        help: """
            PNG for dark surroundings. SVG is light or dark as where it is looked at.
            """) var dark = false
    @Flag(name: .shortAndLong, help: "Overwrite an existing picture.") var force = false

    func validate() throws {
        if tensorboard != nil, output != nil || overview || dark {
            throw ValidationError("--tensorboard draws no picture: --output, --overview, --dark")
        }
    }

    func run() throws {
        if let tensorboard {
            for path in try TensorBoardLog(CurveChart(RunFolder(path: folder))).write(tensorboard) {
                try Output.line(path)
            }
            return
        }
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
    let training: TrainingTable
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

    /// What each row of the validation was measured of, for people: numbers of layers, rate
    /// positions and rate indices, as far as it has them.
    var validated: [String] {
        let places = [
            ("layers", "%@ layers"), ("position", "position %@"), ("rate_index", "rate index %@"),
        ].map { (values: validation.column($0.0), text: $0.1) }
        return validation.column("step").indices.map { row in
            places.reduce("validation") { name, place in
                guard row < place.values.count else { return name }
                let text = place.text.replacing("%@", with: place.values[row])
                return name + ", " + (text == "1 layers" ? "1 layer" : text)
            }
        }
    }

    /// Every line of the training curve and its moving average, and validation for each number of
    /// layers, rate position and rate index that it has.
    func chart(_ column: String) throws -> LineChart {
        var series: [LineChart.Series] = []
        let steps = training.numbers("step")
        let values = training.numbers(column)
        let width = values.count / 50
        if width > 1 {
            series.append(
                .init("training", x: steps, y: values, style: .faint, place: 0))
            series.append(
                .init("smoothed", x: steps, y: Self.smoothed(values, width), place: 0))
        } else if !values.isEmpty {
            // There is nothing to smooth yet.
            series.append(.init("training", x: steps, y: values, place: 0))
        }
        let measured = validation.numbers(column)
        let at = validation.numbers("step")
        var groups: [(name: String, points: [LineChart.Point])] = []
        for (i, (name, value)) in zip(validated, measured).enumerated() {
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

    /// Mean over `width` values, ending at each value; values that are not numbers are left out.
    private static func smoothed(_ values: [Double], _ width: Int) -> [Double] {
        values.indices.map { i in
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
