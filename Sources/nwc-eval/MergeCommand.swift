import ArgumentParser
import CodecComparison
import System
import ToolSupport

struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Join files of results into one: the shares of several machines.",
        discussion: """
            Rows are sorted by file, codec and rate, and each measurement stands once; of two rows \
            for one, that with more measures counts. What is missing, differs or is torn is said, \
            and the rest is written. Merged shares (compare --shard) are the same as the merged \
            results of one run, but for the seconds that coding took.
            """)

    @Argument(
        help: "Files of results of compare or sweep.", completion: .file(extensions: ["jsonl"]))
    var results: [String]
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("File to write; - is standard output.", valueName: "file"),
        completion: .file(extensions: ["jsonl"])) var output: String
    @Flag(name: .shortAndLong, help: "Overwrite an existing file.") var force = false
    @Flag(name: .shortAndLong, help: "No summary; warnings and errors stay.") var quiet = false

    /// Most rows that are named in a warning.
    private static let mostNames = 5

    func run() throws {
        let merged = try MergedResults(results)
        let file = try AtomicOutput(
            path: output, force: force, inputs: results.compactMap { FileIdentity(input: $0) })
        defer { file.discard() }
        for row in merged.rows { try file.write(Array((try JSONReport.line(row) + "\n").utf8)) }
        try file.commit()
        for path in merged.torn {
            Console.warning("\(path): the last line is torn, the run was killed or goes on")
        }
        warn(merged.conflicts, "measured twice with different values")
        warn(merged.missing, "missing")
        if !quiet {
            Console.note(
                """
                \(output): \(NumberText.count(merged.rows.count, "row")), \
                \(NumberText.count(merged.fileCount, "recording")), \
                \(NumberText.grouped(merged.coderCount)) codecs and rates, \
                \(NumberText.grouped(merged.repeats)) repeated
                """)
        }
    }

    private func warn(_ rows: [String], _ what: String) {
        guard !rows.isEmpty else { return }
        let more = rows.count - Self.mostNames
        Console.warning(
            "\(NumberText.count(rows.count, "row")) \(what): "
                + rows.prefix(Self.mostNames).joined(separator: "; ")
                + (more > 0 ? " and \(NumberText.grouped(more)) more" : ""))
    }
}
