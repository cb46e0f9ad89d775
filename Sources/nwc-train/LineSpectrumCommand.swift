import ArgumentParser
import CodecTraining
import Foundation
import LPCModule

/// Trains and measures the quantisers of line spectral frequencies.
struct LineSpectrum: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lsf", abstract: "Train a quantiser of line spectral frequencies and measure it: kbit/s of real bytes, spectral distortion.")
    @Option(help: "Folder with training speech (searched recursively).") var train: String
    @Option(help: "Folder with validation speech of other speakers.") var valid: String
    @Option(help: "Quantiser: steps (uniform, trained steps, context) or centroids (soft-to-hard).") var quantiser = Kind.steps
    @Option(help: "Weight of a bit per frame against squared distortion in dB^2.") var lambda = 0.05
    @Option(help: "Training steps.") var steps = 2000
    @Option(help: "Samples per frame at 16 kHz.") var hop = 320
    @Option(help: "Centroids per position.") var centroids = 32

    @Option(help: "Samples of the analysis window (default: that of the library, or more for long frames).") var window: Int?
    @Option(help: "Samples the window reaches behind its frame.") var lookAhead = LPCConfiguration().lookAhead
    @Option(help: "Pre-emphasis before the analysis, 0 ... 0.99.") var preEmphasis = LPCConfiguration().preEmphasis
    @Option(help: "Steps of interpolation per frame, for the prediction gain.") var subframes = 4
    @Flag(help: "Only measure the prediction gain on the validation speech.") var gainOnly = false

    enum Kind: String, ExpressibleByArgument, CaseIterable { case steps, centroids }

    func validate() throws {
        guard steps > 0 else { throw ValidationError("--steps \(steps): at least 1") }
        guard (2...4096).contains(centroids) else { throw ValidationError("--centroids \(centroids): 2 ... 4096") }
        guard lambda >= 0, lambda.isFinite else { throw ValidationError("--lambda \(lambda): a number of at least 0") }
    }

    func run() throws {
        var settings = LineSpectralTraining.Settings()
        (settings.lambda, settings.steps, settings.centroids) = (lambda, steps, centroids)
        settings.analysis.hop = hop
        settings.analysis.lookAhead = lookAhead
        settings.analysis.preEmphasis = preEmphasis
        settings.analysis.window = window ?? max(settings.analysis.window, hop + 2 * lookAhead)
        let held = try Corpus(folder: valid)
        let gain = try PredictionGain.segmental(held, settings.analysis, subframes: subframes)
        print(String(format: "prediction gain %.3f dB (mean over 10-ms segments above -60 dBFS)", gain))
        if gainOnly { return }
        let speech = try Corpus(folder: train)
        let training = try LineSpectralTraining(speech, settings)
        func report(_ step: Int, _ distortion: Double, _ bits: Double) {
            if step % 500 == 0 { print(String(format: "step %5d  %.3f dB^2  %.2f bits a frame", step, distortion, bits)) }
        }
        switch quantiser {
        case .steps: try measure(training.trainSteps(report), speech, held, settings)
        case .centroids: try measure(training.trainCentroids(report), speech, held, settings)
        }
    }

    private func measure<M: LineSpectralCodingModel>(_ model: M, _ speech: Corpus, _ held: Corpus, _ settings: LineSpectralTraining.Settings) throws {
        let rate = settings.analysis.sampleRate / Double(settings.analysis.hop), second = max(Int(rate.rounded()), 1)
        let tables = try LineSpectralEvaluation.tables(model, clips: LineSpectralTraining.analyse(speech, settings.analysis), reset: second)
        let clips = try LineSpectralTraining.analyse(held, settings.analysis)
        for (name, reset) in [("context reset every second", second), ("one chunk per clip", 1 << 30)] {
            let result = try LineSpectralEvaluation(model, tables: tables, clips: clips, framesPerSecond: rate, reset: reset)
            print(
                String(
                    format: "%@: %.3f kbit/s, mean distortion %.3f dB, above 2 dB %.2f %%, above 4 dB %.2f %%, %d frames, %d mismatches", name,
                    result.kilobitsPerSecond, result.distortion.mean, 100 * result.distortion.shareAbove2, 100 * result.distortion.shareAbove4,
                    result.frames, result.mismatches))
        }
    }
}
