import CMRLCodec

/// Everything that defines the training of a paper network except the folders of speech.
public struct PaperTrainingConfiguration: TaskConfiguration {
    /// Tells these configurations from those of the default codec.
    public enum Family: String, Codable, Sendable { case paper }

    /// Weights of the loss terms (Docs/papers.md, D.3).
    public struct Loss: Codable, Sendable, Equatable {
        public var time = 60.0
        public var mel = 10.0
        public var quantisation = 10.0

        public init() {}
    }

    public var family = Family.paper
    public var name: String
    public var seed: UInt64
    public var network: PaperNetworkConfiguration
    /// As for the default codec; `train` holds prefixes such as `module2`.
    public var phases: [CodecTrainingConfiguration.Phase]
    /// First steps of the run whose codes pass unquantised.
    public var unquantisedSteps: Int
    public var loss = Loss()
    public var entropy: EntropyController
    /// Frames per step, and shards they are divided into.
    public var batch = 128
    public var shards = 2
    public var clip = 3000.0
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var averageDecay = 0.999
    public var validateEvery = 2000
    public var checkpointEvery = 500

    public init(
        name: String, seed: UInt64, network: PaperNetworkConfiguration,
        phases: [CodecTrainingConfiguration.Phase], unquantisedSteps: Int = 0,
        entropy: EntropyController
    ) {
        self.name = name
        self.seed = seed
        self.network = network
        self.phases = phases
        self.unquantisedSteps = unquantisedSteps
        self.entropy = entropy
    }

    public static var family: String? { Family.paper.rawValue }
    public var sampleRate: Int { PaperFraming.sampleRate }
    public var leastSamples: Int { PaperFraming.frame }
    public var secondsPerStep: Double { Double(batch * PaperFraming.hop) / Double(sampleRate) }

    public func makeTask(_ data: TrainingData) throws -> PaperTask { try PaperTask(self, data) }

    public static func export(
        _ checkpoint: TrainingCheckpoint<Self>, path: String, corpus: Corpus,
        progress: (String) throws -> Void
    ) throws -> ExportedModel {
        try PaperExport(checkpoint: checkpoint, path: path).run(corpus: corpus, progress: progress)
    }

    /// Checks what would otherwise fail in the middle of a run.
    public func validate() throws {
        try network.validate()
        guard entropy.targets.count == network.modules.count else {
            throw ConfigurationProblem(
                "\(entropy.targets.count) entropy targets for \(network.modules.count) modules")
        }
        try ConfigurationProblem.check("entropy.every", entropy.every, 1...Int.max)
        for (key, weight) in [
            ("time", loss.time), ("mel", loss.mel), ("quantisation", loss.quantisation),
        ] {
            try ConfigurationProblem.check("loss.\(key)", weight, EncodingObjective.weights)
        }
        try validateSchedule()
        for phase in phases { try phase.validate(modules: network.modules.count) }
    }

    /// Modules (from 0) whose parameters a phase trains, among those that run.
    func trainedModules(_ phase: Phase) -> [Int] {
        (0..<phase.layers).filter { module in
            phase.train.map {
                $0.contains { $0.hasPrefix("module\(module + 1)") || $0 == "module" }
            } ?? true
        }
    }
}
