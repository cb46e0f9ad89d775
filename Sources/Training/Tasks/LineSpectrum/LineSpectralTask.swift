import BLASBackend
import CMRLCodec
import LPCModule
import NeuralNetwork

/// Training of a quantiser of line spectral frequencies: squared spectral distortion + lambda *
/// bits.
struct LineSpectralTask: TrainingTask {
    /// One phase; the last quarter counts the symbols themselves.
    struct Configuration: TrainingSchedule {
        struct Phase: TrainingPhase {
            var name = "line spectra"
            var steps: Int
            var train: [String]?
            var learningRate: Double
            var finalLearningRate: Double
            var warmup: Int? = 100
            var scheduleSteps: Int?
        }

        var name = "line spectra"
        var seed: UInt64
        var phases: [Phase]
        /// Items per step, and frames per item.
        var batch: Int
        var frames: Int
        var shards = 2
        var clip = 10.0
        var beta1 = 0.9
        var beta2 = 0.99
        var averageDecay = 0.999
        var validateEvery = 100
        var checkpointEvery = 100
        /// dB^2 per bit of a frame.
        var lambda: Double
        var secondsPerFrame: Double
        var secondsPerStep: Double { Double(batch * frames) * secondsPerFrame }

        func validate() throws { try validateSchedule() }
    }

    struct Batch: Sendable {
        /// Frames of all items, one after the other.
        var values: [Float]
        var hard: Bool
        var seed: UInt64
    }

    /// Line spectral frequencies [items, frames, order] -> decoded ones, and bits a frame.
    typealias Forward = (Tensor<Float>, Batch, BatchShare, Graph<Float>) -> (
        values: Tensor<Float>, bitsPerFrame: Tensor<Float>
    )

    let configuration: Configuration
    let store: ParameterStore<Float>
    let data: TrainingData
    /// Frames of each clip, at least `configuration.frames`.
    let clips: [[LineSpectralFrequencies]]
    let order: Int
    let forward: Forward

    /// Squared distortion in dB^2, and bits a frame.
    var columns: [Column] {
        [Column("distortion", "%.3f dB^2"), Column("bits", "%.2f bits a frame")]
    }
    var validationColumns: [Column] { [] }

    func makeShard() -> Shard { Shard(task: self) }

    func draw(_ moment: Moment<Configuration.Phase>, _ random: inout RandomSource) -> Batch {
        var values: [Float] = []
        values.reserveCapacity(configuration.batch * configuration.frames * order)
        for _ in 0..<configuration.batch {
            let clip = clips[random.below(clips.count)]
            let start = random.below(clip.count - configuration.frames + 1)
            for frame in clip[start..<start + configuration.frames] {
                values.append(contentsOf: frame.values.map { Float($0) })
            }
        }
        return Batch(
            values: values, hard: 4 * moment.offset >= 3 * moment.phase.steps, seed: random.next())
    }

    func validate(steps: Int) -> [Measurements] { [] }

    func render(
        _ corpus: Corpus, _ choice: RenderChoice, steps: Int,
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        throw TrainingError.badChoice("line spectra have no sound of their own")
    }

    struct Shard: TrainingShard {
        let task: LineSpectralTask
        /// Frequencies at which distortion is taken.
        private static var points: Int { 64 }

        func loss(
            _ batch: Batch, _ share: BatchShare, _ graph: Graph<Float>,
            _ measured: inout Measurements
        ) -> Tensor<Float>? {
            let size = task.configuration.frames * task.order
            let x = graph.input(
                Shape(share.items.count, task.configuration.frames, task.order),
                Array(batch.values[share.items.lowerBound * size..<share.items.upperBound * size]))
            let (values, bits) = task.forward(x, batch, share, graph)
            let difference = graph.subtract(
                graph.envelopeDecibels(lineSpectrum: values, points: Self.points),
                graph.envelopeDecibels(lineSpectrum: x, points: Self.points))
            let distortion = graph.mean(graph.unary(.square, difference))
            measured.add("distortion", Double(distortion.data[0]), weight: share.fraction)
            measured.add("bits", Double(bits.data[0]), weight: share.fraction)
            return graph.affine(
                graph.add(distortion, graph.affine(bits, scale: task.configuration.lambda)),
                scale: share.fraction)
        }
    }
}
