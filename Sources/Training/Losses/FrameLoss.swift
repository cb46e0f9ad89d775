import NeuralNetwork
import PerceptualLoss
import SignalProcessing
import SpectralTransform

/// The papers' reconstruction losses over single frames of 512 samples (Docs/papers.md, D.3).
public final class FrameLoss<S: EngineScalar & FFTScalar> {
    private struct Bank {
        /// [bins, bands]
        let filters: [S]
        let bands: Int
    }

    private let transform: ShortTimeTransform<S>
    private let banks: [Bank]
    private let frame: Int

    /// - Parameters:
    ///   - frame: samples of a frame and size of the transform
    ///   - bands: bands of each mel bank, triangles from 0 to half the sample rate
    public init(frame: Int = 512, bands: [Int] = [8, 16, 32, 128], sampleRate: Double = 16000)
        throws
    {
        self.frame = frame
        transform = try ShortTimeTransform(
            size: frame, hop: frame, window: Array(repeating: 1, count: frame), padding: .none)
        banks = bands.map { count in
            let bank = MelScale.filterBank(size: frame, bands: count, sampleRate: sampleRate)
            return Bank(
                filters: (0...frame / 2).flatMap { bin in bank.map { S($0[bin]) } }, bands: count)
        }
    }

    /// Root-mean-square error of the samples, mean over frames; `x` and `y` are [frames, 512, 1]. A
    /// scalar.
    public func time(_ x: Tensor<S>, _ y: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        rootMeanSquare(graph.subtract(y, x), graph)
    }

    /// Root-mean-square difference of log mel powers per bank, mean over banks and frames. A
    /// scalar.
    ///
    /// Power (|X|^2 + 1e-7) / 512 of the rectangular frame, natural logarithm of (mel power +
    /// 1e-7).
    public func mel(_ x: Tensor<S>, _ y: Tensor<S>, _ graph: Graph<S>) throws -> Tensor<S> {
        let size = Double(frame)
        let reference = graph.affine(
            try transform.power(x, graph), scale: 1 / size, shift: 1e-7 / size)
        let decoded = graph.affine(
            try transform.power(y, graph), scale: 1 / size, shift: 1e-7 / size)
        var total: Tensor<S>?
        for bank in banks {
            let filters = graph.input(Shape(1, transform.binCount, bank.bands), bank.filters)
            func logMel(_ power: Tensor<S>) -> Tensor<S> {
                let energy = graph.convolution(
                    power, weight: filters, bias: nil, ConvolutionGeometry(taps: 1))
                return graph.unary(.log(floor: 1e-30), graph.affine(energy, scale: 1, shift: 1e-7))
            }
            let term = rootMeanSquare(graph.subtract(logMel(decoded), logMel(reference)), graph)
            total = total.map { graph.add($0, term) } ?? term
        }
        guard let total else { return graph.zeros(Shape(1, 1, 1)) }
        return graph.affine(total, scale: 1 / Double(banks.count))
    }

    /// sqrt(mean of squares of an item + 1e-7), mean over items.
    private func rootMeanSquare(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let squares = graph.sumPerItem(graph.unary(.square, x))
        let count = Double(max(x.shape.frames * x.shape.channels, 1))
        return graph.mean(
            graph.unary(.squareRoot(offset: 1e-7), graph.affine(squares, scale: 1 / count)))
    }
}
