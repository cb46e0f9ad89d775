import NeuralNetwork
import SpectralTransform

/// Distances of how much short-time spectra vary, which distances of the spectra themselves leave
/// too small: what cannot be foretold is best met halfway. All are of L = log (P + f), P the power
/// over the window's length (Hann), f = 3e-8 as in `SpectralDetailLoss`.
///
/// * in time: deviation of L within 12 ms (windows of 4 ms, 1 ms apart, from 1 kHz on), which
///   pulses of a voice make;
/// * in frequency: deviation of L within 280 Hz (windows of 32 ms), which its harmonics make;
/// * standing: mean of L over all frames of a bin, which a fixed pattern moves.
///
/// Each is the mean of |a - a'|, a = sqrt(variance + 0.1) for the deviations.
public final class SpectralContrastLoss<S: EngineScalar & FFTScalar> {
    private let short: ShortTimeTransform<S>
    private let long: ShortTimeTransform<S>
    private let neighbours: BandedMatrix<S>

    static var shortSize: Int { 64 }
    static var longSize: Int { 512 }
    /// Bins of short windows that count.
    static var shortBins: Range<Int> { 4..<32 }
    /// Frames, and bins, that a deviation is of, and from one to the next.
    static var taps: Int { 12 }
    static var stride: Int { 4 }
    static var bins: Int { 9 }
    static var binStride: Int { 3 }

    public init() throws {
        short = try ShortTimeTransform(size: Self.shortSize, hop: 16)
        long = try ShortTimeTransform(size: Self.longSize, hop: 128)
        let rows = Self.longSize / 2 + 1
        let columns = (rows - Self.bins) / Self.binStride + 1
        var values = [S](repeating: 0, count: rows * columns)
        for column in 0..<columns {
            for bin in 0..<Self.bins {
                values[(column * Self.binStride + bin) * columns + column] = 1 / S(Self.bins)
            }
        }
        neighbours = BandedMatrix(rows: rows, columns: columns, values: values)
    }

    /// What is compared of a sound.
    public struct Features {
        var time: Tensor<S>
        var frequency: Tensor<S>
        var standing: Tensor<S>

        /// Deviations in time, [batch, frames, bins].
        package var timeValues: [S] { time.array }
    }

    /// - Parameter x: [batch, samples, 1], full scale 1; at least 512 samples
    public func features(_ x: Tensor<S>, _ graph: Graph<S>) throws -> Features {
        let levels = graph.channels(try logarithm(x, short, graph), Self.shortBins)
        let spectra = try logarithm(x, long, graph)
        func deviation(_ x: Tensor<S>, _ mean: (Tensor<S>) -> Tensor<S>) -> Tensor<S> {
            let square = mean(graph.unary(.square, x))
            let variance = graph.subtract(square, graph.unary(.square, mean(x)))
            // Rounding may leave less than 0.
            return graph.unary(.squareRoot(offset: 0.1), graph.unary(.relu, variance))
        }
        return Features(
            time: deviation(levels) {
                box($0, ConvolutionGeometry(taps: Self.taps, stride: Self.stride), graph)
            }, frequency: deviation(spectra) { graph.multiply($0, neighbours) },
            standing: box(spectra, ConvolutionGeometry(taps: spectra.shape.frames), graph))
    }

    /// The three distances, scalars.
    public func distances(
        _ a: Features, _ b: Features, _ graph: Graph<S>
    ) -> (time: Tensor<S>, frequency: Tensor<S>, standing: Tensor<S>) {
        func mean(_ part: KeyPath<Features, Tensor<S>>) -> Tensor<S> {
            graph.mean(graph.unary(.abs, graph.subtract(a[keyPath: part], b[keyPath: part])))
        }
        return (mean(\.time), mean(\.frequency), mean(\.standing))
    }

    private func logarithm(
        _ x: Tensor<S>, _ transform: ShortTimeTransform<S>, _ graph: Graph<S>
    ) throws -> Tensor<S> {
        graph.unary(
            .log(floor: 1e-30),
            graph.affine(
                try transform.power(x, graph), scale: 1 / Double(transform.size), shift: 3e-8))
    }

    /// Means over frames.
    private func box(_ x: Tensor<S>, _ g: ConvolutionGeometry, _ graph: Graph<S>) -> Tensor<S> {
        let c = x.shape.channels
        let weight = graph.input(
            Shape(1, g.taps, c), Array(repeating: 1 / S(g.taps), count: g.taps * c))
        return graph.depthwiseConvolution(x, weight: weight, g)
    }
}
