import ArgumentParser
import CodecComparison
import Foundation
import System
import ToolSupport

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            """
            Make a page with curves, tables, players and a blind listening test from a file \
            of results.
            """,
        discussion:
            """
            Writes index.html, which needs no other file, and each curve as \
            curve-MEASURE.png, curve-MEASURE-dark.png and curve-MEASURE.svg, which is light or \
            dark as where it is looked at.
            """
    )

    @Argument(
        help: "File of results of compare or sweep.", completion: .file(extensions: ["jsonl"]))
    var results: String
    @Argument(help: "Folder to write to.", completion: .directory) var folder: String
    @Option(
        help: ArgumentHelp("Folder of decoded sounds (compare --keep-audio).", valueName: "folder"),
        completion: .directory) var audio: String?
    @Option(help: "Recordings to listen to.") var clips = 4
    @Option(
        help: ArgumentHelp(
            """
            Codec to which the others' rates are related. (default: opus, of audio lame, else the \
            first)
            """,
            valueName: "codec")) var reference: String?
    @Option(
        help: ArgumentHelp(
            """
            Codecs and rates, separated by commas, that have spectrograms and that the blind \
            test begins with, such as nwc@8,opus@16. (default: the lowest rates)
            """,
            valueName: "conditions")) var show: String?
    @Option(
        help: ArgumentHelp(
            "Scores that a listener saved on the page, for table and curves; repeatable.",
            valueName: "file"), completion: .file(extensions: ["json"]))
    var ratings: [String] = []
    @Option(help: "Title of the page.") var title: String?
    @Flag(name: .shortAndLong, help: "Overwrite existing files.") var force = false

    func validate() throws {
        if !(0...50).contains(clips) {
            throw ValidationError("--clips \(clips): possible are 0 ... 50")
        }
    }

    func run() throws {
        var settings = ReportPage.Settings()
        settings.decodedFolder = audio
        settings.clips = clips
        settings.reference = reference
        if let title { settings.title = title }
        settings.shown = (show ?? "").split(separator: ",").map(String.init)
        settings.ratings = try Ratings.scores(ratings)
        let rows = try ResultsFile.read(results)
        settings.names = try CodecCatalogue().titles(of: Array(Set(rows.map(\.codec))))
        let page = ReportPage(rows, settings: settings)
        if let reference, !page.summary.codecs.contains(reference) {
            throw ToolFailure.usage(
                """
                --reference \(reference): the results have \
                \(page.summary.codecs.joined(separator: ", "))
                """
            )
        }
        if let unknown = settings.shown.first(where: { !page.conditions.contains($0) }) {
            throw ToolFailure.usage(
                """
                --show \(unknown): the results have \(page.conditions.joined(separator: ", "))
                """)
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ToolFailure.runtime(
                "cannot make the folder \(folder): \(error.localizedDescription)")
        }
        try write([UInt8](try page.html().utf8), to: "index.html")
        for chart in page.charts {
            let name = "curve-\(chart.column.identifier)"
            try write(try chart.chart.png(), to: "\(name).png")
            try write(try chart.chart.png(.dark), to: "\(name)-dark.png")
            try write([UInt8](try chart.chart.svg().utf8), to: "\(name).svg")
        }
        if audio == nil {
            let sounds = rows.contains { $0.decoded != nil }
            Console.note(
                "no players and no blind test: "
                    + (sounds
                        ? "--audio names the folder of decoded sounds"
                        : "compare keeps decoded sounds with --keep-audio"))
        }
        Console.note(
            "written: \(folder)/index.html and \(NumberText.count(page.charts.count, "curve"))")
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        let file = try AtomicOutput(
            path: "\(folder)/\(name)", force: force,
            inputs: FileIdentity(input: results).map { [$0] } ?? [])
        defer { file.discard() }
        try file.write(bytes)
        try file.commit()
    }
}
