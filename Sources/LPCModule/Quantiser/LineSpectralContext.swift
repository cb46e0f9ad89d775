import NeuralNetwork

/// Conditional model of quantised line spectral frequencies: mean and scale of each value given the two frames before and the values below it in its
/// own frame.
///
/// With u = 4 (w - c), c the flat spectrum: base = linear map of the past + a small rectified network of it; the deviations e = u - base of
/// lower positions then correct mean (signed) and log scale (absolute). `LineSpectralSymbolModel` is its twin in integers.
public struct LineSpectralContext<S: EngineScalar>: Sendable {
    public struct Prediction {
        /// Expected value, radians [batch, frames, p].
        public let mean: Tensor<S>
        /// Logarithm of the scale of a logistic distribution in radians.
        public let logScale: Tensor<S>
    }

    public let order: Int
    /// [u(t-1), u(t-2), 1 at the first frame] -> hidden units.
    public let hidden: Conv1D<S>
    /// Hidden units -> base (p), log scale (p).
    public let output: Conv1D<S>
    /// The same input -> base, linear.
    public let linear: Parameter
    /// Deviations below -> mean and log scale: p rows of 2 p, only entries with row < column (mod p) act.
    public let lower: Parameter
    private let mask: [S]

    static var logScaleOffset: Double { -1.5 }
    static var logScaleBound: Double { 4 }
    /// Correlation of a value with its predecessor at the start of training.
    private static var persistence: S { 0.8 }

    /// - Parameter units: hidden units
    public init(_ store: ParameterStore<S>, _ name: String, order: Int, units: Int) {
        self.order = order
        hidden = Conv1D(store, name + ".hidden", 2 * order + 1, units)
        output = Conv1D(store, name + ".output", units, 2 * order, gain: 0.1)
        var initial = [S](repeating: 0, count: (2 * order + 1) * order)
        for i in 0..<order { initial[i * order + i] = Self.persistence }
        linear = store.add(name + ".linear", [2 * order + 1, order], values: initial)
        lower = store.add(name + ".lower", [order, 2 * order], constant: 0)
        mask = (0..<order).flatMap { j in (0..<2 * order).map { S(j < $0 % order ? 1 : 0) } }
    }

    /// The flat spectrum, radians.
    static func centres(_ order: Int) -> [Double] { (1...order).map { .pi * Double($0) / Double(order + 1) } }

    /// - Parameter values: quantised values in radians [batch, frames, p]; only the past and lower positions decide each prediction
    public func callAsFunction(_ values: Tensor<S>, _ graph: Graph<S>) -> Prediction {
        let centres = Self.centres(order), shape = Shape(1, 1, order), one = ConvolutionGeometry(taps: 1)
        let u = graph.affine(graph.addChannels(values, graph.input(shape, centres.map { S(-$0) })), scale: 4)
        let frames = values.shape.frames, batch = values.shape.batch
        let start = graph.input(Shape(batch, frames, 1), (0..<batch * frames).map { $0 % frames == 0 ? S(1) : 0 })
        let past = graph.concatenate([graph.delay(u, by: 1), graph.delay(u, by: 2), start])
        let out = output(graph.unary(.relu, hidden(past, graph)), graph)
        let base = graph.add(graph.convolution(past, weight: graph.parameter(linear), bias: nil, one), graph.channels(out, 0..<order))
        let deviation = graph.subtract(u, base)
        let masked = graph.multiply(graph.parameter(lower), graph.input(Shape(1, order, 2 * order), mask))
        let shift = graph.convolution(deviation, weight: graph.channels(masked, 0..<order), bias: nil, one)
        let widen = graph.convolution(
            graph.unary(.abs, deviation), weight: graph.channels(masked, order..<2 * order), bias: nil, one)
        let mean = graph.addChannels(graph.affine(graph.add(base, shift), scale: 0.25), graph.input(shape, centres.map { S($0) }))
        let logScale = graph.affine(graph.add(graph.channels(out, order..<2 * order), widen), scale: 1, shift: Self.logScaleOffset)
        let quarter = -Elementary.naturalLogarithm(4)
        return Prediction(mean: mean, logScale: graph.affine(graph.unary(.clamp(bound: Self.logScaleBound), logScale), scale: 1, shift: quarter))
    }
}
