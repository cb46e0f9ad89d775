import CMRLCodec
import NeuralNetwork

/// Weights that are multiples of a trained step of their column: w = step clamp(round(v / step)),
/// v the parameter's own numbers; rounding passes gradients straight through, so that the step
/// learns from what rounding and clamping do (LSQ, Esser et al. 2020).
package struct SteppedWeights<S: EngineScalar>: WeightSource {
    /// Natural logarithm of the step of every column, divided by `pace`.
    package let logStep: Parameter
    /// Steps change by factors where weights change by hundredths of their size: their logarithm
    /// is learned so many times as fast.
    package static var pace: Double { 10 }
    /// Largest multiple.
    package let limit: Int
    /// 1 where a weight may be other than zero; nil = everywhere.
    package let mask: WeightMask<S>?

    package init(logStep: Parameter, limit: Int, mask: WeightMask<S>?) {
        self.logStep = logStep
        self.limit = limit
        self.mask = mask
    }

    package func values(of parameter: Parameter, _ graph: Graph<S>) -> Tensor<S> {
        let multiples = multiples(of: parameter, graph)
        return graph.multiplyChannels(
            multiples,
            graph.unary(
                .exp, graph.affine(graph.parameter(logStep), scale: Self.pace)))
    }

    /// The integers.
    package func multiples(of parameter: Parameter, _ graph: Graph<S>) -> Tensor<S> {
        let own = graph.ownValues(parameter)
        let kept = mask?.apply(to: own, graph) ?? own
        let perStep = graph.unary(
            .exp, graph.affine(graph.parameter(logStep), scale: -Self.pace))
        let scaled = graph.multiplyChannels(kept, perStep)
        return graph.unary(.round, graph.unary(.clamp(bound: Double(limit)), scaled))
    }

    /// Bits of the integers as a logistic variable of zero mean would cost, its scale a trained
    /// number a column: the differentiable bound of what the range coder needs.
    package func bits(of parameter: Parameter, logSpread: Parameter, _ graph: Graph<S>) -> Tensor<S>
    {
        let multiples = multiples(of: parameter, graph)
        let spread = graph.addChannels(
            graph.zeros(multiples.shape), graph.parameter(logSpread))
        return graph.sum(graph.logisticBits(multiples, logScale: spread))
    }

    /// Steps with the least squared error for weights as they are, a column each.
    package static func steps(_ values: [Float], columns: Int, limit: Int) -> [Float] {
        (0..<columns).map { column in
            let own = stride(from: column, to: values.count, by: columns).map { values[$0] }
            let largest = own.reduce(0) { max($0, $1.magnitude) }
            guard largest > 0, largest.isFinite else { return 1 }
            // From "nothing is cut off" down to a third of it.
            let candidates = (0...40).map { largest / Float(limit) * (1 - 0.0167 * Float($0)) }
            func error(_ step: Float) -> Float {
                own.reduce(0) { sum, value in
                    let multiple = (value / step).rounded(.toNearestOrEven)
                    let cut = max(-Float(limit), min(Float(limit), multiple))
                    let rest = value - cut * step
                    return sum + rest * rest
                }
            }
            return candidates.map { (error($0), $0) }.min { $0.0 < $1.0 }?.1 ?? largest
        }
    }
}

/// Which weights of a parameter may be other than zero. Changes between steps only.
package final class WeightMask<S: EngineScalar>: @unchecked Sendable {
    /// nil = all.
    package var values: [S]?

    package init() {}

    func apply(to x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        guard let values else { return x }
        return graph.multiply(x, graph.input(x.shape, values))
    }
}

extension PackedWeights {
    /// The nearest multiples, -limit ... limit, of the steps with the least squared error.
    init(rounding values: [Float], columns: Int, limit: Int) {
        let steps = SteppedWeights<Float>.steps(values, columns: columns, limit: limit)
        self.init(rounding: values, steps: steps, limit: limit)
    }
}
