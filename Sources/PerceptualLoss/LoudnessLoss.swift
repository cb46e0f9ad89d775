import NeuralNetwork
import SignalProcessing
import SpectralTransform

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Distance of two signals as loudness in Bark bands: what a listener may hear of the coding noise,
/// in a form with a gradient everywhere.
///
/// After ITU-T P.862 (without its alignment and level compensation) and its differentiable
/// relatives (Martin-Donas et al. 2018):
/// - P[t, b]: intensity per band of 32-ms Hann frames every 16 ms, an item of RMS 0.1 taken as 79
///   dB SPL;
/// - loudness (Zwicker and Feldtkeller 1967) L = max(0.187 (P0 / 0.5)^0.23 ((0.5 + 0.5 P / P0)^0.23
///   - 1), 0), P0 the threshold in quiet;
/// - disturbance D = max(|Ly - Lx| - min(Lx, Ly) / 4, 0) + 0.05 |Ly - Lx|: differences below a
///   quarter are masked, but still have a slope;
/// - added sound counts more than missing sound: A = 12 D sigmoid(2.5 (1.2 ln((Py + 50) / (Px +
///   50)) - ln 6));
/// - loss = 0.1 w rms_t(rms_b D) + 0.0309 w rms_t(mean_b A), w = width of all bands in Bark, and
///   rms_b scaled to the same width.
public final class LoudnessLoss<S: EngineScalar & FFTScalar> {
    static var bands: Int { 48 }
    private let transform: ShortTimeTransform<S>
    /// From |X|^2 of bins to intensity of bands.
    private let filters: BandedMatrix<S>
    /// 1 / P0 and 0.187 (P0 / 0.5)^0.23 per band.
    private let inverseThreshold: [S]
    private let scale: [S]
    private let width: Double
    /// No negative loudness below the threshold in quiet (the first phases of the default model
    /// were trained without, so that bands which nobody hears counted a constant).
    public var clipped: Bool

    public init(sampleRate: Double = 16000, clipped: Bool = true) throws {
        self.clipped = clipped
        let size = LossResolution.size(512, sampleRate: sampleRate)
        let bands = Self.bands
        transform = try ShortTimeTransform(size: size, hop: size / 2, padding: .zero)
        // Mean square of a frame = 2 sum |X|^2 / (size sum w^2), Hann: sum w^2 = 3 size / 8.
        let intensity = pow(10, 7.9) / 0.01 * 2 / (Double(size) * 0.375 * Double(size))
        let bank = BarkScale.bands(count: bands, size: size, sampleRate: sampleRate)
        filters = BandedMatrix(
            rows: size / 2 + 1, columns: bands,
            values: (0...size / 2).flatMap { bin in bank.map { S($0[bin] * intensity) } })
        let threshold = BarkScale.centres(count: bands, sampleRate: sampleRate).map {
            pow(10, BarkScale.thresholdInQuiet(hertz: $0) / 10)
        }
        inverseThreshold = threshold.map { S(1 / $0) }
        scale = threshold.map { S(0.187 * pow($0 / 0.5, 0.23)) }
        width = BarkScale.bark(hertz: sampleRate / 2)
    }

    /// - Parameters: reference `x` (constant) and decoded `y`, [batch, samples, 1], levelled to RMS
    ///   0.1.
    /// - Returns: scalar; 0 for equal signals if clipped.
    public func callAsFunction(_ x: Tensor<S>, _ y: Tensor<S>, _ graph: Graph<S>) throws -> Tensor<
        S
    > { try distance(to: try reference(x, graph), y, graph) }

    /// - Parameter x: as above
    public func reference(_ x: Tensor<S>, _ graph: Graph<S>) throws -> LossReference<S> {
        let px = try intensity(x.detached, graph)
        return LossReference(features: [loudness(px, graph), logarithm(px, graph)])
    }

    /// The distance of `y` from what `reference` made of the reference.
    public func distance(
        to reference: LossReference<S>, _ y: Tensor<S>, _ graph: Graph<S>
    ) throws -> Tensor<S> {
        let lx = reference.features[0]
        let py = try intensity(y, graph)
        let ly = loudness(py, graph)
        let difference = graph.unary(.abs, graph.subtract(ly, lx))
        // min(a, b) = (a + b - |a - b|) / 2.
        let smaller = graph.affine(graph.subtract(graph.add(lx, ly), difference), scale: 0.5)
        let audible = graph.unary(
            .relu, graph.subtract(difference, graph.affine(smaller, scale: 0.25)))
        let disturbance = graph.add(audible, graph.affine(difference, scale: 0.05))
        let ratio = graph.subtract(logarithm(py, graph), reference.features[1])
        let added = graph.multiply(
            disturbance,
            graph.unary(.sigmoid, graph.affine(ratio, scale: 3, shift: -2.5 * log(6.0))))
        let symmetric = frameMeans(graph.unary(.square, disturbance), graph)
        let asymmetric = graph.unary(.square, frameMeans(added, graph))
        return graph.add(
            graph.affine(rootMean(symmetric, graph), scale: 0.1 * width),
            graph.affine(rootMean(asymmetric, graph), scale: 0.0309 * 12 * width))
    }

    private func intensity(_ x: Tensor<S>, _ graph: Graph<S>) throws -> Tensor<S> {
        graph.multiply(try transform.power(x, graph), filters)
    }

    /// (0.5 + 0.5 P / P0)^0.23 by way of the logarithm.
    private func loudness(_ p: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let relative = graph.affine(
            graph.multiplyChannels(p, graph.input(Shape(1, 1, Self.bands), inverseThreshold)),
            scale: 0.5, shift: 0.5)
        let power = graph.unary(
            .exp, graph.affine(graph.unary(.log(floor: 1e-30), relative), scale: 0.23))
        let loud = graph.affine(power, scale: 1, shift: -1)
        return graph.multiplyChannels(
            clipped ? graph.unary(.relu, loud) : loud, graph.input(Shape(1, 1, Self.bands), scale))
    }

    private func logarithm(_ p: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        graph.unary(.log(floor: 1e-30), graph.affine(p, scale: 1, shift: 50))
    }

    /// Square root of each item's mean over frames, averaged over items: sqrt(m + e) - sqrt(e),
    /// which is 0 for 0 and has a gradient there.
    private func rootMean(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let offset = S(1e-8)
        let means = graph.affine(graph.sumPerItem(x), scale: 1 / Double(x.shape.frames))
        return graph.mean(
            graph.affine(
                graph.unary(.squareRoot(offset: Double(offset)), means), scale: 1,
                shift: -Double(offset.squareRoot())))
    }

    /// Mean over bands: [batch, frames, 1].
    private func frameMeans(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let weights = graph.input(
            Shape(1, x.shape.channels, 1),
            Array(repeating: S(1 / Double(x.shape.channels)), count: x.shape.channels))
        return graph.convolution(x, weight: weights, bias: nil, ConvolutionGeometry(taps: 1))
    }
}
