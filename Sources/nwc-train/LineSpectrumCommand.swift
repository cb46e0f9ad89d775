import ArgumentParser
import Foundation
import LPCModule
import ToolSupport
import Training

/// Trains and measures the quantisers of line spectral frequencies.
struct LineSpectrum: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lsf",
        abstract:
            """
            Train a quantiser of line spectral frequencies and measure it: kbit/s of real \
            bytes, spectral distortion.
            """
    )
    @Option(help: "Folder with training speech (searched recursively).") var train: String
    @Option(help: "Folder with validation speech of other speakers.") var valid: String
    @Option(help: "Quantiser: steps (uniform, trained steps, context) or centroids (soft-to-hard).")
    var quantiser = Kind.steps
    @Option(help: "Weight of a bit per frame against squared distortion in dB^2.") var lambda = 0.13
    @Option(help: "Training steps.") var steps = 2000
    @Option(help: "Samples per frame at 16 kHz.") var hop = 320
    @Option(help: "Centroids per position.") var centroids = 32

    @Option(
        help:
            """
            Samples of the analysis window (default: that of the library, or more for long \
            frames).
            """
    ) var window: Int?
    @Option(help: "Samples the window reaches behind its frame.") var lookAhead = LPCConfiguration()
        .lookAhead
    @Option(help: "Pre-emphasis before the analysis, 0 ... 0.99.") var preEmphasis =
        LPCConfiguration().preEmphasis
    @Option(help: "Steps of interpolation per frame, for the prediction gain.") var subframes = 4
    @Flag(help: "Only measure the prediction gain on the validation speech.") var gainOnly = false

    @Option(help: "Recurrent units of the context.") var units = 64
    @Option(help: "Rectified units of each position.") var localUnits = 8
    @Option(help: "Learning rate.") var rate = 3e-3
    @Option(
        parsing: .upToNextOption,
        help: "Weight of a bit when the encoder searches, one measurement for each.")
    var searchLambda = [0.08]
    @Option(help: "Survivors of the search for each state.") var survivors = 2
    @Option(help: "Values tried for each position.") var candidates = 3
    @Option(help: "Trellis-coded quantisation: on, off, both.") var trellis = Trellis.on
    @Flag(help: "Let the context vary the steps.") var varySteps = false
    @Flag(help: "Search by the sum over positions instead of the true distortion of frames.")
    var plainDistortion = false

    @OptionGroup var strictness: StrictOption

    @Flag(help: "Measure without resets too: one chunk per clip.") var wholeClips = false

    enum Trellis: String, ExpressibleByArgument, CaseIterable { case on, off, both }
    enum Kind: String, ExpressibleByArgument, CaseIterable { case steps, centroids }

    func validate() throws {
        guard steps > 0 else { throw ValidationError("--steps \(steps): at least 1") }
        guard (1...512).contains(units) else {
            throw ValidationError("--units \(units): 1 ... 512")
        }
        guard (1...64).contains(localUnits) else {
            throw ValidationError("--local-units \(localUnits): 1 ... 64")
        }
        guard (1...64).contains(survivors) else {
            throw ValidationError("--survivors \(survivors): 1 ... 64")
        }
        guard (1...16).contains(candidates) else {
            throw ValidationError("--candidates \(candidates): 1 ... 16")
        }
        guard rate > 0, rate.isFinite else {
            throw ValidationError("--rate \(rate): a number above 0")
        }
        for weight in searchLambda where !(weight >= 0 && weight.isFinite) {
            throw ValidationError("--search-lambda \(weight): a number of at least 0")
        }
        guard (2...4096).contains(centroids) else {
            throw ValidationError("--centroids \(centroids): 2 ... 4096")
        }
        // Larger ones no window can reach.
        guard (0...1_048_576).contains(lookAhead) else {
            throw ValidationError("--look-ahead \(lookAhead): 0 ... 1048576")
        }
        guard (1...65_536).contains(hop) else { throw ValidationError("--hop \(hop): 1 ... 65536") }
        guard lambda >= 0, lambda.isFinite else {
            throw ValidationError("--lambda \(lambda): a number of at least 0")
        }
    }

    func run() throws {
        var settings = LineSpectralTraining.Settings()
        (settings.lambda, settings.steps, settings.centroids) = (lambda, steps, centroids)
        (settings.units, settings.localUnits, settings.adaptive, settings.learningRate) = (
            units, localUnits, varySteps, rate
        )
        settings.analysis.hop = hop
        settings.analysis.lookAhead = lookAhead
        settings.analysis.preEmphasis = preEmphasis
        settings.analysis.window = window ?? max(settings.analysis.window, hop + 2 * lookAhead)
        let sampleRate = Int(settings.analysis.sampleRate)
        let held = try strictness.read(valid, sampleRate: sampleRate)
        let gain = try PredictionGain.segmental(held, settings.analysis, subframes: subframes)
        try Output.line(
            String(
                format: "prediction gain %.3f dB (mean over 10-ms segments above -60 dBFS)", gain))
        if gainOnly { return }
        let speech = try strictness.read(train, sampleRate: sampleRate)
        let training = try LineSpectralTraining(speech, settings)
        switch quantiser {
        case .steps: try measureSteps(training, speech, held, settings)
        case .centroids: try measure(training.trainCentroids(report), speech, held, settings)
        }
    }

    /// Trellis, fixed grid: each at every weight of the search.
    private func measureSteps(
        _ training: LineSpectralTraining, _ speech: Corpus, _ held: Corpus,
        _ settings: LineSpectralTraining.Settings
    ) throws {
        let (quantiser, store) = try training.trainSteps(report)
        for trellis in trellis == .both ? [false, true] : [trellis == .on] {
            for weight in searchLambda {
                var model = try LineSpectralSymbolModel(quantiser, store, trellis: trellis)
                model.search.lambda = weight
                model.search.survivors = survivors
                model.search.candidates = candidates
                model.search.trueDistortion = !plainDistortion
                try Output.line(
                    String(format: "%@, search lambda %g:", trellis ? "trellis" : "grid", weight))
                try measure(model, speech, held, settings)
            }
        }
    }

    private func report(_ step: Int, _ distortion: Double, _ bits: Double) throws {
        if step % 500 == 0 {
            try Output.line(
                String(format: "step %5d  %.3f dB^2  %.2f bits a frame", step, distortion, bits))
        }
    }

    private func measure<M: LineSpectralCodingModel>(
        _ model: M, _ speech: Corpus, _ held: Corpus, _ settings: LineSpectralTraining.Settings
    ) throws {
        let rate = settings.analysis.sampleRate / Double(settings.analysis.hop)
        let second = max(Int(rate.rounded()), 1)
        let tables = try LineSpectralEvaluation.tables(
            model, clips: LineSpectralTraining.analyse(speech, settings.analysis, every: 8),
            reset: second)
        let clips = try LineSpectralTraining.analyse(held, settings.analysis)
        let parts =
            [("context reset every second", second)]
            + (wholeClips ? [("one chunk per clip", 1 << 30)] : [])
        for (name, reset) in parts {
            let start = Date()
            let result = try LineSpectralEvaluation(
                model, tables: tables, clips: clips, framesPerSecond: rate, reset: reset)
            try Output.line(
                String(
                    format:
                        """
                          %@: %.3f kbit/s, mean distortion %.3f dB, above 2 dB %.2f %%, \
                        above 4 dB %.2f %%, %d frames, %d mismatches, %.1f s
                        """,
                    name,
                    result.kilobitsPerSecond, result.distortion.mean,
                    100 * result.distortion.shareAbove2, 100 * result.distortion.shareAbove4,
                    result.frames, result.mismatches, Date().timeIntervalSince(start)))
        }
    }
}
