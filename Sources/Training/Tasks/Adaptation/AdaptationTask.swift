import CMRLCodec
import ForwardTuning
import NeuralNetwork

/// Adaptation of a codec model: an adapter inside its network is trained, everything else stays.
///
/// By gradients the store holds the network and the adapter in it. By forward passes it holds the
/// adapter's numbers alone; the network is the shard's (`AdaptableNetwork`).
public struct AdaptationTask: TrainingTask {
    public let configuration: AdaptationConfiguration
    public let store: ParameterStore<Float>
    public let data: TrainingData
    package let adapter: NetworkAdapter<Float>
    /// The training that the adapter's is a part of.
    let codec: CodecTask

    public init(_ configuration: AdaptationConfiguration, _ data: TrainingData) throws {
        try configuration.validate()
        let model = try configuration.loadModel()
        let own = try configuration.codec(model)
        try own.validate()
        let network: CodecNetwork<Float>
        if configuration.forward == nil {
            (network, store, adapter) = try model.adaptable(configuration.adapter)
        } else {
            network = CodecNetwork(ParameterStore<Float>.counting(), try model.configuration)
            store = ParameterStore<Float>()
            adapter = NetworkAdapter(configuration.adapter, of: network, addedTo: store)
        }
        codec = CodecTask(own, data, network, store)
        self.configuration = configuration
        self.data = data
    }

    /// How many numbers are trained.
    public var numberCount: Int { adapter.range.count }

    public var columns: [Column] {
        codec.columns
            + (configuration.forward == nil
                ? [] : [Column("passes", "%.0f passes"), Column("step_factor", nil)])
    }
    public var validationColumns: [Column] { codec.validationColumns }

    public func makeShard() throws -> AdaptationShard { try AdaptationShard(self) }

    /// Segments at rate positions drawn for each; the rate is counted on the symbols that are
    /// coded.
    public func draw(
        _ moment: Moment<AdaptationConfiguration.Phase>, _ random: inout RandomSource
    ) throws -> CodecTask.Batch {
        draw(
            data, configuration.lowestPosition...configuration.highestPosition, &random)
    }

    private func draw(
        _ data: TrainingData, _ range: ClosedRange<Double>, _ random: inout RandomSource
    ) -> CodecTask.Batch {
        let own = codec.configuration
        let segments = own.drawSegments(data, nil, &random)
        let positions = (0..<configuration.batch).map { _ in
            [random.uniform(range.lowerBound, range.upperBound)]
        }
        return CodecTask.Batch(
            segments: segments, positions: positions, layers: 1, hard: true,
            randomSigns: own.network.randomSigns ?? false, loss: own.loss, seed: random.next(),
            progress: 0, price: 0)
    }

    /// Of `mazo`: the numbers of each part that matter most to the tasks, which are the folders
    /// that the speech lies in, or where it lies in one, three stretches of the rate positions.
    public func forwardMask(
        _ moment: Moment<AdaptationConfiguration.Phase>, _ random: inout RandomSource,
        gradient: (CodecTask.Batch) throws -> [Double]
    ) throws -> [Bool]? {
        guard let forward = configuration.forward, forward.method == .mazo else { return nil }
        let gradients = try batches(&random).map(gradient)
        let importance = TaskImportance()
        let values = store.values
        var mask: [Bool] = []
        for (part, parameters) in zip(adapter.parts, adapter.parameters) {
            guard let first = parameters.first?.offset else { continue }
            let start = first - adapter.range.lowerBound
            let scores = gradients.compactMap {
                importance.scores(
                    weights: Array(values[first..<first + part.count]),
                    gradient: Array($0[start..<start + part.count]), curvature: nil, rows: 1,
                    columns: part.count)
            }
            mask += UpdateMask.important(
                scores, rows: 1, columns: part.count,
                perRow: max(1, Int((forward.share * Double(part.count)).rounded())))
        }
        return mask
    }

    /// A batch of each task.
    private func batches(_ random: inout RandomSource) throws -> [CodecTask.Batch] {
        let low = configuration.lowestPosition
        let high = configuration.highestPosition
        let folders = data.train.divided()
        guard folders.count > 1 else {
            let step = (high - low) / 3
            return (0..<3).map {
                draw(data, low + Double($0) * step...low + Double($0 + 1) * step, &random)
            }
        }
        return folders.map { draw(TrainingData(train: $0), low...high, &random) }
    }

    public func validate(steps: Int) throws -> [Measurements] {
        guard data.validation != nil else { return [] }
        return try whole().validate(steps: steps)
    }

    public func render(
        _ corpus: Corpus, _ choice: RenderChoice, steps: Int,
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        try whole().render(corpus, choice, steps: steps, receive: receive)
    }

    /// The codec with the adapter as it is now, as a task of its own.
    private func whole() throws -> CodecTask {
        guard configuration.forward != nil else { return codec }
        let (network, store, adapter) = try configuration.loadModel().adaptable(
            configuration.adapter)
        for (own, other) in zip(adapter.parameters.joined(), self.adapter.parameters.joined()) {
            store.set(own, self.store.array(other))
        }
        return CodecTask(codec.configuration, data, network, store)
    }
}

/// A worker of an adaptation.
public final class AdaptationShard: TrainingShard {
    private let losses: CodecShard
    private let adapter: NetworkAdapter<Float>
    private let store: ParameterStore<Float>
    /// What forward passes run through; nil = the graph that asks.
    private let trial: AdaptableNetwork?

    init(_ task: AdaptationTask) throws {
        let configuration = task.configuration
        var codec = task.codec
        var trial: AdaptableNetwork?
        if configuration.forward != nil {
            let made = try AdaptableNetwork(configuration.loadModel(), configuration.adapter)
            trial = made
            codec = CodecTask(codec.configuration, task.data, made.network, task.store)
        }
        losses = try codec.makeShard()
        adapter = task.adapter
        store = task.store
        self.trial = trial
    }

    public func loss(
        _ batch: CodecTask.Batch, _ share: BatchShare, _ graph: Graph<Float>,
        _ measured: inout Measurements
    ) throws -> Tensor<Float>? {
        guard let trial else { return try losses.loss(batch, share, graph, &measured) }
        trial.set(Array(store.values[adapter.range]))
        trial.graph.reset()
        return try losses.loss(batch, share, trial.graph, &measured)
    }
}
