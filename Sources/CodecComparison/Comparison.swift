import AudioFile
import Dispatch
import Foundation
import QualityMetrics
import Synchronization
import System
import ToolSupport

/// Runs codecs over a folder of recordings and measures what comes out: one row for every file,
/// codec and rate, and for the anchors.
///
/// Everything is compared in one mode (`ComparisonMode`: speech at 16 kHz, mono; audio at the
/// recording's own rate and channels) against the source rounded to 16 bits, after the codec's
/// fixed delay was taken out. Rows that are already in the results are not measured again. Files
/// are worked on in parallel; a row is in the results as soon as its measures are known.
public struct Comparison: Sendable {
    /// What to compare, and how.
    public struct Settings: Sendable {
        /// Folder of recordings, searched with its subfolders.
        public var folder: String
        public var codecs: [CodecSelection]
        /// What is compared and measured.
        public var mode: ComparisonMode
        /// Only so many files, spread over the folder.
        public var limit: Int?
        /// Only this share of those; nil takes all.
        public var shard: Shard?
        /// Files worked on at the same time.
        public var jobs = max(1, ProcessInfo.processInfo.activeProcessorCount)
        /// Measure rows again in which coding failed or a column is null.
        public var repeatsIncomplete = false
        /// Keep decoded sounds as FLAC below this folder.
        public var decodedFolder: String?
        /// Folders in which programs are looked for before PATH.
        public var programFolders: [String] = []
        public var judgeFolder = ExternalJudge.defaultFolder
        /// Outside judges to ask.
        public var judges: [ExternalJudge.Measure]
        /// End at the first recording that cannot be used as it is, instead of leaving it out.
        public var isStrict = false
        /// Folder for intermediate files, made for the run and removed at its end; where somebody
        /// else has the name, another one is taken.
        public var workFolder: String

        public init(
            folder: String, codecs: [CodecSelection], workFolder: String,
            mode: ComparisonMode = .speech
        ) {
            self.folder = folder
            self.codecs = codecs
            self.mode = mode
            judges = mode.measures.judges
            self.workFolder = workFolder
        }
    }

    /// How far a run is.
    public struct Progress: Sendable {
        public var rowsDone = 0
        /// Rows to be measured in this run.
        public var rows = 0
        /// Rows that were in the results before.
        public var rowsSkipped = 0
        /// Rows of this run in which coding failed.
        public var rowsFailed = 0
        /// Since the run began.
        public var seconds = 0.0
        /// Recordings that no row is about, and why.
        public var omissions = Omissions()

        /// At the speed so far; nil before the first row.
        public var secondsLeft: Double? {
            rowsDone > 0 ? seconds / Double(rowsDone) * Double(rows - rowsDone) : nil
        }
    }

    enum Coder: Sendable {
        case anchor(Anchor)
        case codec(InstalledCodec, rate: Double)
    }

    /// Rows of one file that are measured together.
    struct Batch: Sendable {
        var file: String
        var sha256: String
        var coders: [Coder]
    }

    private struct State {
        var progress = Progress()
        var next = 0
        var failure: (any Error)?
    }

    static let batchRows = 12
    static let batchSeconds = 240.0

    let settings: Settings
    let sheet: ScoreSheet
    private let installed: [InstalledCodec]
    private let files: [String]
    private let omissions: Omissions
    /// Names without extension that several recordings have.
    let sharedStems: Set<String>

