import BLASBackend
import CMRLCodec
import Foundation
import GainFilter
import ModelWriting
import NeuralNetwork

/// Training of a post-filter: speech is coded once, and what the filter makes of the decoded sound
/// compared with what was coded.
public final class PostFilterTask: TrainingTask {
    public let configuration: PostFilterTrainingConfiguration
    public let store: ParameterStore<Float>
    public let data: TrainingData
    let network: GainFilterNetwork<Float>
    let discriminator: SpectrogramDiscriminator<Float>
    private let codec: CodecModel
    /// Made when the first step is drawn.
    private var coded: CodedCorpus?

    public init(_ configuration: PostFilterTrainingConfiguration, _ data: TrainingData) throws {
        try configuration.validate()
        store = ParameterStore<Float>(seed: configuration.seed)
        network = GainFilterNetwork(store, configuration.network)
        discriminator = SpectrogramDiscriminator(store, width: configuration.discriminator)
        codec = try configuration.loadCodec()
        self.configuration = configuration
        self.data = data
    }

    public var phaseWithNoise: String? {
        configuration.augmentation.noiseProbability > 0 ? configuration.phases.first?.name : nil
    }
    /// Trained where a phase names its prefix.
    public var heldBack: String? { SpectrogramDiscriminator<Float>.prefix }
    public var columns: [Column] {
        [
            Column("detail", "detail %.4f"), Column("before", "(decoded %.4f)"),
            Column("time", "time %.4f"), Column("frequency", "frequency %.4f"),
            Column("standing", "standing %.4f"),
            Column("judged", nil), Column("matched", nil), Column("judge", nil),
        ]
    }

    public struct Batch: Sendable {
        /// History and segment of every item, decoded and original.
        var decoded: [[Float]] = []
        var original: [[Float]] = []
        var rates: [[Float]] = []
        /// First sample of the segments that counts, so that windows of losses lie anywhere.
        var first = 0
        var phase: PostFilterTrainingConfiguration.Phase
    }

    public func makeShard() throws -> Shard { try Shard(self) }

    public func draw(
        _ moment: Moment<PostFilterTrainingConfiguration.Phase>, _ random: inout RandomSource
    ) throws -> Batch {
        let clips = try coded ?? code()
        coded = clips
        let c = configuration
        let history = c.network.pitchSize - c.network.hop
        let length = history + c.segmentSamples
        var batch = Batch(phase: moment.phase)
        batch.first = random.below(c.network.hop)
        for _ in 0..<c.batch {
            let clip = clips.draw(&random)
            let room = max(clip.decoded.samples.count - c.segmentSamples, 0)
            let start = random.below(room + 1) - history
            batch.decoded.append(clip.decoded.stretch(from: start, count: length))
            batch.original.append(
                clip.original.stretch(from: start + history, count: c.segmentSamples))
            batch.rates.append(PostFilter.rateFeatures(clip.rateIndices))
        }
        return batch
    }

    /// Codes every recording `versions` times.
    private func code() throws -> CodedCorpus {
        let c = configuration
        guard c.augmentation.noiseProbability == 0 || data.noise != nil else {
            throw TrainingError.noNoise(phase: phaseWithNoise ?? "")
        }
        let train = data.train
        let noise = data.noise
        let layers = codec.layerCount
        return try CodedCorpus(codec, count: train.clips.count * c.versions) { index in
            var random = RandomSource(seed: c.seed &+ UInt64(index) &* 0x9E37_79B9)
            let clip = train.clips[index % train.clips.count]
            let count = clip.samples.count
            var samples = c.augmentation.draw(clip, count: count, noise: noise, &random)
            if random.uniform(0, 1) < c.noiseClips {
                samples = Self.stationaryNoise(count, &random)
            }
            let level = random.uniform(c.lowestLevel, c.highestLevel)
            let energy = samples.reduce(0) { $0 + $1 * $1 } / Float(max(count, 1))
            let peak = samples.reduce(1e-6) { max($0, $1.magnitude) }
            let gain = min(Float(pow(10, level / 20)) / (energy.squareRoot() + 1e-5), 0.98 / peak)
            let rate = UInt8(random.below(c.highestRateIndex + 1))
            let isTwo = random.uniform(0, 1) < c.twoLayers && layers > 1
            return (
                clip.path, samples.map { $0 * gain },
                Array(repeating: rate, count: isTwo ? 2 : 1)
            )
        }
    }

