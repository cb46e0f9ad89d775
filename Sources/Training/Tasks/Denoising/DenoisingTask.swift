import BLASBackend
import Enhancement
import GainFilter
import ModelWriting
import NeuralNetwork

/// Training of a denoiser: speech with noise mixed in on the fly, and what is left of both compared
/// with the speech alone.
public struct DenoisingTask: TrainingTask {
    public let configuration: DenoiserTrainingConfiguration
    public let store: ParameterStore<Float>
    public let data: TrainingData
    let network: GainFilterNetwork<Float>

    public init(_ configuration: DenoiserTrainingConfiguration, _ data: TrainingData) throws {
        try configuration.validate()
        store = ParameterStore<Float>(seed: configuration.seed)
        network = GainFilterNetwork(store, configuration.network)
        self.configuration = configuration
        self.data = data
    }

    public var phaseWithNoise: String? { configuration.phases.first?.name }
    public var columns: [Column] {
        [
            Column("detail", "detail %.4f"), Column("weighted", "weighted %.3f"),
            Column("mel", nil), Column("before", "(noisy %.4f)"),
        ]
    }

    public struct Batch: Sendable {
        var segments: Segments
        /// First sample of what is complete that counts, so that windows of losses lie anywhere.
        var first = 0
    }

    public func makeShard() throws -> Shard { try Shard(self) }

    public func draw(
        _ moment: Moment<DenoiserTrainingConfiguration.Phase>, _ random: inout RandomSource
    ) throws -> Batch {
        guard data.noise != nil else { throw TrainingError.noNoise(phase: moment.phase.name) }
        let c = configuration
        let history = c.network.pitchSize - c.network.hop
        let segments = Segments(
            count: c.batch, length: history + c.segmentSamples,
            levels: c.lowestLevel...c.highestLevel, data.train, noise: data.noise,
            moment.phase.augmentation ?? c.augmentation, keepsClean: true, &random)
        return Batch(segments: segments, first: random.below(c.network.hop))
    }

    public var validationColumns: [Column] {
        [Column("noisy_snr_db", "at %.0f dB:"), Column("detail", "detail %.4f")]
            + ClipMeasures.columns + [Column("noisy_detail", "(noisy %.4f)")]
    }

    /// Every validation clip with noise of its own, the same each time; rows of the ratios that the
    /// configuration names.
    public func validate(steps: Int) throws -> [Measurements] {
        guard let corpus = data.validation, let noise = data.validationNoise ?? data.noise else {
            return []
        }
        return try configuration.validationSNRs.map { ratio in
            var row = try run(corpus) { index, clip in
                var random = RandomSource(seed: UInt64(index))
                let other = noise.draw(&random)
                let last = max(other.samples.count - clip.samples.count, 0)
                var change = Augmentation.Change(clip: clip, offset: 0)
                change.noise = Augmentation.Noise(
                    clip: other, offset: random.below(last + 1), ratio: ratio)
                return change.mixed(clip.floats)
            } receive: { _, _ in
            }
            row.add("noisy_snr_db", ratio)
            return row
        }
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
        let detail: DetailMeasure
        var sum = Measurements()
    }

    private func run(
        _ corpus: Corpus, noisy: @escaping (Int, Corpus.Clip) -> [Float],
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        let denoiser = try Denoiser(
            bytes: Denoiser.file(
                name: configuration.name, recipe: "", network: network, store: store))
        let workers = try InTurns.run(corpus.clips.count) {
            let graph = Graph<Float>(backend: BLASBackend())
            graph.isRecording = false
            return Worker(
                graph: graph, measures: try ClipMeasures(sampleRate: corpus.sampleRate),
                detail: try DetailMeasure())
        } _: { index, worker in
            let graph = worker.graph
            graph.reset()
            let clip = corpus.clips[index]
            let before = noisy(index, clip)
            let after = denoiser.process(before)
            try receive(clip, after)
            let shape = Shape(1, clip.samples.count, 1)
            let clean = graph.input(shape, clip.floats)
            let output = graph.input(shape, after)
            try worker.detail.add(
                ["noisy_detail": graph.input(shape, before), "detail": output], clean, graph,
                &worker.sum)
            try worker.measures.measure(
                clean, output, samples: clip.samples.count, graph, &worker.sum)
        }
        return workers.reduce(into: Measurements()) { $0 += $1.sum }
    }
}
