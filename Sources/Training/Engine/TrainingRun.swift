import Foundation

/// A training run in a folder: configuration, checkpoint, curves. Interrupt it at any moment;
/// resuming goes on from the last checkpoint.
///
/// A loss or gradient that is not finite sends the run back to its last checkpoint and on with
/// other data; the fourth time ends it with an error.
public final class TrainingRun<Task: TrainingTask> {
    /// Means since the last report.
    public struct Progress: Sendable {
        public let step: Int
        public let totalSteps: Int
        public let phase: String
        public let measured: Measurements
        public let audioSecondsPerSecond: Double
        public let secondsLeft: Double
    }

    /// Why `run` came back.
    public enum End: Sendable { case complete, outOfTime, stopped }

    public let trainer: Trainer<Task>
    /// What people should know before the run goes on, one line each.
    public let remarks: [String]
    private let folder: RunFolder
    private let lock: RunLock?
    /// Processes that train together; nil = this one alone.
    let ranks: (any Ranks)?
    private let curve: RunTable
    private let validation: RunTable
    private var best: BestCheckpoint?
    /// Steps between reports.
    private let reportEvery = 50

    /// - Parameters:
    ///   - resuming: continue from the folder's checkpoint; otherwise the folder must not hold one
    ///   - lock: of the folder, by those who took it before the speech was read
    ///   - keepBest: a column of the validation, by whose mean the best weights are kept in a file
    ///     of their own
    ///   - ranks: other processes that do the same with the same task; rank 0 alone touches the
    ///     folder
    /// - Throws: `TrainingError`, what is wrong with the configuration
    public init(
        _ task: Task, folder path: String, resuming: Bool, lock: RunLock? = nil,
        keepBest: String? = nil, ranks: (any Ranks)? = nil
    ) throws {
        // Now rather than in the middle of the night.
        if task.data.noise == nil, let phase = task.phaseWithNoise {
            throw TrainingError.noNoise(phase: phase)
        }
        if let keepBest {
            best = try BestCheckpoint(keepBest, columns: task.validationColumns)
            if task.data.validation == nil {
                throw TrainingError.badChoice("--keep-best needs speech to validate on (--valid)")
            }
        }
        folder = RunFolder(path: path)
        self.ranks = ranks
        let leads = ranks?.leads ?? true
        if !resuming, leads { try folder.refuseRun() }
        let reducer: any GradientReducer =
            if let ranks { RankReducer(ranks) } else { LocalReducer() }
        trainer = try Trainer(task, reducer: reducer)
        self.lock = leads ? try lock ?? folder.make() : nil
        let curveColumns =
            ["step", "phase", "seconds", "loss", "gradient", "learning_rate", "audio_s_per_s"]
            + task.columns.map(\.name)
        let validationColumns = ["step", "seconds"] + task.validationColumns.map(\.name)
        guard leads else {
            remarks = []
            curve = RunTable(path: folder.curve, columns: curveColumns)
            validation = RunTable(path: folder.validation, columns: validationColumns)
            if resuming {
                try trainer.restore(Self.last(folder, ranks), path: folder.checkpoint)
            }
            try compareRanks()
            return
        }
        guard resuming else {
            try folder.refuseRun()
            let restarts = FileManager.default.fileExists(atPath: folder.curve)
            remarks =
                restarts ? ["\(path) holds a run without a checkpoint: it starts over"] : []
            curve = RunTable(path: folder.curve, columns: curveColumns)
            validation = RunTable(path: folder.validation, columns: validationColumns)
            try folder.begin(task.configuration, tables: [curve, validation])
            if ranks != nil {
                // So that there is something to go on from whenever a process is lost.
                try compareRanks()
                try trainer.save(to: folder.checkpoint)
            }
            return
        }
        let checkpoint = try Self.last(folder, ranks)
        try trainer.restore(checkpoint, path: folder.checkpoint)
        let speech = task.data.train.identity
        remarks =
            checkpoint.state.speech.map { before in
                before == speech
                    ? [] : ["other training speech than before: \(speech), before \(before)"]
            } ?? []
        curve = try RunTable(resuming: folder.curve, columns: curveColumns)
        validation = try RunTable(resuming: folder.validation, columns: validationColumns)
        try cutCurves()
        try compareRanks()
        if FileManager.default.fileExists(atPath: folder.best) {
            best?.read(try TrainingTable(path: folder.validation))
        }
    }

    private func cutCurves() throws {
        try curve.cut(after: trainer.step)
        try validation.cut(after: trainer.step)
    }

