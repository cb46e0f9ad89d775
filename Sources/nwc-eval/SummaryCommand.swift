import ArgumentParser
import CodecComparison
import ToolSupport

struct Summarise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Means, intervals and differences in rate from a file of results.",
        discussion: """
            Intervals are 95 % bootstrap intervals over files. BD-rate is the mean difference in \
            payload rate at equal quality (PCHIP over log rate), \
            with the qualities that both codecs reach. Points that a lower rate equals or beats \
            are left out of it, and named.
            """)

    @Argument(
        help: "File of results of compare or sweep.", completion: .file(extensions: ["jsonl"]))
    var results: String
    @Option(
        help: ArgumentHelp(
            """
            Codec to which the others' rates are related. (default: opus, of audio lame, else the \
            first)
            """,
            valueName: "codec")) var reference: String?
    @Option(
        help: ArgumentHelp(
            "Scores that a listener saved on the page, as one more measure; repeatable.",
            valueName: "file"), completion: .file(extensions: ["json"]))
    var ratings: [String] = []
    @Option(help: "Seed of the bootstrap.") var seed: UInt64 = 1
    @Flag(help: "One JSON object a codec and rate, then one a BD-rate.") var json = false

    func run() throws {
        let summary = Summary(
            try ResultsFile.read(results), seed: seed, ratings: try Ratings.scores(ratings))
        if let reference, !summary.codecs.contains(reference) {
            throw ToolFailure.usage(
                """
                --reference \(reference): the results have \
                \(summary.codecs.joined(separator: ", "))
                """
            )
        }
        if json {
            for point in summary.points { try JSONReport.write(point) }
            for line in RateTable(summary, against: reference)?.lines ?? [] {
                try JSONReport.write(line)
            }
        } else {
            let text = SummaryText(summary)
            let head = summary.headline.map { [$0] } ?? []
            let parts =
                head + [text.table] + text.worst + text.rates(against: reference)
                + text.implementations
            try Output.line(parts.joined(separator: "\n\n"))
        }
        for warning in summary.warnings { Console.warning(warning) }
    }
}
