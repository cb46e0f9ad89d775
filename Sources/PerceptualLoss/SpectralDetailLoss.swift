import NeuralNetwork
import SpectralTransform

/// Distance of short-time spectra at several resolutions in time and frequency, bin by bin: what
/// bands leave free, lines of a harmonic sound, pulses, noise between lines, counts here.
///
/// For windows of 1024, 512, ... 32 samples, half a window apart (Hann; power P over the window's
/// length): mean of |log (P + f) - log (P' + f)| / 4 + 6 |(P + e)^(1/4) - (P' + e)^(1/4)|, f = 3e-8
/// (about -75 dBFS a sample), e = 1e-10; then the mean over windows. Magnitudes of several
/// resolutions after Yamamoto, Song and Kim 2020.
public final class SpectralDetailLoss<S: EngineScalar & FFTScalar> {
    private let transforms: [ShortTimeTransform<S>]
    static var sizes: [Int] { [1024, 512, 256, 128, 64, 32] }

    public init() throws {
        transforms = try Self.sizes.map { try ShortTimeTransform(size: $0, hop: $0 / 2) }
    }

    /// Samples that a sound has at least.
    public static var leastSamples: Int { sizes[0] }

    /// - Parameters: reference `x` (constant) and `y`, [batch, samples, 1], full scale 1.
    /// - Returns: scalar
    public func callAsFunction(_ x: Tensor<S>, _ y: Tensor<S>, _ graph: Graph<S>) throws
        -> Tensor<S>
    { try distance(to: try reference(x, graph), y, graph) }

    /// - Parameter x: as above
    public func reference(_ x: Tensor<S>, _ graph: Graph<S>) throws -> LossReference<S> {
        LossReference(
            features: try transforms.flatMap { transform in
                let features = try self.features(x.detached, transform, graph)
                return [features.logarithm, features.root]
            })
    }

    /// The distance of `y` from what `reference` made of the reference.
    public func distance(
        to reference: LossReference<S>, _ y: Tensor<S>, _ graph: Graph<S>
    ) throws -> Tensor<S> {
        var total: Tensor<S>?
        for (i, transform) in transforms.enumerated() {
            let own = try features(y, transform, graph)
            func mean(_ a: Tensor<S>, _ b: Tensor<S>, _ weight: Double) -> Tensor<S> {
                graph.affine(
                    graph.mean(graph.unary(.abs, graph.subtract(a, b))),
                    scale: weight / Double(transforms.count))
            }
            let sum = graph.add(
                mean(own.logarithm, reference.features[2 * i], 0.25),
                mean(own.root, reference.features[2 * i + 1], 6))
            total = total.map { graph.add($0, sum) } ?? sum
        }
        return total ?? graph.zeros(Shape(1, 1, 1))
    }

    private func features(
        _ x: Tensor<S>, _ transform: ShortTimeTransform<S>, _ graph: Graph<S>
    ) throws -> (logarithm: Tensor<S>, root: Tensor<S>) {
        let power = graph.affine(
            try transform.power(x, graph), scale: 1 / Double(transform.size))
        let logarithm = graph.unary(
            .log(floor: 1e-30), graph.affine(power, scale: 1, shift: 3e-8))
        let root = graph.unary(
            .squareRoot(offset: 0), graph.unary(.squareRoot(offset: 1e-10), power))
        return (logarithm, root)
    }
}
