import CMRLCodec
import NeuralNetwork

/// Everything that defines how a codec model is adapted to some speech, except the speech.
public struct AdaptationConfiguration: TaskConfiguration {
    /// Tells these configurations from others.
    public enum Family: String, Codable, Sendable { case adaptation }

    public struct Phase: TrainingPhase {
        public var name: String
        public var steps: Int
        public var learningRate: Double
        public var finalLearningRate: Double
        public var warmup: Int?
        public var scheduleSteps: Int?
        /// The adapter, nothing else.
        public var train: [String]? { [NetworkAdapter<Float>.prefix] }
    }

    public var family = Family.adaptation
    public var name: String
    public var seed: UInt64
    /// The model that is adapted: a built-in one's name, or a path.
    public var model = "default"
    /// Which numbers are adapted, and the rank of products.
    package var adapter: AdapterShape
    public var phases: [Phase]
    /// How it is tuned by forward passes; nil = by back-propagation.
    public var forward: ForwardSettings?
    /// Rate positions are drawn between these.
    public var lowestPosition = 0.0
    public var highestPosition = 0.7
    /// Frames per segment, segments per step, and shards they are divided into.
    public var segmentFrames = 100
    public var batch = 8
    public var shards = 2
    /// Level of segments, dBFS RMS.
    public var lowestLevel = -36.0
    public var highestLevel = -16.0
    public var clip = 1.0
    public var beta1 = 0.9
    public var beta2 = 0.99
    public var averageDecay = 0.98
    public var validateEvery = 1000
    public var checkpointEvery = 100

    package init(name: String, seed: UInt64, adapter: AdapterShape, phases: [Phase]) {
        self.name = name
        self.seed = seed
        self.adapter = adapter
        self.phases = phases
    }

    /// What `nwc-train adapt` asks for.
    /// - Parameters:
    ///   - kind: of the adapter, as files say it
    ///   - method: `backprop`, or one of `ForwardSettings.Method`
    ///   - passes: forward passes in all; of `backprop` steps
    ///   - seconds: of speech in a pass
    ///   - queries: directions of a step; nil = those of the method
    ///   - rate: step size; nil = that of the method
    /// - Throws: `ConfigurationProblem`
    public init(
        name: String, model: String, kind: String, rank: Int, method: String, queries: Int?,
        passes: Int, seconds: Int, bits: Int, rate: Double?
    ) throws {
        guard let kind = AdapterShape.Kind(rawValue: kind) else {
            throw ConfigurationProblem("adapter.kind is \(kind)")
        }
        self.init(name: name, seed: 1, adapter: AdapterShape(kind, rank: rank), phases: [])
        self.model = model
        batch = seconds
        // One network in memory is enough where memory counts.
        shards = seconds % 2 == 0 && method == "backprop" ? 2 : 1
        var steps = passes
        var usual = 0.05
        if let method = ForwardSettings.Method(rawValue: method) {
            var forward = ForwardSettings()
            forward.method = method
            forward.queries = queries ?? ForwardSettings.usualQueries(method)
            forward.mostQueries = max(forward.mostQueries, forward.queries)
            forward.bits = bits
            if bits < 6 { forward.gridStep = 1 }
            // One-sided differences have the curvature in them, which grows with the distance.
            if method == .fzoo { forward.radius /= 3 }
            // The same distance in steps of the grid.
            if method == .quzo { forward.radius /= forward.gridStep }
            self.forward = forward
            steps = forward.steps(passes: passes)
            usual = forward.usualRate
        }
        phases = [
            Phase(
                name: method, steps: steps, learningRate: rate ?? usual,
                finalLearningRate: (rate ?? usual) / 10, warmup: min(20, steps / 10))
        ]
        try validate()
    }

    public static var family: String? { Family.adaptation.rawValue }
    public var sampleRate: Int { signal.sampleRate }
    public var leastSamples: Int { 1 }
    public var secondsPerStep: Double {
        Double(batch * (segmentFrames - 1) * signal.hop) / Double(signal.sampleRate)
    }

    /// Of the model; where that cannot be loaded, which making the task says, the usual one.
    private var signal: SignalFormat { (try? loadModel().signal) ?? SignalFormat() }

    /// The model's own.
    public func computedParameters() -> [String: [Float]] {
        guard forward == nil, let (_, store) = try? loadModel().makeNetwork() else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: store.parameters.map { ($0.name, store.array($0)) })
    }

    public func validate() throws {
        guard adapter.isPossible else {
            throw ConfigurationProblem(
                """
                adapter.rank is \(adapter.rank), possible are \(AdapterShape.ranks.lowerBound) ... \
                \(AdapterShape.ranks.upperBound) with low-rank and tensor-train, 0 with the others
                """)
        }
        try validateSchedule()
        try forward?.validate()
        try ConfigurationProblem.check("segmentFrames", segmentFrames, 2...100_000)
        try ConfigurationProblem.check("lowestPosition", lowestPosition, 0...1)
        try ConfigurationProblem.check("highestPosition", highestPosition, lowestPosition...1)
        try ConfigurationProblem.check("lowestLevel", lowestLevel, -120...0)
        try ConfigurationProblem.check("highestLevel", highestLevel, lowestLevel...0)
    }

    /// - Throws: `ConfigurationProblem` where it cannot be loaded or codes several channels at once
    func loadModel() throws -> CodecModel {
        let loaded = try TrainedModel.load(model)
        guard loaded.signal.channels == 1 else {
            throw ConfigurationProblem(
                "the model \(model) codes \(loaded.signal.channels) channels together, must be 1")
        }
        return loaded
    }

    /// The training of the model's own codec that this is a part of.
    func codec(_ model: CodecModel) throws(CodecError) -> CodecTrainingConfiguration {
        let aim = model.objective
        var loss = CodecTrainingConfiguration.Loss()
        (loss.weightedSNR, loss.mel, loss.loudness) = (aim.weightedSNR, aim.mel, aim.loudness)
        (loss.exponent, loss.lambda, loss.lambdaSlope) = (
            aim.exponent, aim.lambda, aim.lambdaSlope
        )
        loss.clippedLoudness = true
        var codec = CodecTrainingConfiguration(
            name: name, seed: seed, network: try model.configuration,
            phases: phases.map {
                CodecTrainingConfiguration.Phase(
                    name: $0.name, steps: $0.steps, layers: 1, learningRate: $0.learningRate,
                    finalLearningRate: $0.finalLearningRate)
            })
        codec.loss = loss
        (codec.segmentFrames, codec.batch, codec.shards) = (segmentFrames, batch, shards)
        (codec.lowestRate, codec.highestRate) = (aim.lowestRate, aim.highestRate)
        (codec.lowestLevel, codec.highestLevel) = (lowestLevel, highestLevel)
        return codec
    }

    public func makeTask(_ data: TrainingData) throws -> AdaptationTask {
        try AdaptationTask(self, data)
    }
}
