import Foundation
import NeuralNetwork
import PerceptualLoss
import SpectralTransform

/// Priority weighting: spectral error that counts more the further the signal is above its masking
/// threshold (Zhen, Lee, Sung, Beack and Kim: Psychoacoustic calibration of loss functions for
/// efficient end-to-end neural audio coding, IEEE Signal Processing Letters 27, 2020).
///
/// With p and q the power of reference and decoded signal and m the threshold of the reference, per
/// item the sum over frames and lines of w (sqrt p - sqrt q)^2, w = log10(p / m + 1), over the sum
/// of w p: relative to the signal, so that a weight fits any level.
///
/// That form has no gradient where the signal is far below its threshold (w near 0), whatever the
/// decoder puts there, and an endless one at q = 0. The smooth form has w = log10(p / m + 2) and
/// sqrt(q + m) for sqrt q (and so for p).
public struct PriorityWeightingLoss<S: EngineScalar & FFTScalar> {
    let spectra: MaskingSpectra<S>
    let form: MaskingLossForm

    public init(_ spectra: MaskingSpectra<S>, form: MaskingLossForm = .smooth) {
        self.spectra = spectra
        self.form = form
    }

    /// - Parameter y: decoded, [batch, samples, 1], on the level of the reference.
    /// - Returns: scalar, the mean over items.
    public func callAsFunction(
        _ reference: MaskingSpectra<S>.Reference, _ y: Tensor<S>, _ graph: Graph<S>
    ) throws -> Tensor<S> {
        let p = reference.power
        let m = reference.threshold
        let shape = p.shape
        let item = shape.frames * shape.channels
        let weight = graph.tensor(shape, tracked: false)
        let magnitude = graph.tensor(shape, tracked: false)
        let offset = graph.tensor(shape, tracked: false)
        let floor = form == .smooth ? S(2) : S(1)
        for b in 0..<shape.batch {
            var sum = 0.0
            for i in b * item..<(b + 1) * item {
                let w = log10(Double(p.data[i] / m.data[i] + floor))
                offset.data[i] = form == .smooth ? m.data[i] : S(1e-6)
                magnitude.data[i] = (p.data[i] + offset.data[i]).squareRoot()
                weight.data[i] = S(w)
                sum += w * Double(p.data[i] + (form == .smooth ? m.data[i] : 0))
            }
            let scale = S(1 / (Double(shape.batch) * max(sum, 1e-3)))
            for i in b * item..<(b + 1) * item { weight.data[i] *= scale }
        }
        let decoded = graph.unary(
            .squareRoot(offset: 0), graph.add(try spectra.power(y, graph), offset))
        return graph.sum(
            graph.multiply(graph.unary(.square, graph.subtract(decoded, magnitude)), weight))
    }
}