    /// White noise through a filter of one coefficient in -0.7 ... 0.9.
    private static func stationaryNoise(_ count: Int, _ random: inout RandomSource) -> [Float] {
        let tilt = Float(random.uniform(-0.7, 0.9))
        var last: Float = 0
        return (0..<count).map { _ in
            let white = Float(random.uniform(-1, 1) + random.uniform(-1, 1)) / 2
            last = tilt * last + white * 0.3
            return last
        }
    }

    public var validationColumns: [Column] {
        [Column("rate_index", "at %.0f:"), Column("detail", "detail %.4f")] + ClipMeasures.columns
            + [Column("decoded_detail", "(decoded %.4f")] + [Column("decoded_mel", "mel %.3f)")]
    }

    /// Rows of the rate indices that the configuration names.
    public func validate(steps: Int) throws -> [Measurements] {
        guard let corpus = data.validation else { return [] }
        return try configuration.validationRateIndices.map { index in
            var row = try run(corpus, rateIndices: [UInt8(index)]) { _, _ in }
            row.add("rate_index", Double(index))
            return row
        }
    }

    /// Codes recordings and filters what is decoded.
    public func render(
        _ corpus: Corpus, _ choice: RenderChoice, steps: Int,
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        let position = choice.positions?.first ?? Double(89) / 255
        let layers = choice.layers ?? 1
        guard (1...codec.layerCount).contains(layers), (0...1).contains(position) else {
            throw TrainingError.badChoice(
                "--position takes 0 ... 1, --layers 1 ... \(codec.layerCount)")
        }
        let index = UInt8((position * 255).rounded())
        return try run(
            corpus, rateIndices: Array(repeating: index, count: layers), receive: receive)
    }

    private struct Worker {
        let graph: Graph<Float>
        let measures: ClipMeasures
        let detail: DetailMeasure
        var sum = Measurements()
    }

    private func run(
        _ corpus: Corpus, rateIndices: [UInt8],
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        let filter = try PostFilter(
            bytes: PostFilter.file(
                name: configuration.name, recipe: "", codec: codec.id, network: network,
                store: store))
        let workers = try InTurns.run(corpus.clips.count) {
            let graph = Graph<Float>(backend: BLASBackend())
            graph.isRecording = false
            return Worker(
                graph: graph, measures: try ClipMeasures(sampleRate: corpus.sampleRate),
                detail: try DetailMeasure())
        } _: { [codec] index, worker in
            let graph = worker.graph
            graph.reset()
            let clip = corpus.clips[index]
            let stream = try codec.encode(
                [clip.floats], rate: .indices(rateIndices), layers: rateIndices.count)
            let decoded = try codec.decode(stream).channels.first ?? []
            let filtered = filter.process(decoded, rateIndices: rateIndices)
            try receive(clip, filtered)
            let count = clip.samples.count
            let shape = Shape(1, count, 1)
            let original = graph.input(shape, clip.floats)
            let before = graph.input(shape, decoded)
            let after = graph.input(shape, filtered)
            var old = Measurements()
            try worker.measures.measure(original, before, samples: count, graph, &old)
            worker.sum.add("decoded_mel", old["mel"] ?? .nan)
            try worker.detail.add(
                ["decoded_detail": before, "detail": after], original, graph, &worker.sum)
            try worker.measures.measure(original, after, samples: count, graph, &worker.sum)
        }
        return workers.reduce(into: Measurements()) { $0 += $1.sum }
    }
}
