import BLASBackend
import Enhancement
import NeuralNetwork
import PerceptualLoss

/// Training of a denoiser: speech with noise mixed in on the fly, and what is left of both compared
/// with the speech alone.
public struct DenoisingTask: TrainingTask {
    public let configuration: DenoiserTrainingConfiguration
    public let store: ParameterStore<Float>
    public let network: DenoisingNetwork<Float>
    public let data: TrainingData

    public init(_ configuration: DenoiserTrainingConfiguration, _ data: TrainingData) throws {
        try configuration.validate()
        store = ParameterStore<Float>(seed: configuration.seed)
        network = DenoisingNetwork(store, configuration.network)
        self.configuration = configuration
        self.data = data
    }

    public var phaseWithNoise: String? { configuration.phases.first?.name }
    public var heldBack: String? { "transform" }
    public var columns: [Column] {
        [Column("weighted", "weighted %.3f"), Column("mel", "mel %.3f")]
    }

    public func makeShard() throws -> Shard { try Shard(self) }

    public func draw(
        _ moment: Moment<DenoiserTrainingConfiguration.Phase>, _ random: inout RandomSource
    ) throws -> Segments {
        guard data.noise != nil else { throw TrainingError.noNoise(phase: moment.phase.name) }
        return Segments(
            count: configuration.batch, length: configuration.segmentSamples,
            levels: configuration.lowestLevel...configuration.highestLevel, data.train,
            noise: data.noise, configuration.augmentation, keepsClean: true, &random)
    }

    public final class Shard: TrainingShard {
        private let network: DenoisingNetwork<Float>
        private let weights: DenoiserTrainingConfiguration.Loss
        private let weighted: WeightedSNRLoss<Float>
        private let mel: MelLoss<Float>

        init(_ task: DenoisingTask) throws {
            network = task.network
            weights = task.configuration.loss
            let rate = Double(task.configuration.sampleRate)
            weighted = try WeightedSNRLoss(sampleRate: rate)
            mel = try MelLoss(sampleRate: rate)
        }

        public func loss(
            _ batch: Segments, _ share: BatchShare, _ graph: Graph<Float>,
            _ measured: inout Measurements
        ) throws -> Tensor<Float>? {
            let levels = batch.levels(share.items, graph)
            let output = network(batch.tensor(share.items, graph), graph)
            let decoded = graph.multiply(output, levels)
            let clean = graph.multiply(batch.tensor(share.items, of: \.clean, graph), levels)
            let w = try weighted(clean, decoded, graph)
            let m = try mel(clean, decoded, graph)
            measured.add("weighted", Double(w.data[0]), weight: share.fraction)
            measured.add("mel", Double(m.data[0]), weight: share.fraction)
            return graph.add(
                graph.affine(w, scale: share.fraction * weights.weightedSNR),
                graph.affine(m, scale: share.fraction * weights.mel))
        }
    }

    /// `input_snr_db`: SNR of the noisy speech, to compare `snr_db` with.
    public var validationColumns: [Column] {
        ClipMeasures.columns + [Column("input_snr_db", "(noisy %.2f dB)")]
    }

    /// Every validation clip with noise of its own, the same each time.
    public func validate(steps: Int) throws -> [Measurements] {
        guard let corpus = data.validation, let noise = data.noise else { return [] }
        return [
            try run(corpus) { index, clip in
                var random = RandomSource(seed: UInt64(index))
                let other = noise.draw(&random)
                let last = max(other.samples.count - clip.samples.count, 0)
                var change = Augmentation.Change(clip: clip, offset: 0)
                change.noise = (other, random.below(last + 1), configuration.validationSNR)
                return change.mixed(clip.floats)
            } receive: { _, _ in
            }
        ]
    }

    /// Takes the recordings as the noisy ones: all measures are then of what was changed.
    public func render(
        _ corpus: Corpus, _ choice: RenderChoice, steps: Int,
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        guard choice.positions == nil, choice.layers == nil else {
            throw TrainingError.badChoice("a denoiser has neither --position nor --layers")
        }
        return try run(corpus, noisy: { $1.floats }, receive: receive)
    }

    private struct Worker {
        let graph: Graph<Float>
        let measures: ClipMeasures
        var sum = Measurements()
    }

    private func run(
        _ corpus: Corpus, noisy: (Int, Corpus.Clip) -> [Float],
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        let hop = configuration.network.hop
        let workers = try InTurns.run(corpus.clips.count) {
            let graph = Graph(store: store, backend: BLASBackend())
            graph.isRecording = false
            return Worker(
                graph: graph, measures: try ClipMeasures(sampleRate: corpus.sampleRate))
        } _: { index, worker in
            let graph = worker.graph
            graph.reset()
            let clip = corpus.clips[index]
            let count = clip.samples.count
            let padding = Array(repeating: Float(0), count: (hop - count % hop) % hop)
            let shape = Shape(1, count + padding.count, 1)
            let input = graph.input(shape, noisy(index, clip) + padding)
            let clean = graph.input(shape, clip.floats + padding)
            let output = network(input, graph)
            try receive(clip, Array(UnsafeBufferPointer(start: output.data, count: count)))
            var before = Measurements()
            try worker.measures.measure(clean, input, samples: count, graph, &before)
            worker.sum.add("input_snr_db", before["snr_db"] ?? .nan)
            try worker.measures.measure(clean, output, samples: count, graph, &worker.sum)
        }
        return workers.reduce(into: Measurements()) { $0 += $1.sum }
    }
}
