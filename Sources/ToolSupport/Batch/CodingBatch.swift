import System

/// Encodes or decodes the files of a command line and says what was done.
public struct CodingBatch {
    public let jobs: [Job]
    private let skipped: Int
    /// Which share of the inputs this is, for people; nil = all.
    private let shard: String?
    private let workers: Int
    private let report: ReportOptions

    /// - Parameters:
    ///   - jobs: at least one.
    ///   - batch: how many at a time, whether those are left out whose output exists, and which
    ///     share of them is worked on.
    public init(jobs: [Job], batch: BatchOptions, report: ReportOptions) throws(ToolFailure) {
        if batch.skipExisting, report.force {
            throw .usage("--skip-existing and --force contradict each other")
        }
        self.report = report
        workers = try batch.workers()
        if let shard = batch.shard, jobs.contains(where: { $0.input == "-" }) {
            throw .usage("--shard \(shard): standard input cannot be shared out")
        }
        let share = batch.shard?.share(of: jobs) ?? jobs
        self.jobs =
            batch.skipExisting ? share.filter { !AtomicOutput.exists($0.output) } : share
        skipped = share.count - self.jobs.count
        shard = batch.shard.map { "share \($0), \(share.count) of \(jobs.count) inputs" }
    }

    /// One file only: it may show its own progress and long texts as they come.
    public var isSingle: Bool { jobs.count == 1 }

    /// Codes every file. One that fails is named, and the others go on.
    /// - Parameter code: gives the report and lines of text that come before it.
    /// - Throws: the error itself where there is one file only; broken pipes; otherwise
    ///   `ToolFailure.reported` at the end.
    public func run<Report: CodingReport>(
        _ code: @escaping @Sendable (Job) throws -> (report: Report, details: [String])
    ) throws {
        let watch = Stopwatch()
        let progress = ProgressLine(
            totalSeconds: nil, isEnabled: report.showsProgress && !isSingle)
        var totals = Totals()
        try Batch.run(
            jobs, workers: workers, code,
            report: { job, result in
                switch result {
                case .success(let (result, details)):
                    progress.clear()
                    for line in details { Console.note(line) }
                    try show(result, job)
                    totals.add(result)
                case .failure(let error):
                    if let error = error as? any BrokenPipeError, error.isBrokenPipe { throw error }
                    if jobs.count == 1, skipped == 0, shard == nil { throw error }
                    progress.clear()
                    Console.error(String(describing: error))
                    totals.failures.append(job.input)
                }
                progress.update(done: totals.count, of: jobs.count)
            },
            wait: { progress.update(done: totals.count, of: jobs.count) })
        progress.clear()
        let isQuiet = report.quiet || report.json
        if !isQuiet, jobs.count > 1 || skipped > 0 || shard != nil {
            let summary = totals.summary(skipped: skipped, runSeconds: watch.seconds)
            Console.note((shard.map { $0 + ": " } ?? "") + summary)
        }
        guard totals.failures.isEmpty else {
            if jobs.count > 1 { Console.error(totals.failureText(of: jobs.count)) }
            throw ToolFailure.reported
        }
    }

    private func show(_ result: some CodingReport, _ job: Job) throws {
        for warning in result.warnings { Console.warning("\(job.input): \(warning)") }
        if report.json {
            try JSONReport.write(result)
        } else if !report.quiet {
            Console.note(jobs.count > 1 ? result.line : result.summary)
        }
    }
}

/// What a batch did so far.
private struct Totals {
    /// Most names in the message about failures.
    private static let mostNames = 20

    var failures: [String] = []
    private var files = 0
    private var seconds = 0.0
    private var bytes = 0

    /// Files that are through, failures among them.
    var count: Int { files + failures.count }

    mutating func add(_ report: some CodingReport) {
        files += 1
        seconds += report.seconds
        bytes += report.fileBytes
    }

    /// One line for people.
    func summary(skipped: Int, runSeconds: Double) -> String {
        var parts = ["\(NumberText.count(files, "file")), \(NumberText.time(seconds)) of sound"]
        if bytes > 0 { parts.append(NumberText.count(bytes, "byte")) }
        if seconds > 0, bytes > 0 {
            parts.append(NumberText.kilobits(Double(bytes) * 8 / seconds))
        }
        parts.append("run time \(NumberText.fixed(runSeconds, 1)) s")
        if skipped > 0 { parts.append("\(NumberText.grouped(skipped)) skipped") }
        if !failures.isEmpty { parts.append("\(NumberText.grouped(failures.count)) failed") }
        return parts.joined(separator: ", ")
    }

    func failureText(of count: Int) -> String {
        let names = failures.prefix(Self.mostNames).joined(separator: ", ")
        let more = failures.count - Self.mostNames
        let counts = "\(NumberText.grouped(failures.count)) of \(NumberText.count(count, "input"))"
        return "\(counts) failed: \(names)"
            + (more > 0 ? " and \(NumberText.grouped(more)) more" : "")
    }
}
