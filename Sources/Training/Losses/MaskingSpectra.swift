import NeuralNetwork
import PerceptualLoss
import Psychoacoustic
import SpectralTransform

/// Which form of the losses under the masking threshold is trained.
public enum MaskingLossForm: String, Codable, Sendable {
    /// As published: no gradient where the loss is cut off.
    case published
    /// With a gradient everywhere.
    case smooth
}

/// Power spectra and masking thresholds of a batch, both on the level scale of `MaskingModel`:
/// frames of 24 ms, Hann window, half overlapped, centred.
///
/// The threshold is computed from the very spectrum that the losses compare, so that it can be
/// neither on another scale nor of another frame.
public final class MaskingSpectra<S: EngineScalar & FFTScalar> {
    public let model: MaskingModel
    private let transform: ShortTimeTransform<S>
    private let analyser: MaskingAnalyser

    /// - Throws: `MaskingModelError` for settings that the model has no rule for.
    public init(sampleRate: Double = 16000) throws {
        model = try MaskingModel(sampleRate: sampleRate)
        analyser = MaskingAnalyser(model)
        transform = try ShortTimeTransform(size: model.size, hop: model.size / 2, padding: .zero)
    }

    /// Power relative to 0 dB SPL: [batch, samples, 1] -> [batch, frames, bins].
    public func power(_ x: Tensor<S>, _ graph: Graph<S>) throws -> Tensor<S> {
        graph.affine(try transform.power(x, graph), scale: model.powerScale)
    }

    /// The reference of both losses: its power and its masking threshold, constants.
    public struct Reference {
        public let samples: Tensor<S>
        public let power: Tensor<S>
        public let threshold: Tensor<S>
    }

    /// - Parameter x: [batch, samples, 1], levelled to about -20 dBFS.
    public func reference(_ x: Tensor<S>, _ graph: Graph<S>) throws -> Reference {
        let power = try self.power(x.detached, graph)
        let threshold = graph.tensor(power.shape, tracked: false)
        try analyser.thresholds(
            of: UnsafeBufferPointer(start: power.data, count: power.count),
            into: UnsafeMutableBufferPointer(start: threshold.data, count: threshold.count))
        return Reference(samples: x.detached, power: power, threshold: threshold)
    }

    /// The weighted sum of priority weighting and noise modulation; nil where both weights are 0.
    /// - Parameters: reference `x` and decoded `y`, [batch, samples, 1].
    public func loss(
        _ weights: CodecTrainingConfiguration.Loss, _ x: Tensor<S>, _ y: Tensor<S>,
        _ graph: Graph<S>
    ) throws -> Tensor<S>? {
        let priority = weights.priorityWeighting ?? 0
        let noise = weights.noiseModulation ?? 0
        let form = weights.maskingForm ?? .smooth
        guard priority != 0 || noise != 0 else { return nil }
        let reference = try self.reference(x, graph)
        var terms: [Tensor<S>] = []
        if priority != 0 {
            terms.append(
                graph.affine(
                    try PriorityWeightingLoss(self, form: form)(reference, y, graph),
                    scale: priority))
        }
        if noise != 0 {
            terms.append(
                graph.affine(
                    try NoiseModulationLoss(self, form: form)(reference, y, graph), scale: noise))
        }
        return terms.dropFirst().reduce(terms[0]) { graph.add($0, $1) }
    }
}
