import CMRLCodec
import NeuralNetwork

/// Training of the default codec: segments of speech, each at a rate position of its own.
public struct CodecTask: TrainingTask {
    public let configuration: CodecTrainingConfiguration
    public let store: ParameterStore<Float>
    package let network: CodecNetwork<Float>
    public let data: TrainingData
    package let compression: WeightCompression?
    /// The model that compression starts from.
    let start: CompressionStart?

    public init(_ configuration: CodecTrainingConfiguration, _ data: TrainingData) throws {
        try configuration.validate()
        let store = ParameterStore<Float>(seed: configuration.seed)
        self.store = store
        network = CodecNetwork(store, configuration.network)
        start = try configuration.compression.map { try CompressionStart($0) }
        try start?.copy(to: store)
        compression = configuration.compression.map { WeightCompression($0, store) }
        compression?.begin(store)
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
        compression = nil
        start = nil
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
        /// Share of the steps done, and loss per KB of coded weights.
        let progress: Double
        let price: Double
    }

    public var phaseWithNoise: String? { configuration.phases.first(where: \.needsNoise)?.name }

    /// The lapped transform stays as computed.
    public var heldBack: String? { "transform" }

    public var controls: [(name: String, value: Double)] {
        configuration.compression?.targetKilobytes == nil ? [] : WeightPrice.controls
    }

    /// Sparsity and hard compression, and the price of weights.
    public func steer(
        _ controls: inout [Double], _ measured: Measurements,
        phase: CodecTrainingConfiguration.Phase, step: Int
    ) {
        compression?.settle(step: step, of: configuration.totalSteps, store)
        guard let compression, let target = configuration.compression?.targetKilobytes else {
            return
        }
        let isCoded = (step - 1) % WeightPrice.codedEvery == 0
        WeightPrice(target: target).steer(
            &controls, size: measured["weight_kb"] ?? .nan,
            coded: isCoded ? compression.codedKilobytes(store) : nil, progress: progress(step))
    }

    /// Share of the steps done.
    func progress(_ steps: Int) -> Double {
        Double(steps) / Double(max(configuration.totalSteps, 1))
    }

    public var columns: [Column] {
        let ofWeights = configuration.compression.map { settings in
            (settings.targetKilobytes == nil
                ? []
                : [
                    Column("weight_kb", "weights %.1f KB"), Column("coded_share", "x %.3f"),
                    Column("price", "at %.2g"),
                ])
                + (settings.method == .s8bqat ? [Column("pull", "pull %.3f")] : [])
                + (settings.distillation == nil ? [] : [Column("taught", "taught %.3f")])
        }
        return [
            Column("weighted", "weighted %.3f"), Column("mel", "mel %.3f"),
            Column("loudness", "loudness %.3f"), Column("kbps", "%.2f kbit/s"),
            Column("envelope_kbps", "(envelope %.2f)"),
        ] + (ofWeights ?? [])
    }

    public func makeShard() throws -> CodecShard { try CodecShard(self) }

    public func draw(
        _ moment: Moment<CodecTrainingConfiguration.Phase>, _ random: inout RandomSource
    ) throws -> Batch {
        let phase = moment.phase
        let progress = progress(moment.step)
        compression?.prepare(progress: progress, store)
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
            loss: phase.loss ?? configuration.loss, seed: random.next(), progress: progress,
            price: WeightPrice.price(moment.controls))
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
