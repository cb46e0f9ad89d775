import CMRLCodec
import Foundation

/// The checkpoint of a default codec.
public typealias CodecCheckpoint = TrainingCheckpoint<CodecTrainingConfiguration>

/// Everything that defines the training of the default codec except the folders of speech: with the
/// same data, the same configuration gives the same model.
public struct CodecTrainingConfiguration: TaskConfiguration {
    public struct Phase: TrainingPhase {
        public var name: String
        public var steps: Int
        /// Modules of the cascade that run.
        public var layers: Int
        public var train: [String]?
        /// Draw the number of modules anew each step, so that every prefix of layers is trained.
        public var randomLayers: Bool?
        /// Rate positions of neighbouring modules: each this far below the one above, as encoders
        /// choose them (`CodecEncoder.rateIndices`); nil = drawn.
        public var layerDistance: Double?
        public var learningRate: Double
        public var finalLearningRate: Double
        public var warmup: Int?
        /// Rate counted on rounded symbols instead of noisy ones (late in training).
        public var hardSymbols: Bool?
        public var scheduleSteps: Int?
        /// Coefficients change sign at random around the modules from this phase on; nil = as the
        /// network's configuration says.
        public var randomSigns: Bool?
        /// Random changes of the segments; nil = none.
        public var augmentation: Augmentation?
        /// Loss weights of this phase; nil = those of the configuration.
        public var loss: Loss?

        var needsNoise: Bool { (augmentation?.noiseProbability ?? 0) > 0 }
    }

    /// Weights of the loss terms; the rate term is lambda(position) * kbit/s.
    public struct Loss: Codable, Sendable, Equatable {
        public var weightedSNR = 1.0
        public var mel = 0.2
        /// Weight of the loudness distance; nil = 0.
        public var loudness: Double?
        /// The loudness of what lies below the threshold in quiet is 0; nil = false, as in the
        /// first phases of the default model.
        public var clippedLoudness: Bool?
        /// Weight of the decoded signal of lower prefixes of layers in a phase with several.
        public var prefix = 0.3
        /// Noise-weighting exponent of the weighted SNR, 0 ... 2.
        public var exponent = 0.6
        /// lambda at 27 kbit/s, and its growth towards low rates: lambda = base (27 / rate)^slope.
        public var lambda = 0.035
        public var lambdaSlope = 0.8
        /// Weights of the losses under the masking threshold; nil = 0.
        public var priorityWeighting: Double?
        public var noiseModulation: Double?
        /// The form of both; nil = smooth.
        public var maskingForm: MaskingLossForm?

        public init() {}
    }

    public var name: String
    public var seed: UInt64
    public var network: NetworkConfiguration
    public var phases: [Phase]
    public var loss = Loss()
    /// Makes the weights of a trained model small; nil = trains from the start.
    public var compression: CompressionSettings?
    /// Frames of the lapped transform per segment (a whole number of blocks), segments per step,
    /// and shards they are divided into.
    public var segmentFrames = 100
    public var batch = 16
    public var shards = 2
    /// Rates in kbit/s that positions 0 and 1 aim at.
    public var lowestRate = 3.5
    public var highestRate = 48.0
    /// Level of segments, dBFS RMS.
    public var lowestLevel = -42.0
    public var highestLevel = -14.0
    public var clip = 0.3
    public var beta1 = 0.9
    public var beta2 = 0.99
    public var averageDecay = 0.999
    public var validateEvery = 2000
    public var checkpointEvery = 500

    public init(name: String, seed: UInt64, network: NetworkConfiguration, phases: [Phase]) {
        self.name = name
        self.seed = seed
        self.network = network
        self.phases = phases
    }

    public static var family: String? { nil }
    public var sampleRate: Int { network.signal.sampleRate }
    public var leastSamples: Int { segmentSamples / 2 }
    public var secondsPerStep: Double { Double(batch * segmentSamples) / Double(sampleRate) }

    /// The lapped transform.
    public func computedParameters() -> [String: [Float]] {
        LappedTransformLayer<Float>.computed(hop: network.hop)
    }

    public func makeTask(_ data: TrainingData) throws -> CodecTask { try CodecTask(self, data) }

    public static func export(
        _ checkpoint: TrainingCheckpoint<Self>, path: String, corpus: Corpus,
        progress: (String) throws -> Void
    ) throws -> ExportedModel {
        let bytes = try ModelExport(checkpoint: checkpoint, path: path).run(
            corpus: corpus, progress: progress)
        let model = try CodecModel(bytes: bytes)
        let rates = CodecModel.rateCurveIndices.enumerated().map { i, index in
            let rates = model.rateCurves.map { String(format: "%.2f", $0[i] / 1000) }
            return String(format: "  index %3d  ", Int(index)) + rates.joined(separator: " / ")
                + " kbit/s"
        }
        return ExportedModel(
            bytes: bytes,
            about: [
                """
                model \(model.name), id \(model.id), \(model.parameterCount) parameters, \
                \(bytes.count) bytes
                """
            ] + rates)
    }

    /// Samples per segment: the lapped transform adds one frame.
    public var segmentSamples: Int { (segmentFrames - 1) * network.hop }

    public func rate(position: Double) -> Double {
        lowestRate * pow(highestRate / lowestRate, position)
    }
    /// Weight of a kbit/s at a rate position under a phase's loss.
    public func lambda(position: Double, _ loss: Loss) -> Double {
        loss.lambda * pow(27 / rate(position: position), loss.lambdaSlope)
    }

    /// Whether coefficients change sign at random in a phase: as the latest phase that says so.
    public func randomSigns(phase: Int) -> Bool {
        phases.prefix(phase + 1).last { $0.randomSigns != nil }?.randomSigns ?? network.randomSigns
            ?? false
    }

    /// The network as the phase of the last of `steps` steps trains it.
    public func network(afterSteps steps: Int) -> NetworkConfiguration {
        var network = network
        let index = self.phase(at: max(steps - 1, 0))?.index ?? phases.count - 1
        if randomSigns(phase: index) { network.randomSigns = true }
        return network
    }

    /// What the first module was trained for, as the latest phase begun that ran it alone says.
    public func objective(afterSteps steps: Int) -> EncodingObjective {
        let index = phase(at: max(steps - 1, 0))?.index ?? phases.count - 1
        let loss = phases.prefix(index + 1).last { $0.layers == 1 }?.loss ?? self.loss
        var objective = EncodingObjective()
        (objective.weightedSNR, objective.mel, objective.loudness, objective.exponent) = (
            loss.weightedSNR, loss.mel, loss.loudness ?? 0, loss.exponent
        )
        (objective.lambda, objective.lambdaSlope, objective.lowestRate, objective.highestRate) = (
            loss.lambda, loss.lambdaSlope, lowestRate, highestRate
        )
        return objective
    }

}
