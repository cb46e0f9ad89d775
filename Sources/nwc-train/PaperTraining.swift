import CodecTraining
import Foundation
import ToolSupport

/// Trains a paper network from the start or from its last checkpoint.
func trainPaper(
    _ configuration: PaperTrainingConfiguration, folder: String, corpus options: CorpusOptions,
    resuming: Bool
) throws {
    let (train, valid, _) = try options.load(minimumSamples: 512)
    let run = try PaperTrainingRun(
        configuration, folder: folder, corpus: train, validation: valid, resuming: resuming)
    progress("parameters: \(run.trainer.store.count)")
    try run.run(seconds: options.minutes.map { $0 * 60 }) { p in
        let r = p.report
        let entropies = r.bits.enumerated().map {
            String(format: "  H%d %.2f tau %.3f", $0 + 1, $1, p.entropyWeights[$0])
        }.joined()
        progress(
            String(
                format: "%6d/%d %@  loss %.3f  time %.5f  mel %.3f  quantisation %.3f  %.2f kbit/s",
                p.step, p.totalSteps, p.phase, r.loss, r.time, r.mel,
                r.quantisation, r.kbps) + entropies
                + String(
                    format: "  |g| %.2f  %.1f x  left %.0f min", r.gradientNorm,
                    p.audioSecondsPerSecond, p.secondsLeft / 60))
    } validated: { rows in
        for row in rows { progress("  valid: " + describe(row)) }
    }
}

/// Decodes speech with the averaged weights of a paper network's run.
func renderPaper(
    _ configuration: PaperTrainingConfiguration, folder: String, input: String, output: String,
    layers: Int?, force: Bool
) throws {
    let corpus = try Corpus(folder: input)
    let trainer = try PaperTrainer(configuration, corpus: corpus)
    let decoded = try DecodedFolder(output, of: corpus, input: input, force: force)
    try trainer.restore(from: folder + "/checkpoint.nwck")
    let validator = PaperValidator(network: trainer.network, store: trainer.store, corpus: corpus)
    let modules = configuration.network.modules.count
    let row = try trainer.withAverage {
        try validator.run(layers: min(layers ?? modules, modules)) { clip, samples in
            try decoded.write(clip, samples)
        }
    }
    try Output.line(describe(row))
}

private func describe(_ row: PaperValidationRow) -> String {
    String(
        format:
            "layers %d  %.2f kbit/s (table for each position %.2f)  weighted %.3f  mel %.3f  SNR %.2f dB",
        row.layers, row.kbps, row.positionKbps,
        row.weightedSNR, row.mel, row.snr)
}
