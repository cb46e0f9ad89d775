import NeuralNetwork
import PerceptualLoss

/// How far clips are from what they should be by `SpectralDetailLoss`; clips that are shorter than
/// its longest window are left out. One serves one thread.
final class DetailMeasure {
    private let loss: SpectralDetailLoss<Float>

    init() throws { loss = try SpectralDetailLoss() }

    /// - Parameters:
    ///   - sounds: by the name of what is measured, [1, samples, 1]
    ///   - reference: the same shape
    func add(
        _ sounds: [String: Tensor<Float>], _ reference: Tensor<Float>, _ graph: Graph<Float>,
        _ measured: inout Measurements
    ) throws {
        guard reference.shape.frames >= SpectralDetailLoss<Float>.leastSamples else { return }
        let features = try loss.reference(reference, graph)
        for (name, sound) in sounds {
            measured.add(name, Double(try loss.distance(to: features, sound, graph).data[0]))
        }
    }
}
