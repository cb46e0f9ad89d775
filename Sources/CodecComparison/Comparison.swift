import AudioFile
import ChildProcess
import Dispatch
import Foundation
import QualityMetrics
import Synchronization

/// Runs codecs over a folder of recordings and measures what comes out: one row for every file,
/// codec and rate, and for the anchors.
///
/// Everything is compared at 16 kHz, mono, against the source rounded to 16 bits, after the codec's
/// fixed delay was taken out. Rows that are already in the results are not measured again. Files
/// are worked on in parallel; a row is in the results as soon as its measures are known.
public struct Comparison: Sendable {
    /// Hz.
    public static let sampleRate = 16_000

    /// What to compare, and how.
    public struct Settings: Sendable {
        /// Folder of recordings, searched with its subfolders.
        public var folder: String
        public var codecs: [CodecSelection]
        /// Only so many files, spread over the folder.
        public var limit: Int?
        /// Files worked on at the same time.
        public var jobs = max(1, ProcessInfo.processInfo.activeProcessorCount)
        /// Measure rows again in which coding failed or a column is null.
        public var repeatsIncomplete = false
        /// Keep decoded sounds as FLAC below this folder.
        public var decodedFolder: String?
        /// Folders in which programs are looked for before PATH.
        public var programFolders: [String] = []
        public var judgeFolder = ExternalJudge.defaultFolder
        /// Folder for intermediate files; emptied first and removed at the end.
        public var workFolder: String

        public init(folder: String, codecs: [CodecSelection], workFolder: String) {
            self.folder = folder
            self.codecs = codecs
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

        /// At the speed so far; nil before the first row.
        public var secondsLeft: Double? {
            rowsDone > 0 ? seconds / Double(rowsDone) * Double(rows - rowsDone) : nil
        }
    }

    private enum Coder: Sendable {
        case anchor(Anchor)
        case codec(InstalledCodec, rate: Double)
    }

    /// Rows of one file that are measured together.
    private struct Batch: Sendable {
        var file: String
        var sha256: String
        var coders: [Coder]
    }

    private struct State {
        var progress = Progress()
        var next = 0
        var failure: (any Error)?
    }

    private static let batchRows = 12, batchSeconds = 240.0

    private let settings: Settings
    private let sheet: ScoreSheet
    private let installed: [InstalledCodec]
    private let files: [String]
    /// Names without extension that several recordings have.
    private let sharedStems: Set<String>

    /// Finds programs, judges and recordings.
    /// - Throws: what would stop the whole comparison.
    public init(_ settings: Settings) throws {
        self.settings = settings
        files = try Recording.list(folder: settings.folder, limit: settings.limit)
        sharedStems = Set(Dictionary(grouping: files, by: Self.stem).filter { $1.count > 1 }.keys)
        var labels: Set<String> = []
        for codec in settings.codecs where !labels.insert(codec.label).inserted {
            throw ComparisonError.badSelection(
                codec.label, reason: "given twice; list its rates together")
        }
        let work = URL(fileURLWithPath: settings.workFolder, isDirectory: true)
        try Self.renew(work)
        defer { try? FileManager.default.removeItem(at: work) }
        installed = try settings.codecs.map {
            try InstalledCodec($0, programFolders: settings.programFolders, folder: work)
        }
        sheet = ScoreSheet(judgeFolder: settings.judgeFolder)
    }

    /// Why a measure will be null in all rows, as text for the user; nil where all are there.
    public var missingMeasures: String? {
        let missing = sheet.columns.filter {
            $0.identifier.hasPrefix("pesq") && $0.implementation == nil
        }
        return missing.isEmpty
            ? nil
            : "\(missing.map(\.title).joined(separator: ", ")) will be empty: no judges found (Scripts/judges.sh installs them)"
    }

    private static func renew(_ folder: URL) throws {
        try? FileManager.default.removeItem(at: folder)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ComparisonError.cannotWrite(path: folder.path, reason: error.localizedDescription)
        }
    }

