import NeuralNetwork
import SignalProcessing
import SpectralTransform

/// Segmental noise-to-signal ratio in the perceptually weighted domain, log10 per 20-ms frame.
///
/// Error and signal spectra are divided by the signal's own mel-smoothed power spectrum to the
/// power `exponent`, the weighting of analysis-by-synthesis speech coders (Atal and Schroeder
/// 1979). Per frame: log10((e + m) / (s + m)) with m = 0.003 of the item's mean s; frames of low
/// energy count s / (s + 0.05 mean s).
public final class WeightedSNRLoss<S: EngineScalar & FFTScalar> {
    private let transform: ShortTimeTransform<S>
    private let bands = 40
    /// Bins to bands, columns of sum 1: mean power per band.
    private let average: BandedMatrix<S>
    /// From bands back to bins.
    private let spread: BandedMatrix<S>
    /// Of the weighting: 0 = none.
    public var exponent: Double

    public init(sampleRate: Double = 16000, exponent: Double = 0.6) throws {
        let size = LossResolution.size(320, sampleRate: sampleRate)
        transform = try ShortTimeTransform(size: size, hop: size / 2, padding: .zero)
        let bank = MelScale.filterBank(size: size, bands: bands, sampleRate: sampleRate)
        let sums = bank.map { $0.reduce(0, +) }
        let bins = size / 2 + 1
        average = BandedMatrix(
            rows: bins, columns: bands,
            values: (0..<bins).flatMap { bin in bank.indices.map { S(bank[$0][bin] / sums[$0]) } })
        spread = BandedMatrix(rows: bands, columns: bins, values: bank.flatMap { $0.map { S($0) } })
        self.exponent = exponent
    }

    /// - Parameters: reference `x` (constant) and decoded `y`, [batch, samples, 1], levelled to
    ///   about -20 dBFS.
    /// - Returns: scalar, log10 of the noise-to-signal ratio.
    public func callAsFunction(_ x: Tensor<S>, _ y: Tensor<S>, _ graph: Graph<S>) throws -> Tensor<
        S
    > { try distance(to: try reference(x, graph), y, graph) }

    /// - Parameter x: as above
    public func reference(_ x: Tensor<S>, _ graph: Graph<S>) throws -> LossReference<S> {
        let signal = try transform.power(x.detached, graph)
        let smooth = graph.multiply(signal, average)
        let logarithm = graph.unary(.log(floor: 1e-30), graph.affine(smooth, scale: 1, shift: 1e-4))
        let inverse = graph.unary(.exp, graph.affine(logarithm, scale: -exponent))
        let weight = graph.multiply(inverse, spread)
        let s = rowSums(graph.multiply(signal, weight), graph)
        // Per item constants from the reference.
        let batch = x.shape.batch
        let frames = s.shape.frames
        let floor = graph.tensor(s.shape, tracked: false)
        let importance = graph.tensor(s.shape, tracked: false)
        for b in 0..<batch {
            var mean: S = 0
            for t in 0..<frames { mean += s.data[b * frames + t] }
            mean /= S(max(frames, 1))
            for t in 0..<frames {
                let value = s.data[b * frames + t]
                floor.data[b * frames + t] = S(0.003) * mean + S(1e-12)
                importance.data[b * frames + t] = value / (value + S(0.05) * mean + S(1e-12))
            }
        }
        let level = graph.unary(.log(floor: 1e-30), graph.add(s, floor))
        return LossReference(features: [x.detached, weight, floor, level, importance])
    }

    /// The noise-to-signal ratio of `y` against what `reference` made of the reference.
    public func distance(
        to reference: LossReference<S>, _ y: Tensor<S>, _ graph: Graph<S>
    ) throws -> Tensor<S> {
        let x = reference.features[0]
        let weight = reference.features[1]
        let floor = reference.features[2]
        let level = reference.features[3]
        let importance = reference.features[4]
        let error = try transform.power(graph.subtract(x, y), graph)
        let e = rowSums(graph.multiply(error, weight), graph)
        let noise = graph.unary(.log(floor: 1e-30), graph.add(e, floor))
        return graph.affine(
            graph.mean(graph.multiply(graph.subtract(noise, level), importance)),
            scale: 0.4342944819032518)
    }

    /// Sums over channels: [batch, frames, 1].
    private func rowSums(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let ones = graph.input(
            Shape(1, x.shape.channels, 1), Array(repeating: 1, count: x.shape.channels))
        return graph.convolution(x, weight: ones, bias: nil, ConvolutionGeometry(taps: 1))
    }
}