    /// Finds programs, judges and recordings. Writes nothing but temporary files.
    /// - Throws: what would stop the whole comparison.
    public init(_ settings: Settings) throws {
        self.settings = settings
        let list: SoundFolder
        do throws(AudioFileError) {
            list = try SoundFolder(settings.folder)
        } catch {
            throw ComparisonError.cannotRead(path: settings.folder, reason: "no such folder")
        }
        let all = list.spread(settings.limit)
        files = settings.shard?.share(of: all) ?? all
        omissions = list.omissions
        guard !all.isEmpty else {
            throw ComparisonError.noRecordings(
                folder: settings.folder, omitted: list.omissions.summary)
        }
        let faults = list.omissions.faults
        if settings.isStrict, !faults.isEmpty {
            throw ComparisonError.badRecordings(faults.map(\.description))
        }
        // Of all files: decoded sounds are called the same, whoever has them.
        sharedStems = Set(Dictionary(grouping: all, by: Self.stem).filter { $1.count > 1 }.keys)
        var labels: Set<String> = []
        for codec in settings.codecs where !labels.insert(codec.label).inserted {
            throw ComparisonError.badSelection(
                codec.label, reason: "given twice; list its rates together")
        }
        let place = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nwc-eval-" + UUID().uuidString, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        } catch {
            throw ComparisonError.cannotWrite(path: place.path, reason: error.localizedDescription)
        }
        defer { try? FileManager.default.removeItem(at: place) }
        installed = try settings.codecs.map {
            try InstalledCodec($0, programFolders: settings.programFolders, folder: place)
        }
        sheet = ScoreSheet(
            settings.mode.measures, judgeFolder: settings.judgeFolder, judges: settings.judges)
    }

    /// Why measures will be null in all rows, as text for the user; nil where all are there.
    public var missingMeasures: String? { sheet.missing }

    /// Measures what is missing in the results.
    /// - Parameters:
    ///   - results: locked by this run; only then is the work folder touched.
    ///   - report: called after each batch of rows, from several threads but never at once.
    /// - Returns: the end of the progress.
    /// - Throws: where results cannot be written, and in a strict run `badRecordings`. What fails
    ///   for one file and codec is in its row; recordings that cannot be used are omissions.
    public func run(results: ResultsFile, report: @escaping @Sendable (Progress) -> Void) throws
        -> Progress
    {
        let began = DispatchTime.now()
        @Sendable func elapsed() -> Double {
            Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) * 1e-9
        }
        let mode = settings.mode.rawValue
        if let other = results.rows.first(where: { $0.mode != mode }) {
            throw ComparisonError.unusableResults(
                "\(results.path) has rows of mode \(other.mode), not \(mode)")
        }
        let work = try WorkFolder(settings.workFolder)
        defer { work.remove() }
        var start = State()
        start.progress.omissions = omissions
        let batches = try plan(finished: results.rows, progress: &start.progress)
        let state = Mutex(start)
        report(start.progress)
        let workers = max(1, min(settings.jobs, batches.count))
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            while true {
                let index = state.withLock { state -> Int? in
                    guard state.failure == nil, state.next < batches.count else { return nil }
                    state.next += 1
                    return state.next - 1
                }
                guard let index else { return }
                do {
                    let batch = batches[index]
                    let rows: [ComparisonRow]
                    do {
                        let source = try source(batch.file)
                        rows = try measure(batch, source, in: try work.folder(worker))
                    } catch let error as OmittedRecording {
                        try state.withLock { state in
                            try omit(error, &state.progress)
                            state.progress.rows -= batch.coders.count
                        }
                        continue
                    }
                    try results.append(rows)
                    state.withLock { state in
                        state.progress.rowsDone += rows.count
                        state.progress.rowsFailed += rows.count { $0.hasFailed }
                        state.progress.seconds = elapsed()
                        report(state.progress)
                    }
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.progress.seconds = elapsed()
            return state.progress
        }
    }

    /// The rows that are still to be measured, a few of one file together.
    private func plan(finished: [ComparisonRow], progress: inout Progress) throws -> [Batch] {
        var keys: Set<[String]> = []
        for row in finished {
            let isComplete = !row.hasFailed && !row.metrics.values.contains(nil)
            if isComplete || !settings.repeatsIncomplete || row.codec == Anchor.original.rawValue {
                keys.insert(row.key)
            } else {
                keys.remove(row.key)
            }
        }
        let coders: [Coder] =
            settings.mode.anchors.map { .anchor($0) }
            + installed.flatMap { codec in
                codec.selection.rates.map { Coder.codec(codec, rate: $0) }
            }
        var batches: [Batch] = []
        for file in files {
            let path = "\(settings.folder)/\(file)"
            guard let bytes = FileManager.default.contents(atPath: path) else {
                try omit(.init(file: file, reason: .unreadable, detail: ""), &progress)
                continue
            }
            let sha256 = Digest.text(bytes)
            let missing = coders.filter { !keys.contains(emptyRow(file, sha256, $0).key) }
            progress.rowsSkipped += coders.count - missing.count
            progress.rows += missing.count
            for start in stride(from: 0, to: missing.count, by: Self.batchRows) {
                batches.append(
                    Batch(
                        file: file, sha256: sha256,
                        coders: Array(missing[start..<min(start + Self.batchRows, missing.count)])))
            }
        }
        return batches
    }

    /// A recording of which nothing can be measured.
    struct OmittedRecording: Error {
        var file: String
        var reason: Omissions.Reason
        var detail: String
    }

    private func omit(_ recording: OmittedRecording, _ progress: inout Progress) throws {
        progress.omissions.add(recording.file, recording.reason, recording.detail)
        guard settings.isStrict else { return }
        throw ComparisonError.badRecordings(progress.omissions.faults.map(\.description))
    }
}
