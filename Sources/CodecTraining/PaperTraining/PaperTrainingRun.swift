import CMRLCodec
import Foundation

/// A training run of a paper network in a folder; the same files as `TrainingRun`.
public final class PaperTrainingRun {
    /// A line of progress for people.
    public struct Progress: Sendable {
        public var step: Int
        public var totalSteps: Int
        public var phase: String
        public var report: PaperStepReport
        public var entropyWeights: [Double]
        public var audioSecondsPerSecond: Double
        public var secondsLeft: Double
    }

    public let trainer: PaperTrainer
    private let folder: RunFolder
    private let validator: PaperValidator?

    /// - Parameter resuming: continue from the folder's checkpoint; otherwise the folder must not
    ///   hold one.
    public init(
        _ configuration: PaperTrainingConfiguration, folder path: String, corpus: Corpus,
        validation: Corpus?, resuming: Bool
    ) throws {
        let trainer = try PaperTrainer(configuration, corpus: corpus)
        self.trainer = trainer
        folder = RunFolder(path: path)
        validator = validation.map {
            PaperValidator(network: trainer.network, store: trainer.store, corpus: $0)
        }
        if resuming {
            try trainer.restore(from: folder.checkpoint)
            try folder.cutCurves(after: trainer.step)
        } else {
            try folder.create(
                configuration,
                curveColumns: [
                    "step", "phase", "seconds", "loss", "time", "mel", "quantisation", "kbps",
                    "gradient", "audio_s_per_s",
                ]
                    + configuration.network.modules.indices.flatMap {
                        ["bits\($0 + 1)", "tau\($0 + 1)"]
                    },
                validationColumns: [
                    "step", "seconds", "layers", "kbps", "position_kbps", "weighted", "mel",
                    "snr_db",
                ])
        }
    }

    /// Trains to the end of the configuration, or for `seconds` (wall clock) if given.
    public func run(
        seconds: Double? = nil, progress: (Progress) throws -> Void,
        validated: ([PaperValidationRow]) throws -> Void
    ) throws {
        let loop = TrainingLoop(training: trainer, checkpointPath: folder.checkpoint)
        try loop.run(seconds: seconds) { p in
            let weights = trainer.entropyWeights
            let r = p.report
            try progress(
                Progress(
                    step: p.step, totalSteps: trainer.configuration.totalSteps, phase: p.phase,
                    report: r, entropyWeights: weights,
                    audioSecondsPerSecond: p.audioSecondsPerSecond, secondsLeft: p.secondsLeft))
            var cells = ["\(p.step)", p.phase]
            cells += [
                trainer.secondsTrained, r.loss, r.time, r.mel, r.quantisation, r.kbps,
                r.gradientNorm, p.audioSecondsPerSecond,
            ].map(RunFolder.text)
            for (i, weight) in weights.enumerated() {
                cells += [
                    i < r.bits.count ? RunFolder.text(r.bits[i]) : "", RunFolder.text(weight),
                ]
            }
            try folder.append(cells, to: folder.curve)
        } validate: {
            try validated(try validate())
        } fellBack: {
            try folder.cutCurves(after: trainer.step)
        }
    }

    /// Validates averaged weights with 1, 2, ... of the modules trained so far and appends to
    /// `validation.tsv`.
    public func validate() throws -> [PaperValidationRow] {
        guard let validator else { return [] }
        let phases = trainer.configuration.phases
        let layers = phases.place(of: max(trainer.step - 1, 0)).map { phases[$0.index].layers } ?? 1
        let rows = try trainer.withAverage {
            try (1...layers).map { try validator.run(layers: $0) }
        }
        for row in rows {
            let numbers = [row.kbps, row.positionKbps, row.weightedSNR, row.mel, row.snr].map(
                RunFolder.text)
            try folder.append(
                ["\(trainer.step)", RunFolder.text(trainer.secondsTrained), "\(row.layers)"]
                    + numbers, to: folder.validation)
        }
        return rows
    }
}
