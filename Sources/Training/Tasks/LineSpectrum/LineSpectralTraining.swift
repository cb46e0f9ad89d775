import CMRLCodec
import LPCModule
import NeuralNetwork

/// Trains quantisers of line spectral frequencies: squared spectral distortion + lambda * bits.
public struct LineSpectralTraining: Sendable {
    public struct Settings: Sendable {
        public var analysis = LPCConfiguration()
        public var steps = 2000
        /// Items per step and frames per item.
        public var batch = 24
        public var frames = 50
        /// dB^2 per bit of a frame.
        public var lambda = 0.13
        /// First steps of the quantiser in radians.
        public var step = 0.035
        /// Recurrent units of the context, and rectified units of each position.
        public var units = 64
        public var localUnits = 8
        /// Whether the context varies the steps: pays on a grid, not with a trellis (Docs/lpc.md).
        public var adaptive = false
        /// Centroids per position of the soft-to-hard quantiser.
        public var centroids = 32
        public var learningRate = 3e-3
        public var seed: UInt64 = 1
        public init() {}
    }

    public let settings: Settings
    private let corpus: Corpus
    /// Frames of each clip.
    private let clips: [[LineSpectralFrequencies]]

    /// - Throws: errors of `LPCConfiguration`; `TrainingError.noSpeech` when no clip has `frames`
    ///   frames.
    public init(_ corpus: Corpus, _ settings: Settings) throws {
        self.settings = settings
        self.corpus = corpus
        clips = try Self.analyse(corpus, settings.analysis).filter { $0.count >= settings.frames }
        if clips.isEmpty {
            throw TrainingError.noSpeech(
                folder: "training folder", files: corpus.clips.count,
                minimumSamples: settings.frames * settings.analysis.hop)
        }
    }

    /// Line spectral frequencies of every clip, or of every n-th.
    public static func analyse(
        _ corpus: Corpus, _ configuration: LPCConfiguration, every n: Int = 1
    ) throws -> [[LineSpectralFrequencies]] {
        try stride(from: 0, to: corpus.clips.count, by: n).map { index in
            let clip = corpus.clips[index]
            var analyser = try LPCAnalyser(configuration)
            return try (analyser.step(clip.floats) + analyser.flush())
                .map(\.lineSpectrum)
        }
    }

    /// - Parameter report: called every 100 steps with the step, mean squared distortion (dB^2) and
    ///   bits per frame.
    public func trainSteps(_ report: (Int, Double, Double) throws -> Void) throws -> (
        LineSpectralQuantiser<Float>, ParameterStore<Float>
    ) {
        let store = ParameterStore<Float>(seed: settings.seed)
        let quantiser = LineSpectralQuantiser(
            store, "lsf", order: settings.analysis.order, step: settings.step,
            units: settings.units, localUnits: settings.localUnits,
            adaptive: settings.adaptive)
        try run(store, report) { x, batch, share, graph in
            let seed = batch.seed &+ UInt64(share.shard)
            let noise = batch.hard ? nil : graph.uniformNoise(x.shape, seed: seed)
            let result = quantiser(x, noise: noise, graph)
            return (
                result.values, graph.affine(graph.sum(result.bits), scale: 1 / Double(x.shape.rows))
            )
        }
        return (quantiser, store)
    }

    /// As `trainSteps`; bits are the bound without context.
    public func trainCentroids(_ report: (Int, Double, Double) throws -> Void) throws
        -> CentroidSymbolModel
    {
        let store = ParameterStore<Float>(seed: settings.seed)
        let order = settings.analysis.order
        let count = settings.centroids
        // Start: quantiles of each position.
        let initial = (0..<order).map { i in
            let sorted = clips.flatMap { $0.map { $0.values[i] } }.sorted()
            return (0..<count).map { sorted[(2 * $0 + 1) * sorted.count / (2 * count)] }
        }
        let quantiser = SoftToHardLineSpectralQuantiser(store, "lsf", initial: initial)
        try run(store, report) { x, batch, _, graph in
            let result = quantiser(x, hard: batch.hard, graph)
            return (result.values, graph.affine(result.bits, scale: Double(order)))
        }
        return try CentroidSymbolModel(quantiser, store)
    }

    private func run(
        _ store: ParameterStore<Float>, _ report: (Int, Double, Double) throws -> Void,
        _ forward: @escaping LineSpectralTask.Forward
    ) throws {
        let phase = LineSpectralTask.Configuration.Phase(
            steps: settings.steps, learningRate: settings.learningRate,
            finalLearningRate: 0.02 * settings.learningRate)
        let task = LineSpectralTask(
            configuration: LineSpectralTask.Configuration(
                seed: settings.seed, phases: [phase], batch: settings.batch,
                frames: settings.frames, lambda: settings.lambda,
                secondsPerFrame: Double(settings.analysis.hop) / settings.analysis.sampleRate),
            store: store, data: TrainingData(train: corpus), clips: clips,
            order: settings.analysis.order, forward: forward)
        let trainer = try Trainer(task)
        var sum = Measurements()
        while !trainer.isFinished {
            let measured = try trainer.advance()
            guard measured.gradientNorm.isFinite else {
                throw TrainingError.notFinite(
                    step: trainer.step, term: "gradient of the line spectral quantiser")
            }
            sum += measured
            if trainer.step % 100 == 0 {
                try report(trainer.step, sum["distortion"] ?? 0, sum["bits"] ?? 0)
                sum = Measurements()
            }
        }
    }
}