    /// Measures what is missing in the results.
    /// - Parameter report: called after each batch of rows, from several threads but never at once.
    /// - Returns: the end of the progress.
    /// - Throws: where results cannot be written. What fails for one file is in its rows.
    public func run(results: ResultsFile, report: @escaping @Sendable (Progress) -> Void) throws
        -> Progress
    {
        let began = DispatchTime.now()
        @Sendable func elapsed() -> Double {
            Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) * 1e-9
        }
        let work = URL(fileURLWithPath: settings.workFolder, isDirectory: true)
        try Self.renew(work)
        defer { try? FileManager.default.removeItem(at: work) }
        var start = State()
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
                    let folder = work.appendingPathComponent("\(worker)", isDirectory: true)
                    try Self.renew(folder)
                    let rows = try measure(batches[index], in: folder)
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
            Anchor.allCases.map { .anchor($0) }
            + installed.flatMap { codec in
                codec.selection.rates.map { Coder.codec(codec, rate: $0) }
            }
        var batches: [Batch] = []
        for file in files {
            let path = "\(settings.folder)/\(file)"
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw ComparisonError.cannotRead(path: path, reason: "not a readable file")
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

    private func emptyRow(_ file: String, _ sha256: String, _ coder: Coder) -> ComparisonRow {
        var row = ComparisonRow(
            file: file, sourceSHA256: sha256, sourceSamples: 0, sourceSeconds: 0, codec: "",
            rate: nil, version: "1")
        switch coder {
        case .anchor(let anchor): row.codec = anchor.rawValue
        case .codec(let codec, let rate):
            row.codec = codec.selection.label
            row.rate = rate
            row.version = codec.version
            row.encodeCommand = CommandText.quoted(codec.encodeCommand(rate: rate))
            row.decodeCommand = CommandText.quoted(codec.decodeCommand(rate: rate))
        }
        return row
    }

    private func measure(_ batch: Batch, in folder: URL) throws -> [ComparisonRow] {
        var rows = batch.coders.map { emptyRow(batch.file, batch.sha256, $0) }
        let source: Recording
        do {
            source = try Recording(path: "\(settings.folder)/\(batch.file)", rate: Self.sampleRate)
                .roundedTo16Bits
            guard !source.samples.isEmpty else {
                throw ComparisonError.cannotRead(path: batch.file, reason: "no samples")
            }
        } catch {
            for index in rows.indices { fail(&rows[index], "source: \(error)") }
            return rows
        }
        let seconds = Double(source.samples.count) / Double(Self.sampleRate)
        // Long recordings are judged a few at a time, so that the decoded sounds do not fill the
        // memory.
        let together = max(1, min(Self.batchRows, Int(Self.batchSeconds / max(seconds, 0.1))))
        for start in stride(from: 0, to: rows.count, by: together) {
            var pairs: [(index: Int, pair: SignalPair)] = []
            for index in start..<min(start + together, rows.count) {
                rows[index].sourceSamples = source.samples.count
                rows[index].sourceSeconds = seconds
                do {
                    pairs.append(
                        (
                            index,
                            try pair(batch.coders[index], source, row: &rows[index], in: folder)
                        ))
                } catch {
                    fail(&rows[index], "\(error)")
                }
            }
            for ((index, _), scores) in zip(pairs, sheet.score(pairs.map(\.pair))) {
                rows[index].metrics = scores.values
                rows[index].reasons.merge(scores.reasons) { $1 }
                rows[index].judges = sheet.implementations
            }
        }
        return rows
    }

    private func fail(_ row: inout ComparisonRow, _ reason: String) {
        row.reasons[ComparisonRow.codingReason] = reason
        for column in sheet.columns {
            row.metrics[column.identifier] = .some(nil)
            row.reasons[column.identifier] = "nothing was decoded"
        }
    }

    /// The source and what a coder makes of it.
    private func pair(_ coder: Coder, _ source: Recording, row: inout ComparisonRow, in folder: URL)
        throws -> SignalPair
    {
        let decoded: [Float]
        switch coder {
        case .anchor(let anchor):
            decoded = anchor.apply(to: source.samples, sampleRate: source.sampleRate)
        case .codec(let codec, let rate):
            decoded = try codec.roundTrip(source, rate: rate, row: &row, in: folder)
        }
        let pair = try SignalPair(
            reference: Array(source.samples.prefix(decoded.count)), degraded: decoded,
            sampleRate: source.sampleRate)
        row.comparedSamples = pair.count
        if let left = try? DelayEstimator.delay(
            of: pair.degraded, from: pair.reference, sampleRate: pair.sampleRate)
        {
            row.residualDelaySamples = left.samples
            row.residualCorrelation = left.correlation
        }
        if let root = settings.decodedFolder {
            row.decoded = try keep(decoded, row: row, below: root)
        }
        return pair
    }

    private static func stem(_ file: String) -> String { (file as NSString).deletingPathExtension }

    /// Writes a decoded sound as FLAC. Sounds of anchors are kept as well, so that a folder is
    /// complete in itself.
    private func keep(_ samples: [Float], row: ComparisonRow, below root: String) throws -> String {
        let name = String(
            row.codec.map { (letter: Character) -> Character in
                letter.isLetter || letter.isNumber || "-_.".contains(letter) ? letter : "_"
            })
        let rate = row.rate.map { "@" + CodecDescription.text($0) } ?? ""
        // Recordings that differ in the extension only keep it.
        let stem = Self.stem(row.file)
        let path = "\(name)\(rate)/\(sharedStems.contains(stem) ? row.file : stem).flac"
        let target = URL(fileURLWithPath: "\(root)/\(path)")
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw ComparisonError.cannotWrite(path: target.path, reason: error.localizedDescription)
        }
        let writer = try AudioWriter(
            path: target.path,
            settings: .init(container: .flac, sampleRate: Self.sampleRate, channels: 1))
        try writer.write(planar: [samples])
        try writer.finish()
        return path
    }
}
