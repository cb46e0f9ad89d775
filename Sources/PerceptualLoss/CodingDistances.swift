import NeuralNetwork
import SpectralTransform

/// The three distances that a codec is trained, tried out and measured with: weighted SNR, mel,
/// loudness. Signals are [batch, samples, 1], levelled to RMS 0.1.
public final class CodingDistances<S: EngineScalar & FFTScalar> {
    public let weighted: WeightedSNRLoss<S>
    public let mel: MelLoss<S>
    public let loudness: LoudnessLoss<S>

    /// - Parameter exponent: of the weighted SNR
    public init(sampleRate: Double, exponent: Double = 0.6) throws {
        weighted = try WeightedSNRLoss(sampleRate: sampleRate, exponent: exponent)
        mel = try MelLoss(sampleRate: sampleRate)
        loudness = try LoudnessLoss(sampleRate: sampleRate)
    }

    /// What each of them makes of a reference: constants of one graph (`LossReference`).
    public struct Reference {
        let weighted: LossReference<S>
        let mel: LossReference<S>
        let loudness: LossReference<S>

        /// The values, for use after the graph has been reset.
        public func copy() -> Copy {
            Copy(weighted: weighted.copy(), mel: mel.copy(), loudness: loudness.copy())
        }

        /// Values of a reference, not bound to a graph.
        public struct Copy {
            fileprivate let weighted: LossReference<S>.Copy
            fileprivate let mel: LossReference<S>.Copy
            fileprivate let loudness: LossReference<S>.Copy

            /// The reference as constants of a graph.
            public func reference(_ graph: Graph<S>) -> Reference {
                Reference(
                    weighted: weighted.reference(graph), mel: mel.reference(graph),
                    loudness: loudness.reference(graph))
            }
        }
    }

    public func reference(_ x: Tensor<S>, _ graph: Graph<S>) throws -> Reference {
        Reference(
            weighted: try weighted.reference(x, graph), mel: try mel.reference(x, graph),
            loudness: try loudness.reference(x, graph))
    }

    /// All three, scalars.
    public func distances(
        to reference: Reference, _ y: Tensor<S>, _ graph: Graph<S>
    ) throws -> (weighted: Tensor<S>, mel: Tensor<S>, loudness: Tensor<S>) {
        (
            try weighted.distance(to: reference.weighted, y, graph),
            try mel.distance(to: reference.mel, y, graph),
            try loudness.distance(to: reference.loudness, y, graph)
        )
    }
}
