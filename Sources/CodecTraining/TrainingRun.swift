import CMRLCodec
import Foundation
import NeuralNetwork

/// A training run in a folder: configuration, checkpoint, curves. Interrupt it at any moment; `resume` goes on from the last checkpoint.
///
/// Files: `config.json`, `checkpoint.nwck`, `curve.tsv` (means since the last line), `validation.tsv`.
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
    public let folder: String
    private let validator: Validator?
    private let configuration: TrainingConfiguration

    public var checkpointPath: String { folder + "/checkpoint.nwck" }

    /// - Parameter resuming: continue from the folder's checkpoint; otherwise the folder must not hold one.
    public init(_ configuration: TrainingConfiguration, folder: String, corpus: Corpus, validation: Corpus?, resuming: Bool) throws {
        self.configuration = configuration
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let trainer = try Trainer(configuration, corpus: corpus)
        self.trainer = trainer
        validator = validation.map { Validator(network: trainer.network, store: trainer.store, corpus: $0, configuration: configuration) }
        let path = folder + "/checkpoint.nwck"
        if resuming {
            try trainer.restore(try Checkpoint(path: path), path: path)
            try Self.cutCurves(folder, after: trainer.step)
        } else {
            guard !FileManager.default.fileExists(atPath: path) else {
                throw TrainingError.badCheckpoint(path: path, reason: "exists already: resume it, or choose another folder")
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(configuration).write(to: URL(fileURLWithPath: folder + "/config.json"), options: .atomic)
            try Self.append(folder + "/curve.tsv", "step\tphase\tseconds\tloss\tweighted\tmel\tkbps\tenvelope_kbps\tgradient\taudio_s_per_s\tloudness\n")
            try Self.append(folder + "/validation.tsv", "step\tseconds\tlayers\tposition\tkbps\tenvelope_kbps\tweighted\tmel\tsnr_db\tloudness\n")
        }
    }

    /// Trains to the end of the configuration, or for `seconds` (wall clock) if given.
    public func run(seconds: Double? = nil, progress: (Progress) -> Void, validated: ([ValidationRow]) -> Void) throws {
        let begun = Date()
        var sum = StepReport(), count = 0, since = Date()
        let perStep = Double(configuration.batch * configuration.segmentSamples) / 16000
        var fallbacks = 0
        while !trainer.isFinished {
            let phase = configuration.phase(at: trainer.step).map { configuration.phases[$0.index].name } ?? ""
            let report = try trainer.advance()
            guard report.loss.isFinite, report.gradientNorm.isFinite else {
                // Not-a-number guard: go back to the last checkpoint and take other segments.
                fallbacks += 1
                guard fallbacks <= 3, FileManager.default.fileExists(atPath: checkpointPath) else {
                    throw TrainingError.notFinite(step: trainer.step, term: report.loss.isFinite ? "gradient" : "loss")
                }
                try trainer.restore(try Checkpoint(path: checkpointPath), path: checkpointPath)
                trainer.perturbRandom(by: UInt64(fallbacks))
                continue
            }
            sum = sum + report
            count += 1
            let step = trainer.step, last = trainer.isFinished || seconds.map { Date().timeIntervalSince(begun) >= $0 } == true
            if step % 50 == 0 || last {
                let elapsed = Date().timeIntervalSince(since), n = Double(count), rate = perStep * n / max(elapsed, 1e-9)
                let mean = StepReport(
                    loss: sum.loss / n, weightedSNR: sum.weightedSNR / n, mel: sum.mel / n, loudness: sum.loudness / n, kbps: sum.kbps / n, envelopeKbps: sum.envelopeKbps / n,
                    gradientNorm: sum.gradientNorm / n)
                let left = Double(configuration.totalSteps - step) * elapsed / n
                progress(
                    Progress(
                        step: step, totalSteps: configuration.totalSteps, phase: phase, report: mean, audioSecondsPerSecond: rate, secondsLeft: left))
                let numbers = [
                    trainer.secondsTrained, mean.loss, mean.weightedSNR, mean.mel, mean.kbps, mean.envelopeKbps, mean.gradientNorm, rate, mean.loudness,
                ]
                try Self.append(folder + "/curve.tsv", "\(step)\t\(phase)\t" + numbers.map { Self.text($0) }.joined(separator: "\t") + "\n")
                sum = StepReport()
                count = 0
                since = Date()
            }
            if step % configuration.checkpointEvery == 0 || last { try trainer.checkpoint().write(to: checkpointPath) }
            if step % configuration.validateEvery == 0 || last {
                validated(try validate())
                since = Date()
            }
            if last { break }
        }
    }

    /// Validates averaged weights at the standard positions and appends to `validation.tsv`.
    public func validate() throws -> [ValidationRow] {
        guard let validator else { return [] }
        let layers = configuration.phase(at: max(trainer.step - 1, 0)).map { configuration.phases[$0.index].layers } ?? 1
        let rows = try trainer.withAverage { () throws -> [ValidationRow] in
            var rows = try [0.1, 0.3, 0.5, 0.7, 0.9].map { try validator.run(positions: [$0]) }
            if layers > 1 { for p in [0.3, 0.6, 0.9] { rows.append(try validator.run(positions: (0..<layers).map { p * Double($0 + 1) / Double(layers) })) } }
            return rows
        }
        for r in rows {
            let numbers = [r.position, r.kbps, r.envelopeKbps, r.weightedSNR, r.mel, r.snr, r.loudness].map { Self.text($0) }.joined(separator: "\t")
            try Self.append(folder + "/validation.tsv", "\(trainer.step)\t\(Self.text(trainer.secondsTrained))\t\(r.layers)\t\(numbers)\n")
        }
        return rows
    }

    private static func text(_ x: Double) -> String { String(format: "%.5g", x) }

    private static func append(_ path: String, _ text: String) throws {
        if let handle = FileHandle(forWritingAtPath: path) {
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(text.utf8))
        } else {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        }
    }

    /// Drops lines of the curves that lie after the checkpoint.
    private static func cutCurves(_ folder: String, after step: Int) throws {
        for name in ["curve.tsv", "validation.tsv"] {
            let path = folder + "/" + name
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
            let kept = text.split(separator: "\n").enumerated().filter { index, line in
                index == 0 || (line.split(separator: "\t").first.flatMap { Int($0) } ?? Int.max) <= step
            }
            try (kept.map { String($0.element) }.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        }
    }
}
