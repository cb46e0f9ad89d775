import Foundation
import NeuralNetwork

/// GQ (arXiv 2210.09188, as reconstructed in Docs/papers.md): weights are assigned to centroids
/// that are trained in a mu-law space.
///
/// With u = v / scale of the column and F(u) = sign(u) ln(1 + mu |u|) / ln(1 + mu):
/// w = scale F^-1(sum_k A_k c_k), A = softmax_k(-sharpness |F(u) - c_k|). Gradients reach v, the
/// centroids and the scales; nothing is passed straight through until assignment turns hard.
package struct CompandedWeights<S: EngineScalar>: WeightSource {
    /// Natural logarithm of the scale of every column.
    package let logScale: Parameter
    package let centroids: Parameter
    package let mu: Double
    package let assignment: Assignment
    package let mask: WeightMask<S>?

    /// How weights are assigned. Changes between steps only.
    package final class Assignment: @unchecked Sendable {
        package var sharpness: Double
        /// To the nearest centroid; gradients as of soft assignment.
        package var isHard = false

        package init(sharpness: Double) { self.sharpness = sharpness }
    }

    package init(
        logScale: Parameter, centroids: Parameter, mu: Double, assignment: Assignment,
        mask: WeightMask<S>?
    ) {
        self.logScale = logScale
        self.centroids = centroids
        self.mu = mu
        self.assignment = assignment
        self.mask = mask
    }

    package func values(of parameter: Parameter, _ graph: Graph<S>) -> Tensor<S> {
        let own = graph.ownValues(parameter)
        let kept = mask?.apply(to: own, graph) ?? own
        let scale = graph.unary(.exp, graph.parameter(logScale))
        let perScale = graph.unary(.exp, graph.affine(graph.parameter(logScale), scale: -1))
        let companded = compand(graph.multiplyChannels(kept, perScale), graph)
        let table = graph.parameter(centroids)
        let soft = graph.softAssign(
            companded, centroids: table,
            sharpness: graph.input(Shape(1, 1, 1), [S(assignment.sharpness)]))
        var chosen = soft.values
        if assignment.isHard {
            let values = table.array
            let nearest = (0..<companded.count).map { i in
                values[Self.nearest(companded.data[i], values)]
            }
            chosen = graph.straightThrough(soft.values, values: nearest)
        }
        let result = graph.multiplyChannels(expand(chosen, graph), scale)
        // What is masked is zero whatever the centroids are.
        return mask?.apply(to: result, graph) ?? result
    }

    /// F.
    private func compand(_ u: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let logarithm = graph.unary(
            .log(floor: 0.5), graph.affine(graph.unary(.abs, u), scale: mu, shift: 1))
        return signed(graph.affine(logarithm, scale: 1 / log1p(mu)), like: u, graph)
    }

    /// The inverse of F.
    private func expand(_ v: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let power = graph.unary(.exp, graph.affine(graph.unary(.abs, v), scale: log1p(mu)))
        return signed(graph.affine(power, scale: 1 / mu, shift: -1 / mu), like: v, graph)
    }

    private func signed(_ x: Tensor<S>, like y: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let signs = (0..<y.count).map { y.data[$0] < 0 ? S(-1) : S(1) }
        return graph.multiply(x, graph.input(x.shape, signs))
    }

    /// The lower one of two that are equally near.
    static func nearest(_ value: S, _ table: [S]) -> Int {
        table.indices.min { abs(table[$0] - value) < abs(table[$1] - value) } ?? 0
    }

    /// F, and its inverse, of numbers.
    static func companded(_ u: Double, mu: Double) -> Double {
        copysign(log1p(mu * abs(u)) / log1p(mu), u)
    }
    static func expanded(_ v: Double, mu: Double) -> Double {
        copysign(expm1(abs(v) * log1p(mu)) / mu, v)
    }
}
