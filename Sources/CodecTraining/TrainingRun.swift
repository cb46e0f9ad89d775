import CMRLCodec
import Foundation
import NeuralNetwork

/// A training run in a folder: configuration, checkpoint, curves. Interrupt it at any moment;
/// `resume` goes on from the last checkpoint.
///
/// Files: `config.json`, `checkpoint.nwck`, `curve.tsv` (means since the last line),
/// `validation.tsv`.
public final class TrainingRun {
    /// A line of progress for people.
    public struct Progress: Sendable {
        public var step: Int
        public var totalSteps: Int
        public var phase: String
        public var report: StepReport
        public var audioSecondsPerSecond: Double
        public var secondsLeft: Double
    }

    public let trainer: Trainer
    private let folder: RunFolder
    private let validator: Validator?
    private let configuration: TrainingConfiguration

    /// - Parameter resuming: continue from the folder's checkpoint; otherwise the folder must not
    ///   hold one.
    public init(
        _ configuration: TrainingConfiguration, folder path: String, corpus: Corpus,
        noise: Corpus? = nil, validation: Corpus?, resuming: Bool
    ) throws {
        self.configuration = configuration
        // Now rather than in the middle of the night.
        if noise == nil, let phase = configuration.phases.first(where: \.needsNoise) {
            throw TrainingError.noNoise(phase: phase.name)
        }
        folder = RunFolder(path: path)
        let trainer = try Trainer(configuration, corpus: corpus, noise: noise)
        self.trainer = trainer
        validator = validation.map {
            Validator(
                network: trainer.network, store: trainer.store, corpus: $0,
                configuration: configuration)
        }
        if resuming {
            try trainer.restore(from: folder.checkpoint)
            try folder.cutCurves(after: trainer.step)
        } else {
            try folder.create(
                configuration,
                curveColumns: [
                    "step", "phase", "seconds", "loss", "weighted", "mel", "kbps", "envelope_kbps",
                    "gradient", "audio_s_per_s", "loudness",
                ],
                validationColumns: [
                    "step", "seconds", "layers", "position", "kbps", "envelope_kbps", "weighted",
                    "mel", "snr_db", "loudness",
                ])
        }
    }

    /// Trains to the end of the configuration, or for `seconds` (wall clock) if given.
    public func run(
        seconds: Double? = nil, progress: (Progress) throws -> Void,
        validated: ([ValidationRow]) throws -> Void
    ) throws {
        let loop = TrainingLoop(training: trainer, checkpointPath: folder.checkpoint)
        try loop.run(seconds: seconds) { p in
            let r = p.report
            try progress(
                Progress(
                    step: p.step, totalSteps: configuration.totalSteps, phase: p.phase, report: r,
                    audioSecondsPerSecond: p.audioSecondsPerSecond,
                    secondsLeft: p.secondsLeft))
            let numbers = [
                trainer.secondsTrained, r.loss, r.weightedSNR, r.mel, r.kbps, r.envelopeKbps,
                r.gradientNorm, p.audioSecondsPerSecond, r.loudness,
            ]
            try folder.append(
                ["\(p.step)", p.phase] + numbers.map(RunFolder.text), to: folder.curve)
        } validate: {
            try validated(try validate())
        } fellBack: {
            try folder.cutCurves(after: trainer.step)
        }
    }

    /// Validates averaged weights at the standard positions and appends to `validation.tsv`.
    public func validate() throws -> [ValidationRow] {
        guard let validator else { return [] }
        let layers =
            configuration.phase(at: max(trainer.step - 1, 0)).map {
                configuration.phases[$0.index].layers
            } ?? 1
        let rows = try trainer.withAverage { () throws -> [ValidationRow] in
            var rows = try [0.1, 0.3, 0.5, 0.7, 0.9].map {
                try validator.run(positions: [$0], steps: trainer.step)
            }
            if layers > 1 {
                for p in [0.3, 0.6, 0.9] {
                    rows.append(
                        try validator.run(
                            positions: (0..<layers).map { p * Double($0 + 1) / Double(layers) },
                            steps: trainer.step))
                }
            }
            return rows
        }
        for r in rows {
            let numbers = [
                r.position, r.kbps, r.envelopeKbps, r.weightedSNR, r.mel, r.snr, r.loudness,
            ].map(RunFolder.text)
            try folder.append(
                ["\(trainer.step)", RunFolder.text(trainer.secondsTrained), "\(r.layers)"]
                    + numbers, to: folder.validation)
        }
        return rows
    }
}
