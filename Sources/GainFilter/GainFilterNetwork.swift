import NeuralNetwork

/// Features of frames of a sound -> logarithms of gains: a convolution that looks ahead and
/// recurrent units one behind the other. All gains are about 1 before the first step.
public struct GainFilterNetwork<S: EngineScalar>: SequenceLayer, Sendable {
    public let configuration: GainFilterConfiguration
    private let enter: Conv1D<S>
    private let look: Conv1D<S>
    private let contexts: [GRU<S>]
    private let gain: Conv1D<S>
    /// From knots to all bins of a short frame.
    private let between: ConstantMatrix<S>

    /// Prefix of the names of all parameters.
    public static var prefix: String { "filter." }
    private var bound: Double { configuration.bound ?? 2.5 }

    public init(_ store: ParameterStore<S>, _ configuration: GainFilterConfiguration) {
        self.configuration = configuration
        let c = configuration
        let taps = max(3, c.ahead + 1)
        func name(_ part: String) -> String { Self.prefix + part }
        enter = Conv1D(store, name("enter"), c.features, c.hidden)
        look = Conv1D(
            store, name("look"), c.hidden, c.hidden,
            ConvolutionGeometry(taps: taps, padBefore: taps - 1 - c.ahead, padAfter: c.ahead))
        contexts = (0..<(c.contexts ?? 1)).map {
            GRU(store, name($0 == 0 ? "context" : "context\($0 + 1)"), c.hidden, c.hidden)
        }
        gain = Conv1D(
            store, name("gain"), (1 + contexts.count) * c.hidden, c.bins + c.shortValues, gain: 0.05
        )
        let columns = c.shortSize / 2 + 1
        between = ConstantMatrix(
            rows: c.shortKnots.count, columns: columns,
            values: (c.shortKnots.indices).flatMap { knot in
                (0..<columns).map { S(Self.weight(of: knot, at: $0, c.shortKnots)) }
            })
    }

    /// Share of a knot in the value at a bin: linear between knots, the nearest knot's beyond them.
    private static func weight(of knot: Int, at bin: Int, _ knots: [Int]) -> Double {
        let own = knots[knot]
        if bin == own { return 1 }
        let next = bin < own ? knot - 1 : knot + 1
        guard knots.indices.contains(next) else { return 1 }
        return max(0, 1 - Double(abs(bin - own)) / Double(abs(knots[next] - own)))
    }

    /// [batch, frames, features] -> [batch, frames, bins + short values].
    public func callAsFunction(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let inner = graph.unary(.leakyReLU(slope: 0.1), look(enter(x, graph), graph))
        var all = [inner]
        for context in contexts { all.append(context(all[all.count - 1], graph)) }
        let bounded = graph.unary(
            .tanh, graph.affine(gain(graph.concatenate(all), graph), scale: 1 / bound))
        return graph.affine(bounded, scale: bound)
    }

    /// What `callAsFunction` gives -> gains of long frames, [batch, frames, bins], and of short
    /// ones, [batch, frames * short frames, short bins].
    func gains(_ y: Tensor<S>, _ graph: Graph<S>) -> (long: Tensor<S>, short: Tensor<S>) {
        let c = configuration
        let knots = graph.channels(y, c.bins..<c.bins + c.shortValues).reshaped(
            y.shape.batch, y.shape.frames * c.shortFrames, c.shortKnots.count)
        return (
            graph.unary(.exp, graph.channels(y, 0..<c.bins)),
            graph.unary(.exp, graph.multiply(knots, between))
        )
    }
}
