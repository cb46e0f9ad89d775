import BLASBackend
import CMRLCodec
import Foundation
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

    /// Frequencies at which distortion is taken while training.
    private static let points = 64

    public let settings: Settings
    /// Frames of each clip.
    private let clips: [[LineSpectralFrequencies]]

    /// - Throws: errors of `LPCConfiguration`; `TrainingError.noSpeech` when no clip has `frames`
    ///   frames.
    public init(_ corpus: Corpus, _ settings: Settings) throws {
        self.settings = settings
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
            return try (analyser.step(clip.samples.map { Float($0) / 32768 }) + analyser.flush())
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
        try run(store, report) { x, progress, graph in
            // The last quarter counts the symbols themselves.
            let noise =
                progress < 0.75 ? graph.uniformNoise(x.shape, seed: UInt64(progress * 1e9)) : nil
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
        try run(store, report) { x, progress, graph in
            let result = quantiser(x, hard: progress >= 0.75, graph)
            return (result.values, graph.affine(result.bits, scale: Double(order)))
        }
        return try CentroidSymbolModel(quantiser, store)
    }

    private typealias Forward = (Tensor<Float>, Double, Graph<Float>) -> (
        values: Tensor<Float>, bitsPerFrame: Tensor<Float>
    )

    private func run(
        _ store: ParameterStore<Float>, _ report: (Int, Double, Double) throws -> Void,
        _ forward: Forward
    ) throws {
        var configuration = TrainingConfiguration(
            name: "line spectra", seed: settings.seed, network: NetworkConfiguration(), phases: [])
        configuration.clip = 10
        let graph = Graph<Float>(store: store, backend: BLASBackend())
        let optimiser = Optimiser(values: store.values)
        var random = RandomSource(seed: settings.seed)
        var sums = (distortion: 0.0, bits: 0.0)
        let order = settings.analysis.order
        let shape = Shape(settings.batch, settings.frames, order)
        for step in 0..<settings.steps {
            var input: [Float] = []
            input.reserveCapacity(shape.count)
            for _ in 0..<settings.batch {
                let clip = clips[random.below(clips.count)]
                let start = random.below(clip.count - settings.frames + 1)
                for frame in clip[start..<start + settings.frames] {
                    input.append(contentsOf: frame.values.map { Float($0) })
                }
            }
            graph.reset()
            graph.clearParameterGradients()
            let x = graph.input(shape, input)
            let progress = Double(step) / Double(settings.steps)
            let (values, bits) = forward(x, progress, graph)
            let difference = graph.subtract(
                graph.envelopeDecibels(lineSpectrum: values, points: Self.points),
                graph.envelopeDecibels(lineSpectrum: x, points: Self.points))
            let distortion = graph.mean(graph.unary(.square, difference))
            graph.backward(graph.add(distortion, graph.affine(bits, scale: settings.lambda)))
            let rate =
                settings.learningRate * min(1, Double(step + 1) / 100)
                * (0.02 + 0.98 * 0.5 * (1 + cos(.pi * progress)))
            let norm = optimiser.update(
                store, gradient: graph.parameterGradients, rate: rate, configuration)
            guard norm.isFinite else {
                throw TrainingError.notFinite(
                    step: step, term: "gradient of the line spectral quantiser")
            }
            sums.distortion += Double(distortion.data[0])
            sums.bits += Double(bits.data[0])
            if step % 100 == 99 {
                try report(step + 1, sums.distortion / 100, sums.bits / 100)
                sums = (0, 0)
            }
        }
    }
}