    /// Trains to the end of the configuration. However it ends, the last step is reported and in
    /// the checkpoint. The curve has no means over a few steps, which would be jumps in it: what
    /// follows the last row of a sitting that ends early is left out where it is less than half a
    /// row, and the first row behind a resumption takes in what is left of the row before.
    /// - Parameters:
    ///   - seconds: of wall clock, after which it ends early
    ///   - progress: called every 50 steps and at the end
    ///   - validated: called as often as the configuration says and at the end
    ///   - kept: called where the weights are the best so far, with what makes them that
    ///   - isStopped: asked after every step; true ends it early, without validation
    @discardableResult
    public func run(
        seconds: Double? = nil, progress: (Progress) throws -> Void = { _ in },
        validated: ([Measurements]) throws -> Void = { _ in },
        kept: (String) throws -> Void = { _ in },
        isStopped: () -> Bool = { false }
    ) throws -> End {
        do {
            return try train(
                seconds: seconds, progress: progress, validated: validated, kept: kept,
                isStopped: isStopped)
        } catch let lost as RankLost where ranks?.leads == true {
            // The state is that behind the last step that all did.
            try trainer.save(to: folder.checkpoint)
            throw TrainingError.rankLost(lost, step: trainer.step, checkpoint: folder.checkpoint)
        }
    }

    private func train(
        seconds: Double?, progress: (Progress) throws -> Void,
        validated: ([Measurements]) throws -> Void, kept: (String) throws -> Void,
        isStopped: () -> Bool
    ) throws -> End {
        let configuration = trainer.configuration
        let leads = ranks?.leads ?? true
        let begun = Date()
        var since = Date()
        var sum = Measurements()
        var count = 0
        var fallbacks = 0
        var hasRow = false
        var end: End? = trainer.isFinished ? .complete : nil
        while end == nil {
            let phase = configuration.phase(at: trainer.step)
            let new = try trainer.advance()
            guard new.loss.isFinite, new.gradientNorm.isFinite else {
                fallbacks += 1
                guard fallbacks <= 3, ranks != nil || folder.hasCheckpoint else {
                    throw TrainingError.notFinite(
                        step: trainer.step, term: new.loss.isFinite ? "gradient" : "loss")
                }
                try trainer.restore(Self.last(folder, ranks), path: folder.checkpoint)
                trainer.perturbRandom(by: UInt64(fallbacks))
                if leads { try cutCurves() }
                (sum, count, since) = (Measurements(), 0, Date())
                continue
            }
            sum += new
            count += 1
            let step = trainer.step
            if trainer.isFinished {
                end = .complete
            } else {
                var wish: End?
                if isStopped() {
                    wish = .stopped
                } else if let seconds, Date().timeIntervalSince(begun) >= seconds {
                    wish = .outOfTime
                }
                end = try agree(wish)
            }
            let isWeighty = 2 * count >= reportEvery
            let isDue = step % reportEvery == 0 && (isWeighty || hasRow)
            if leads, let phase, isDue || end != nil {
                for (name, value) in trainer.controls { sum.set(name, value) }
                let elapsed = Date().timeIntervalSince(since)
                let n = Double(count)
                let now = Progress(
                    step: step, totalSteps: configuration.totalSteps,
                    phase: configuration.phases[phase.index].name, measured: sum,
                    audioSecondsPerSecond: configuration.secondsPerStep * n / max(elapsed, 1e-9),
                    secondsLeft: Double(configuration.totalSteps - step) * elapsed / n)
                try progress(now)
                if isDue || isWeighty || end == .complete || !hasRow {
                    try append(
                        now,
                        rate: configuration.phases[phase.index].learningRate(offset: phase.offset))
                    hasRow = true
                }
                (sum, count, since) = (Measurements(), 0, Date())
            }
            if step % configuration.checkpointEvery == 0 || end != nil {
                try compareWeights()
                if leads { try trainer.save(to: folder.checkpoint) }
            }
            if leads, step % configuration.validateEvery == 0 || end != nil, end != .stopped {
                let rows = try validate()
                try validated(rows)
                if best?.take(rows) == true, let best {
                    try trainer.save(to: folder.best)
                    try kept(best.text)
                }
                since = Date()
            }
        }
        return end ?? .complete
    }

    private func append(_ now: Progress, rate: Double) throws {
        var values = now.measured.texts
        values["step"] = "\(now.step)"
        values["phase"] = now.phase
        values["seconds"] = RunTable.text(trainer.secondsTrained)
        values["learning_rate"] = RunTable.text(rate)
        values["audio_s_per_s"] = RunTable.text(now.audioSecondsPerSecond)
        try curve.append(values)
    }

    /// Validates averaged weights and appends to `validation.tsv`.
    @discardableResult
    public func validate() throws -> [Measurements] {
        let rows = try trainer.withAverage { try trainer.task.validate(steps: trainer.step) }
        for row in rows {
            var values = row.texts
            values["step"] = "\(trainer.step)"
            values["seconds"] = RunTable.text(trainer.secondsTrained)
            try validation.append(values)
        }
        return rows
    }
}

extension Measurements {
    /// As they stand in the tables.
    fileprivate var texts: [String: String] {
        Dictionary(uniqueKeysWithValues: names.map { ($0, RunTable.text(self[$0] ?? .nan)) })
    }

    /// What was measured of some columns, for people.
    public func line(_ columns: [Column]) -> String {
        columns.compactMap { column in
            guard let text = column.text, let value = self[column.name] else { return nil }
            return String(format: text, value)
        }.joined(separator: "  ")
    }
}
