import NeuralNetwork
import SignalProcessing
import SpectralTransform

/// Mean absolute difference of log mel magnitudes over several resolutions (Docs/papers.md, D.3
/// with L1 distance; Hann windows, hop = size / 4).
///
/// Per transform size: |log max(M|Y|, f) - log max(M|X|, f)|, M the mel filters, f = 0.01, averaged
/// over frames and bands; then averaged over sizes.
public final class MelLoss<S: EngineScalar & FFTScalar> {
    private struct Resolution {
        let transform: ShortTimeTransform<S>
        /// Bins to bands.
        let filters: BandedMatrix<S>
    }

    private let resolutions: [Resolution]
    private static var floor: Double { 0.01 }

    /// - Parameter sizes: transform sizes at 16 kHz with their numbers of bands
    ///   (`LossResolution` says what they are at other rates).
    public init(
        sampleRate: Double = 16000,
        sizes: [(size: Int, bands: Int)] = [
            (128, 16), (256, 32), (512, 48), (1024, 80), (2048, 128),
        ]
    ) throws {
        resolutions = try sizes.map { size, bands in
            let size = LossResolution.size(size, sampleRate: sampleRate)
            let bank = MelScale.filterBank(size: size, bands: bands, sampleRate: sampleRate)
            let filters = (0...size / 2).flatMap { bin in bank.map { S($0[bin]) } }
            return Resolution(
                transform: try ShortTimeTransform(size: size, hop: size / 4, padding: .zero),
                filters: BandedMatrix(rows: size / 2 + 1, columns: bands, values: filters))
        }
    }

    /// - Parameters: reference `x` (constant) and decoded `y`, [batch, samples, 1], levelled to
    ///   about -20 dBFS.
    /// - Returns: scalar.
    public func callAsFunction(_ x: Tensor<S>, _ y: Tensor<S>, _ graph: Graph<S>) throws -> Tensor<
        S
    > { try distance(to: try reference(x, graph), y, graph) }

    /// - Parameter x: as above
    public func reference(_ x: Tensor<S>, _ graph: Graph<S>) throws -> LossReference<S> {
        LossReference(features: try resolutions.map { try logMel(x.detached, $0, graph) })
    }

    /// The distance of `y` from what `reference` made of the reference.
    public func distance(
        to reference: LossReference<S>, _ y: Tensor<S>, _ graph: Graph<S>
    ) throws -> Tensor<S> {
        var total: Tensor<S>?
        for (resolution, feature) in zip(resolutions, reference.features) {
            let difference = graph.subtract(try logMel(y, resolution, graph), feature)
            let term = graph.mean(graph.unary(.abs, difference))
            total = total.map { graph.add($0, term) } ?? term
        }
        guard let total else { return graph.zeros(Shape(1, 1, 1)) }
        return graph.affine(total, scale: 1 / Double(resolutions.count))
    }

    private func logMel(_ x: Tensor<S>, _ resolution: Resolution, _ graph: Graph<S>) throws
        -> Tensor<S>
    {
        let magnitude = graph.unary(
            .squareRoot(offset: 1e-10), try resolution.transform.power(x, graph))
        return graph.unary(.log(floor: Self.floor), graph.multiply(magnitude, resolution.filters))
    }
}
