import CMRLCodec
import ForwardTuning
import NeuralNetwork

/// Adaptation of a codec model: an adapter inside its network is trained, everything else stays.
public struct AdaptationTask: TrainingTask {
    public let configuration: AdaptationConfiguration
    public let store: ParameterStore<Float>
    public let data: TrainingData
    package let model: CodecModel
    package let adapter: NetworkAdapter<Float>
    /// The training that the adapter's is a part of.
    let codec: CodecTask

    public init(_ configuration: AdaptationConfiguration, _ data: TrainingData) throws {
        try configuration.validate()
        model = try configuration.loadModel()
        guard let (network, store, adapter) = model.makeNetwork(configuration.adapter) else {
            throw ConfigurationProblem("the model \(configuration.model) has no parameters")
        }
        self.adapter = adapter
        let own = configuration.codec(model)
        try own.validate()
        codec = CodecTask(own, data, network, store)
        self.store = store
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

    public func makeShard() throws -> CodecShard { try codec.makeShard() }

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
            randomSigns: own.network.randomSigns ?? false, loss: own.loss, seed: random.next())
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
        try codec.validate(steps: steps)
    }

    public func render(
        _ corpus: Corpus, _ choice: RenderChoice, steps: Int,
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        try codec.render(corpus, choice, steps: steps, receive: receive)
    }
}
