import CMRLCodec
import NeuralNetwork

/// Training of the default codec: segments of speech, each at a rate position of its own.
public struct CodecTask: TrainingTask {
    public let configuration: CodecTrainingConfiguration
    public let store: ParameterStore<Float>
    package let network: CodecNetwork<Float>
    public let data: TrainingData

    public init(_ configuration: CodecTrainingConfiguration, _ data: TrainingData) throws {
        try configuration.validate()
        store = ParameterStore<Float>(seed: configuration.seed)
        network = CodecNetwork(store, configuration.network)
        self.configuration = configuration
        self.data = data
    }

    /// The task on a network that is there already, for tasks that train something inside it.
    init(
        _ configuration: CodecTrainingConfiguration, _ data: TrainingData,
        _ network: CodecNetwork<Float>, _ store: ParameterStore<Float>
    ) {
        self.configuration = configuration
        self.data = data
        self.network = network
        self.store = store
    }

    public struct Batch: Sendable {
        let segments: Segments
        /// Rate position of each item (outer index) and module (inner index).
        let positions: [[Double]]
        /// Modules that run.
        let layers: Int
        /// Count the rate on rounded symbols.
        let hard: Bool
        let randomSigns: Bool
        let loss: CodecTrainingConfiguration.Loss
        let seed: UInt64
    }

    public var phaseWithNoise: String? { configuration.phases.first(where: \.needsNoise)?.name }

    /// The lapped transform stays as computed.
    public var heldBack: String? { "transform" }

    public var columns: [Column] {
        [
            Column("weighted", "weighted %.3f"), Column("mel", "mel %.3f"),
            Column("loudness", "loudness %.3f"), Column("kbps", "%.2f kbit/s"),
            Column("envelope_kbps", "(envelope %.2f)"),
        ]
    }

    public func makeShard() throws -> CodecShard { try CodecShard(self) }

    public func draw(
        _ moment: Moment<CodecTrainingConfiguration.Phase>, _ random: inout RandomSource
    ) throws -> Batch {
        let phase = moment.phase
        if phase.needsNoise, data.noise == nil { throw TrainingError.noNoise(phase: phase.name) }
        let segments = configuration.drawSegments(data, phase.augmentation, &random)
        let layers = phase.randomLayers == true ? 1 + random.below(phase.layers) : phase.layers
        let positions = (0..<configuration.batch).map { _ in
            Self.drawPositions(layers, distance: phase.layerDistance, &random)
        }
        return Batch(
            segments: segments, positions: positions, layers: layers,
            hard: phase.hardSymbols == true,
            randomSigns: configuration.randomSigns(phase: moment.index),
            loss: phase.loss ?? configuration.loss, seed: random.next())
    }

    /// A position for every module: uniform for one; for several each at least 0.1 above the one
    /// below, or the top one uniform and every other `distance` below the next.
    private static func drawPositions(
        _ layers: Int, distance: Double?, _ random: inout RandomSource
    ) -> [Double] {
        if let distance {
            let top = random.uniform(0, 1)
            return (0..<layers).map { max(0, top - Double(layers - 1 - $0) * distance) }
        }
        var result: [Double] = []
        var low = 0.0
        for layer in 0..<layers {
            let high = 1 - 0.12 * Double(layers - 1 - layer)
            let value = random.uniform(low, max(low, high))
            result.append(value)
            low = min(value + 0.1, 1)
        }
        return result
    }
}

extension CodecTrainingConfiguration {
    /// The attack gains that encoders would choose for sounds of `count` samples each; nil where
    /// there are none.
    func attacks(
        _ samples: some RandomAccessCollection<Float>, count: Int, _ graph: Graph<Float>
    ) -> AttackTensors<Float>? {
        guard network.attackGain == true else { return nil }
        return AttackTensors(samples, count: count, hop: network.hop, graph)
    }

    /// The segments of one step.
    package func drawSegments(
        _ data: TrainingData, _ augmentation: Augmentation?, _ random: inout RandomSource
    ) -> Segments {
        Segments(
            count: batch, length: segmentSamples, levels: lowestLevel...highestLevel, data.train,
            noise: data.noise, augmentation, &random)
    }
}
