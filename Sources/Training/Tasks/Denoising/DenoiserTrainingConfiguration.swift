import Enhancement
import GainFilter
import ModelWriting
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
        /// In place of the configuration's; nil = that one.
        public var augmentation: Augmentation?
    }

    /// Weights of the loss terms, distances of the output from the clean speech: detail of spectra
    /// (`SpectralDetailLoss`), weighted noise-to-signal ratio, mel distance. 0 = not computed.
    public struct Loss: Codable, Sendable, Equatable {
        public var detail = 1.0
        public var weightedSNR = 0.2
        public var mel = 0.0

        public init() {}
    }

    public var family = Family.denoiser
    public var name: String
    public var seed: UInt64
    public var network: GainFilterConfiguration
    public var phases: [Phase]
    public var loss = Loss()
    /// How noise is mixed in, and speed changed.
    public var augmentation: Augmentation
    /// Hops per segment, segments per step, and shards they are divided into.
    public var segmentFrames = 500
    public var batch = 8
    public var shards = 2
    /// Level of the noisy segments, dBFS RMS.
    public var lowestLevel = -42.0
    public var highestLevel = -14.0
    /// Speech-to-noise ratios at which is validated, dB.
    public var validationSNRs = [-5.0, 0, 5, 15]
    public var clip = 1.0
    public var beta1 = 0.9
    public var beta2 = 0.99
    public var averageDecay = 0.999
    public var validateEvery = 2000
    public var checkpointEvery = 500

    public init(
        name: String, seed: UInt64, network: GainFilterConfiguration, phases: [Phase],
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
        try check(augmentation, "augmentation: ")
        for (index, phase) in phases.enumerated() {
            if let own = phase.augmentation { try check(own, "phases[\(index)].augmentation: ") }
        }
        guard network.layers == 0 else {
            throw ConfigurationProblem(
                "network: layers is \(network.layers), possible are 0 ... 0 for a denoiser")
        }
        guard loss.detail > 0 || loss.weightedSNR > 0 || loss.mel > 0 else {
            throw ConfigurationProblem("loss: all weights are 0")
        }
        try ConfigurationProblem.check("loss.detail", loss.detail, 0...1e6)
        try ConfigurationProblem.check("loss.weightedSNR", loss.weightedSNR, 0...1e6)
        try ConfigurationProblem.check("loss.mel", loss.mel, 0...1e6)
        // The loss needs one of its longest windows of what is complete.
        let least = (2048 + network.size + network.shortSize) / network.hop + 1
        try ConfigurationProblem.check("segmentFrames", segmentFrames, least...100_000)
        try ConfigurationProblem.check("lowestLevel", lowestLevel, -120...0)
        try ConfigurationProblem.check("highestLevel", highestLevel, lowestLevel...0)
        for ratio in validationSNRs {
            try ConfigurationProblem.check("validationSNRs", ratio, -200...200)
        }
    }

    private func check(_ augmentation: Augmentation, _ name: String) throws(ConfigurationProblem) {
        try augmentation.validate(name)
        guard augmentation.noiseProbability > 0 else {
            throw ConfigurationProblem("\(name)noiseProbability is 0: there is no noise")
        }
    }

    public static func export(
        _ checkpoint: TrainingCheckpoint<Self>, path: String, corpus: Corpus,
        progress: (String) throws -> Void
    ) throws -> ExportedModel {
        let state = checkpoint.state
        let store = ParameterStore<Float>()
        let network = GainFilterNetwork(store, state.configuration.network)
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
            about: [
                "denoiser \(model.name), \(model.parameterCount) parameters, \(bytes.count) bytes"
            ])
    }
}
