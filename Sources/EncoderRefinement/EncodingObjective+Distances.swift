import CMRLCodec
import NeuralNetwork
import PerceptualLoss

extension EncodingObjective {
    /// The distances that the objective is made of, for sound of a model.
    /// - Throws: `CodecError.refinement`
    func distances(for signal: SignalFormat) throws(CodecError) -> CodingDistances<Float> {
        do {
            return try CodingDistances(sampleRate: Double(signal.sampleRate), exponent: exponent)
        } catch { throw .refinement(signal, reason: "\(error)") }
    }

    /// Distances of decoded sound with their weights.
    func terms(
        _ distances: (weighted: Tensor<Float>, mel: Tensor<Float>, loudness: Tensor<Float>)
    ) -> [(weight: Double, distance: Tensor<Float>)] {
        [
            (weightedSNR, distances.weighted), (mel, distances.mel),
            (loudness, distances.loudness),
        ]
    }
}
