import Enhancement
import NeuralNetwork

/// Everything that defines the training of a denoiser except the folders of speech and noise.
public struct DenoiserTrainingConfiguration: TaskConfiguration {
    /// Tells these configurations from others.
    public enum Family: String, Codable, Sendable { case denoiser }

    public struct Phase: TrainingPhase {
        public var name: String
        public var steps: Int
        public var train: [String]?
        public var learningRate: Double
        public var finalLearningRate: Double
        public var warmup: Int?
        public var scheduleSteps: Int?
    }

    /// Weights of the loss terms: the weighted noise-to-signal ratio and the mel distance of the
    /// output from the clean speech.
    public struct Loss: Codable, Sendable, Equatable {
        public var weightedSNR = 1.0
        public var mel = 0.3

        public init() {}
    }

    public var family = Family.denoiser
    public var name: String
    public var seed: UInt64
    public var network: DenoiserConfiguration
    public var phases: [Phase]
    public var loss = Loss()
    /// How noise is mixed in, and speed changed.
    public var augmentation: Augmentation
    /// Hops per segment, segments per step, and shards they are divided into.
    public var segmentFrames = 100
    public var batch = 16
    public var shards = 2
    /// Level of the noisy segments, dBFS RMS.
    public var lowestLevel = -42.0
    public var highestLevel = -14.0
    /// Speech-to-noise ratio at which is validated, dB.
    public var validationSNR = 5.0
    public var clip = 1.0
    public var beta1 = 0.9
    public var beta2 = 0.99
    public var averageDecay = 0.999
    public var validateEvery = 2000
    public var checkpointEvery = 500

    public init(
        name: String, seed: UInt64, network: DenoiserConfiguration, phases: [Phase],
        augmentation: Augmentation
    ) {
        self.name = name
        self.seed = seed
        self.network = network
        self.phases = phases
        self.augmentation = augmentation
    }

    public static var family: String? { Family.denoiser.rawValue }
    public var sampleRate: Int { network.sampleRate }
    /// Samples per segment.
    public var segmentSamples: Int { segmentFrames * network.hop }
    public var leastSamples: Int { segmentSamples / 2 }
    public var secondsPerStep: Double { Double(batch * segmentSamples) / Double(sampleRate) }

    public func makeTask(_ data: TrainingData) throws -> DenoisingTask {
        try DenoisingTask(self, data)
    }

    public func validate() throws {
        try network.validate()
        try validateSchedule()
        try augmentation.validate("augmentation: ")
        guard augmentation.noiseProbability > 0 else {
            throw ConfigurationProblem("augmentation: noiseProbability is 0: there is no noise")
        }
        try ConfigurationProblem.check("loss.weightedSNR", loss.weightedSNR, 0...1e6)
        try ConfigurationProblem.check("loss.mel", loss.mel, 0...1e6)
        try ConfigurationProblem.check("segmentFrames", segmentFrames, 2...100_000)
        try ConfigurationProblem.check("lowestLevel", lowestLevel, -120...0)
        try ConfigurationProblem.check("highestLevel", highestLevel, lowestLevel...0)
        try ConfigurationProblem.check("validationSNR", validationSNR, -200...200)
    }

    public static func export(
        _ checkpoint: TrainingCheckpoint<Self>, path: String, corpus: Corpus,
        progress: (String) throws -> Void
    ) throws -> ExportedModel {
        let state = checkpoint.state
        let store = ParameterStore<Float>()
        let network = DenoisingNetwork(store, state.configuration.network)
        try checkpoint.check(parameters: store.parameters, path: path)
        store.assign(checkpoint.average)
        let name = state.configuration.name
        let bytes = try Denoiser.file(
            name: name,
            recipe: "\(name), seed \(state.configuration.seed), \(state.step) steps",
            network: network, store: store)
        let model = try Denoiser(bytes: bytes)
        return ExportedModel(
            bytes: bytes,
            about: ["denoiser \(model.name), \(store.count) parameters, \(bytes.count) bytes"])
    }
}
