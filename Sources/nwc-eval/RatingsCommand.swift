import ArgumentParser
import CodecComparison
import Foundation
import ToolSupport

struct Ratings: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pool the scores that listeners saved on a page of report.",
        discussion: """
            Means over all ratings of a condition, with 95 % bootstrap intervals. Listeners who \
            did not find the hidden reference (below 90 in more than 15 % of their trials, \
            ITU-R BS.1534) are named and counted nevertheless: leave their files out to do \
            without them.
            """)

    @Argument(
        help: "Files that the page saved.", completion: .file(extensions: ["json"]))
    var files: [String]
    @Flag(help: "One JSON object a condition.") var json = false

    func run() throws {
        guard let scores = try Self.scores(files) else {
            throw ToolFailure.usage("no files of scores")
        }
        let conditions = scores.conditions
        if json {
            for condition in conditions { try JSONReport.write(condition) }
        } else {
            try Output.line(table(conditions))
        }
    }

    /// The scores of files, with a warning about listeners who cannot be trusted; nil for none.
    static func scores(_ files: [String]) throws -> ListeningScores? {
        guard !files.isEmpty else { return nil }
        var scores = ListeningScores()
        for path in files {
            let bytes = try InputBytes(path: path).all(limit: 64 << 20)
            do throws(ComparisonError) { try scores.add(Data(bytes), path: path) } catch {
                throw ToolFailure.runtime("\(error)")
            }
        }
        if !scores.doubtful.isEmpty {
            Console.warning(
                """
                did not find the hidden reference: \(scores.doubtful.joined(separator: ", "))
                """)
        }
        return scores
    }

    private func table(_ conditions: [ListeningScores.Condition]) -> String {
        let width = max(9, conditions.map(\.condition.count).max() ?? 0)
        func line(_ name: String, _ cells: [String]) -> String {
            name + String(repeating: " ", count: width - name.count)
                + cells.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
        }
        let head = line("condition", ["mean", "from", "to", "ratings", "listeners"])
        return
            ([head]
            + conditions.map {
                line(
                    $0.condition,
                    [$0.mean, $0.low, $0.high].map { NumberText.fixed($0, 1) }
                        + ["\($0.ratings)", "\($0.listeners)"])
            }).joined(separator: "\n")
    }
}
