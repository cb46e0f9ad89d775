import NeuralNetwork

/// Conditional model of quantised line spectral frequencies: mean, scale and step of each value
/// given the frames before and the values below it in its own frame.
///
/// With u = 4 (w - c), c the flat spectrum: base = linear map of the two frames before + output of
/// a recurrent network over all of them. The deviations e = u - base of lower positions correct it:
/// linearly (mean), by their magnitude (log scale), and through a few rectified units for each
/// position, which see the recurrent state too (mean, log scale, log step).
/// `FixedPointLineSpectralContext` is its twin in integers.
public struct LineSpectralContext<S: EngineScalar>: Sendable {
    public struct Prediction {
        /// Expected value, radians [batch, frames, p].
        public let mean: Tensor<S>
        /// Logarithm of the scale of a logistic distribution in radians.
        public let logScale: Tensor<S>
        /// Logarithm of the step over the trained step of the position.
        public let logStep: Tensor<S>
    }

    public let order: Int
    /// Rectified units of each position.
    public let localUnits: Int
    /// [u(t-1), 1 at the first frame] -> state.
    public let recurrent: GRU<S>
    /// State -> base (p), log scale (p), rectified units (p x localUnits).
    public let output: Conv1D<S>
    /// [u(t-1), u(t-2), 1 at the first frame] -> base.
    public let linear: Parameter
    /// Deviations below -> mean and log scale: p rows of 2 p, only entries with row < column (mod
    /// p) act.
    public let lower: Parameter
    /// 4 e of lower positions -> rectified units: p rows of p x localUnits, only entries from below
    /// act.
    public let localInput: Parameter
    /// Rectified units -> mean, log scale, log step of their own position: localUnits values for
    /// each of 3 p outputs.
    public let localOutput: Parameter
    private let mask: [S]
    private let localMask: [S]

    static var logScaleOffset: Double { -1.5 }
    static var logScaleBound: Double { 4 }
    /// Steps vary by a factor of e at most.
    static var logStepBound: Double { 1 }
    /// Correlation of a value with its predecessor at the start of training.
    private static var persistence: S { 0.8 }

    /// - Parameters:
    ///   - units: units of the recurrent network
    ///   - localUnits: rectified units of each position
    public init(
        _ store: ParameterStore<S>, _ name: String, order: Int, units: Int, localUnits: Int = 8
    ) {
        self.order = order
        self.localUnits = localUnits
        let wide = order * localUnits
        recurrent = GRU(store, name + ".recurrent", order + 1, units)
        output = Conv1D(store, name + ".output", units, 2 * order + wide, gain: 0.1)
        var initial = [S](repeating: 0, count: (2 * order + 1) * order)
        for i in 0..<order { initial[i * order + i] = Self.persistence }
        linear = store.add(name + ".linear", [2 * order + 1, order], values: initial)
        lower = store.add(name + ".lower", [order, 2 * order], constant: 0)
        localInput = store.addGlorot(
            name + ".local_input", [order, wide], fanIn: order, fanOut: localUnits)
        localOutput = store.add(name + ".local_output", [3 * order, localUnits], constant: 0)
        mask = (0..<order).flatMap { j in (0..<2 * order).map { S(j < $0 % order ? 1 : 0) } }
        localMask = (0..<order).flatMap { j in (0..<wide).map { S(j < $0 / localUnits ? 1 : 0) } }
    }

    /// The flat spectrum, radians.
    static func centres(_ order: Int) -> [Double] {
        (1...order).map { .pi * Double($0) / Double(order + 1) }
    }

    /// - Parameter values: quantised values in radians [batch, frames, p]; only the past and lower
    ///   positions decide each prediction
    public func callAsFunction(_ values: Tensor<S>, _ graph: Graph<S>) -> Prediction {
        let centres = Self.centres(order)
        let shape = Shape(1, 1, order)
        let one = ConvolutionGeometry(taps: 1)
        let p = order
        func product(_ x: Tensor<S>, _ weight: Tensor<S>) -> Tensor<S> {
            graph.convolution(x, weight: weight, bias: nil, one)
        }
        let u = graph.affine(
            graph.addChannels(values, graph.input(shape, centres.map { S(-$0) })), scale: 4)
        let frames = values.shape.frames
        let batch = values.shape.batch
        let start = graph.input(
            Shape(batch, frames, 1), (0..<batch * frames).map { $0 % frames == 0 ? S(1) : 0 })
        let before = graph.delay(u, by: 1)
        let out = output(recurrent(graph.concatenate([before, start]), graph), graph)
        let past = graph.concatenate([before, graph.delay(u, by: 2), start])
        let base = graph.add(product(past, graph.parameter(linear)), graph.channels(out, 0..<p))
        let deviation = graph.subtract(u, base)
        let masked = graph.multiply(graph.parameter(lower), graph.input(Shape(1, p, 2 * p), mask))
        let inputs = graph.multiply(
            graph.parameter(localInput), graph.input(Shape(1, p, p * localUnits), localMask))
        let active = graph.unary(
            .relu,
            graph.add(
                graph.channels(out, 2 * p..<(2 + localUnits) * p),
                product(graph.affine(deviation, scale: 4), inputs)))
        let local = localSums(active, graph)
        let shift = graph.add(
            product(deviation, graph.channels(masked, 0..<p)), graph.channels(local, 0..<p))
        let widen = graph.add(
            product(graph.unary(.abs, deviation), graph.channels(masked, p..<2 * p)),
            graph.channels(local, p..<2 * p))
        let mean = graph.addChannels(
            graph.affine(graph.add(base, shift), scale: 0.25),
            graph.input(shape, centres.map { S($0) }))
        let logScale = graph.affine(
            graph.add(graph.channels(out, p..<2 * p), widen), scale: 1, shift: Self.logScaleOffset)
        let quarter = -Elementary.naturalLogarithm(4)
        return Prediction(
            mean: mean,
            logScale: graph.affine(
                graph.unary(.clamp(bound: Self.logScaleBound), logScale), scale: 1, shift: quarter),
            logStep: graph.unary(
                .clamp(bound: Self.logStepBound), graph.channels(local, 2 * p..<3 * p)))
    }

    /// Sums of a position's own units: [batch, frames, p x localUnits] -> [batch, frames, 3 p].
    private func localSums(_ active: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let n = localUnits
        let p = order
        let rows = active.shape.rows
        let weight = graph.parameter(localOutput)
        let y = graph.tensor(
            Shape(active.shape.batch, active.shape.frames, 3 * p),
            tracked: active.grad != nil || weight.grad != nil)
        for r in 0..<rows {
            for o in 0..<3 * p {
                let x = active.data + r * p * n + (o % p) * n
                let w = weight.data + o * n
                var sum: S = 0
                for k in 0..<n { sum += x[k] * w[k] }
                y.data[r * 3 * p + o] = sum
            }
        }
        if let dy = y.grad {
            graph.record {
                for r in 0..<rows {
                    for o in 0..<3 * p {
                        let at = r * p * n + (o % p) * n
                        let g = dy[r * 3 * p + o]
                        if let dx = active.grad {
                            for k in 0..<n { dx[at + k] += g * weight.data[o * n + k] }
                        }
                        if let dw = weight.grad {
                            for k in 0..<n { dw[o * n + k] += g * active.data[at + k] }
                        }
                    }
                }
            }
        }
        return y
    }
}
