import CMRLCodec
import Foundation
import GainFilter
import ModelWriting
import NeuralNetwork

/// Everything that defines the training of a post-filter except the folders of speech and noise.
public struct PostFilterTrainingConfiguration: TaskConfiguration {
    /// Tells these configurations from others.
    public enum Family: String, Codable, Sendable { case postFilter = "post-filter" }

    public struct Phase: TrainingPhase {
        public var name: String
        public var steps: Int
        public var train: [String]?
        public var learningRate: Double
        public var finalLearningRate: Double
        public var warmup: Int?
        public var scheduleSteps: Int?
        /// Weights of what the discriminator says and of feature matching; nil or 0 = without a
        /// discriminator.
        public var adversarial: Double?
        public var matching: Double?

        /// The discriminator runs.
        var isJudged: Bool { (adversarial ?? 0) > 0 || (matching ?? 0) > 0 }
    }

    /// Weights of the distances of `SpectralContrastLoss` beside that of `SpectralDetailLoss`.
    public struct Contrast: Codable, Sendable, Equatable {
        public var time: Double
        public var frequency: Double
        public var standing: Double
    }

    public var family = Family.postFilter
    public var name: String
    public var seed: UInt64
    /// The codec model behind whose decoder the filter stands: a built-in one's name, or a path.
    public var codec = "default"
    /// Of a weight of the large matrices in the exported file; nil = half precision.
    public var bits: Int?
    public var network: GainFilterConfiguration
    public var phases: [Phase]
    /// nil = without.
    public var contrast: Contrast?
    /// Channels of the discriminator.
    public var discriminator = 48
    /// How noise is mixed in, and speed changed, before the speech is coded.
    public var augmentation: Augmentation
    /// Share of clips that are stationary noise instead.
    public var noiseClips = 0.03
    /// How often every recording is coded, each time with other changes, levels and rates.
    public var versions = 2
    /// Level of the clips, dBFS RMS.
    public var lowestLevel = -40.0
    public var highestLevel = -16.0
    /// Clips are coded at a rate index from 0 to this one, all layers the same.
    public var highestRateIndex = 215
    /// Share of clips of two layers, where the model has them.
    public var twoLayers = 0.1
    /// Hops per segment, segments per step, and shards they are divided into.
    public var segmentFrames = 256
    public var batch = 8
    public var shards = 2
    /// Rate indices at which is validated.
    public var validationRateIndices = [43, 89, 144]
    public var clip = 1.0
    public var beta1 = 0.8
    public var beta2 = 0.99
    public var averageDecay = 0.998
    public var validateEvery = 1000
    public var checkpointEvery = 250

    public static var family: String? { Family.postFilter.rawValue }
    public var sampleRate: Int { network.sampleRate }
    /// Samples per segment, without the history before it.
    public var segmentSamples: Int { segmentFrames * network.hop }
    public var leastSamples: Int { segmentSamples / 2 }
    public var secondsPerStep: Double { Double(batch * segmentSamples) / Double(sampleRate) }

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

    public func makeTask(_ data: TrainingData) throws -> PostFilterTask {
        try PostFilterTask(self, data)
    }

    public func validate() throws {
        try network.validate()
        try validateSchedule()
        try augmentation.validate("augmentation: ")
        for phase in phases {
            for (name, weight) in [
                ("adversarial", phase.adversarial), ("matching", phase.matching),
            ] {
                try ConfigurationProblem.check("phase \(phase.name): \(name)", weight ?? 0, 0...1e6)
            }
        }
        for (name, weight) in [
            ("time", contrast?.time), ("frequency", contrast?.frequency),
            ("standing", contrast?.standing),
        ] {
            try ConfigurationProblem.check("contrast: \(name)", weight ?? 0, 0...1e6)
        }
        try ConfigurationProblem.check("bits", bits ?? 8, 2...8)
        try ConfigurationProblem.check("discriminator", discriminator, 1...1024)
        try ConfigurationProblem.check("noiseClips", noiseClips, 0...1)
        try ConfigurationProblem.check("versions", versions, 1...1000)
        try ConfigurationProblem.check("lowestLevel", lowestLevel, -120...0)
        try ConfigurationProblem.check("highestLevel", highestLevel, lowestLevel...0)
        try ConfigurationProblem.check("highestRateIndex", highestRateIndex, 0...255)
        try ConfigurationProblem.check("twoLayers", twoLayers, 0...1)
        for index in validationRateIndices {
            try ConfigurationProblem.check("validationRateIndices", index, 0...255)
        }
        // The loss needs one of its longest windows of what is complete.
        let least = (2048 + network.size + network.shortSize) / network.hop + 1
        try ConfigurationProblem.check("segmentFrames", segmentFrames, least...100_000)
    }

    /// - Throws: `ConfigurationProblem` where it cannot be loaded or is of another sample rate
    func loadCodec() throws -> CodecModel {
        let model = try TrainedModel.load(codec)
        guard model.signal.sampleRate == sampleRate, model.signal.block.channels == 1 else {
            throw ConfigurationProblem(
                """
                the model \(codec) codes \(model.signal.block.channels) channels at \
                \(model.signal.sampleRate) Hz, the network is for 1 at \(sampleRate)
                """)
        }
        return model
    }

    public mutating func choose(exportedCodec codec: String?, bits: Int?) {
        self.codec = codec ?? self.codec
        self.bits = bits ?? self.bits
    }

    public static func export(
        _ checkpoint: TrainingCheckpoint<Self>, path: String, corpus: Corpus,
        progress: (String) throws -> Void
    ) throws -> ExportedModel {
        let configuration = checkpoint.state.configuration
        let store = ParameterStore<Float>()
        let network = GainFilterNetwork(store, configuration.network)
        _ = SpectrogramDiscriminator(store, width: configuration.discriminator)
        try checkpoint.check(parameters: store.parameters, path: path)
        store.assign(checkpoint.average)
        let bytes = try PostFilter.file(
            name: configuration.name,
            recipe: """
                \(configuration.name), seed \(configuration.seed), \(checkpoint.state.step) steps
                """,
            codec: configuration.loadCodec().id, network: network, store: store,
            packed: configuration.packed(store))
        let filter = try PostFilter(bytes: bytes)
        return ExportedModel(
            bytes: bytes,
            about: [
                """
                post-filter \(filter.name), \(filter.parameterCount) parameters, \
                \(bytes.count) bytes
                """
            ])
    }

    /// Matrices rounded to `bits`, each column to multiples of the step with the least squared
    /// error.
    private func packed(_ store: ParameterStore<Float>) -> [String: PackedWeights] {
        guard let bits else { return [:] }
        let limit = PackedWeights.largest(bits: bits)
        return store.parameters.reduce(into: [:]) { result, parameter in
            guard parameter.isMatrix, parameter.count >= WeightCompression.leastCount,
                parameter.name.hasPrefix(GainFilterNetwork<Float>.prefix)
            else { return }
            result[parameter.name] = PackedWeights(
                rounding: store.array(parameter), columns: parameter.columns, limit: limit)
        }
    }
}
