import ArgumentParser
import CodecComparison
import Foundation
import QualityMetrics
import Synchronization
import ToolSupport

/// What `compare` and `sweep` have in common.
struct ComparisonOptions: ParsableArguments {
    @Argument(help: "Folder of recordings.", completion: .directory) var folder: String
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "File of results, JSON lines. Rows that it has are not measured again.",
            valueName: "file"),
        completion: .file(extensions: ["jsonl"])) var output: String
    @Option(
        name: .shortAndLong,
        help: "Files worked on at the same time. (default: number of processors)") var jobs: Int?
    @Option(help: "Take only so many files, spread evenly over the folder.") var limit: Int?
    @Option(
        help: ArgumentHelp(
            """
            Only the I-th of N shares of the files, 1/N ... N/N, with results of its own for each; \
            nwc-eval merge joins them.
            """, valueName: "I/N"), transform: Shard.init(argument:)) var shard: Shard?
    @Option(
        help: ArgumentHelp(
            "Keep decoded sounds below this folder, for the listening page.", valueName: "folder"),
        completion: .directory)
    var keepAudio: String?
    @Flag(help: "Measure rows again in which coding failed or a measure is missing.") var retry =
        false
    @Flag(
        help: "End at the first recording that cannot be used as it is, instead of leaving it out.")
    var strict = false
    @OptionGroup var mode: ModeOptions
    @Option(
        help: ArgumentHelp(
            """
            Outside judges to ask, separated by commas, or none. (default: \
            \(ModeOptions.text(MeasureSet.speech.judges)); with --mode audio \
            \(ModeOptions.text(MeasureSet.audio.judges)))
            """,
            valueName: "judges"))
    var judges: String?
    @Flag(name: .shortAndLong, help: "No progress and no summary; warnings and errors stay.")
    var quiet = false

    func validate() throws {
        _ = try mode.judges(judges)
        if let jobs, !(1...256).contains(jobs) {
            throw ValidationError("--jobs \(jobs): possible are 1 ... 256")
        }
        if let limit, limit < 1 {
            throw ValidationError("--limit \(limit): at least one file is needed")
        }
    }

    func run(_ codecs: [CodecSelection]) throws {
        var settings = Comparison.Settings(
            folder: folder, codecs: codecs, workFolder: output + ".work", mode: mode.mode)
        settings.limit = limit
        settings.shard = shard
        if let jobs { settings.jobs = jobs }
        settings.repeatsIncomplete = retry
        settings.decodedFolder = keepAudio
        settings.isStrict = strict
        settings.judges = try mode.judges(judges)
        settings.programFolders = peerPrograms()
        let comparison = try Comparison(settings)
        let results = try ResultsFile(appendingTo: output)
        if let text = comparison.missingMeasures { Console.warning(text) }
        let line = ComparisonProgressLine(isQuiet: quiet)
        let end = try comparison.run(results: results) { line.update($0) }
        line.clear()
        if !quiet {
            Console.note(
                """
                \(output): \(NumberText.count(end.rowsDone, "row")) in \
                \(NumberText.time(end.seconds)), \(NumberText.grouped(end.rowsSkipped)) were \
                there, 
                """
                    + "\(NumberText.grouped(end.rowsFailed)) failed")
        }
        for fault in end.omissions.faults { Console.warning("\(fault), left out") }
        if let omitted = end.omissions.summary, !quiet {
            Console.note("\(folder): left out \(omitted)")
        }
        // A share may have no file.
        if end.rowsDone + end.rowsSkipped > 0 {
            for warning in Summary(try ResultsFile.read(output)).warnings {
                Console.warning(warning)
            }
        }
        if end.rowsFailed > 0 {
            Console.error(
                """
                coding failed in \(NumberText.count(end.rowsFailed, "row")); the reasons are \
                in \(output)
                """
            )
            throw ToolFailure.reported
        }
    }
}

/// Rows done and time left: on a terminal one line that is rewritten, elsewhere a line every half
/// minute.
final class ComparisonProgressLine: Sendable {
    private struct State {
        var last = 0.0
        var width = 0
    }

    private let isQuiet: Bool
    private let began = Stopwatch.now()
    private let state = Mutex(State())

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    func update(_ progress: Comparison.Progress) {
        guard !isQuiet, progress.rows > 0 else { return }
        var text = "\(progress.rowsDone) of \(NumberText.count(progress.rows, "row"))"
        if progress.rowsFailed > 0 { text += ", \(progress.rowsFailed) failed" }
        if let left = progress.secondsLeft { text += ", \(NumberText.time(left)) left" }
        state.withLock { state in
            if Console.isInteractive {
                Console.write(
                    "\r" + text + String(repeating: " ", count: max(0, state.width - text.count)),
                    to: 2)
                state.width = text.count
            } else if Stopwatch.now() - began - state.last >= 30 {
                state.last = Stopwatch.now() - began
                Console.note(text)
            }
        }
    }

    func clear() {
        state.withLock { state in
            guard state.width > 0 else { return }
            Console.write("\r" + String(repeating: " ", count: state.width) + "\r", to: 2)
            state.width = 0
        }
    }
}
