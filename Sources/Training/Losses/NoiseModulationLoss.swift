import NeuralNetwork
import PerceptualLoss
import SpectralTransform

/// Noise modulation: the noise that is above the masking threshold (Zhen, Lee, Sung, Beack and Kim:
/// Psychoacoustic calibration of loss functions for efficient end-to-end neural audio coding, IEEE
/// Signal Processing Letters 27, 2020).
///
/// With n the power of the difference and m the threshold of the reference, r = n / m per line;
/// published: the mean over frames of max(r - 1, 0) of the worst line. It has no gradient but in
/// one line a frame, and none at all where that is masked. Smooth: the mean over frames of log10(1
/// + R), R the root mean square of r over the lines of a frame, which loud ratios dominate; near 0
/// where all noise is masked, and the worst level in bels where it is not.
public struct NoiseModulationLoss<S: EngineScalar & FFTScalar> {
    let spectra: MaskingSpectra<S>
    let form: MaskingLossForm

    public init(_ spectra: MaskingSpectra<S>, form: MaskingLossForm = .smooth) {
        self.spectra = spectra
        self.form = form
    }

    /// - Parameter y: decoded, [batch, samples, 1], on the level of the reference.
    /// - Returns: scalar.
    public func callAsFunction(
        _ reference: MaskingSpectra<S>.Reference, _ y: Tensor<S>, _ graph: Graph<S>
    ) throws -> Tensor<S> {
        let m = reference.threshold
        let inverse = graph.tensor(m.shape, tracked: false)
        for i in 0..<m.count { inverse.data[i] = 1 / m.data[i] }
        let ratio = graph.multiply(
            try spectra.power(graph.subtract(y, reference.samples), graph), inverse)
        switch form {
        case .published:
            return graph.mean(
                graph.unary(.relu, graph.affine(worst(ratio, graph), scale: 1, shift: -1)))
        case .smooth:
            let bins = ratio.shape.channels
            let average = graph.input(Shape(1, bins, 1), Array(repeating: 1 / S(bins), count: bins))
            let square = graph.convolution(
                graph.unary(.square, ratio), weight: average, bias: nil,
                ConvolutionGeometry(taps: 1))
            let level = graph.affine(
                graph.unary(.squareRoot(offset: 1e-12), square), scale: 1, shift: 1)
            return graph.affine(
                graph.mean(graph.unary(.log(floor: 1e-30), level)), scale: 0.4342944819032518)
        }
    }

    /// The largest value of each frame, [batch, frames, 1]; the gradient goes to the first of equal
    /// ones.
    private func worst(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let rows = x.shape.rows
        let columns = x.shape.channels
        let y = graph.tensor(Shape(x.shape.batch, x.shape.frames, 1), tracked: x.grad != nil)
        var places = [Int](repeating: 0, count: rows)
        for row in 0..<rows {
            var place = row * columns
            for i in row * columns..<(row + 1) * columns where x.data[i] > x.data[place] {
                place = i
            }
            places[row] = place
            y.data[row] = x.data[place]
        }
        if let dx = x.grad, let dy = y.grad {
            graph.record { [places] in
                for (row, place) in places.enumerated() { dx[place] += dy[row] }
            }
        }
        return y
    }
}
