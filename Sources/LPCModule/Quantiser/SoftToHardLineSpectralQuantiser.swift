import NeuralNetwork

/// Soft-to-hard quantiser with trained centroids for each position (Agustsson et al. 2017; Zhen et
/// al. 2020 share one codebook among positions, whose values may then coincide), moved apart to the
/// minimum gap.
public struct SoftToHardLineSpectralQuantiser<S: EngineScalar>: Sendable {
    public let order: Int
    public let centroidCount: Int
    /// [p, centroids], radians.
    public let centroids: Parameter
    /// Sharpness of the soft assignment, per radian; trained.
    public let sharpness: Parameter

    /// - Parameter initial: rising centroids of each position, all lists equally long
    public init(
        _ store: ParameterStore<S>, _ name: String, initial: [[Double]], sharpness: Double = 300
    ) {
        order = initial.count
        centroidCount = initial.first?.count ?? 0
        centroids = store.add(
            name + ".centroids", [order, centroidCount],
            values: initial.flatMap { $0.map { S($0) } })
        self.sharpness = store.add(name + ".sharpness", [1], constant: S(sharpness))
    }

    /// - Parameters:
    ///   - x: line spectral frequencies [batch, frames, p], radians
    ///   - hard: values of the nearest centroid on the way forward, gradients of the soft
    ///     assignment on the way back
    /// - Returns: `bits` is the entropy of the mean soft assignment over the batch, averaged over
    ///   positions: a bound without context.
    public func callAsFunction(_ x: Tensor<S>, hard: Bool, _ graph: Graph<S>)
        -> QuantisedLineSpectrum<S>
    {
        let table = graph.parameter(centroids).reshaped(1, 1, order * centroidCount)
        let alpha = graph.parameter(sharpness)
        let rows = x.shape.rows
        let count = centroidCount
        var parts: [Tensor<S>] = []
        var symbols: [Tensor<S>] = []
        var entropy = graph.zeros(Shape(1, 1, 1))
        for i in 0..<order {
            let row = graph.channels(table, i * count..<(i + 1) * count)
            let assignment = graph.softAssign(
                graph.channels(x, i..<i + 1), centroids: row, sharpness: alpha)
            let weight = assignment.weights.data
            let best: [Int] = (0..<rows).map { r in
                var winner = 0
                for k in 1..<max(count, 1) where weight[r * count + k] > weight[r * count + winner]
                { winner = k }
                return winner
            }
            symbols.append(graph.input(Shape(x.shape.batch, x.shape.frames, 1), best.map { S($0) }))
            parts.append(
                hard
                    ? graph.straightThrough(assignment.values, values: best.map { row.data[$0] })
                    : assignment.values)
            let weights = assignment.weights.reshaped(1, 1, rows * count)
            let p = meanOverRows(weights, rows: rows, columns: count, graph)
            let information = graph.multiply(p, graph.unary(.log(floor: 1e-7), p))
            entropy = graph.add(
                entropy,
                graph.affine(
                    graph.sum(information),
                    scale: -1 / (Elementary.naturalLogarithm(2) * Double(order))))
        }
        let values = graph.separated(
            lineSpectrum: graph.concatenate(parts), gap: LineSpectralQuantiser<S>.minimumGap)
        return QuantisedLineSpectrum(
            values: values, symbols: graph.concatenate(symbols), bits: entropy)
    }

    private func meanOverRows(_ x: Tensor<S>, rows: Int, columns: Int, _ graph: Graph<S>) -> Tensor<
        S
    > {
        let y = graph.tensor(Shape(1, 1, columns), tracked: x.grad != nil)
        let share = 1 / S(max(rows, 1))
        for k in 0..<columns { y.data[k] = 0 }
        for r in 0..<rows { for k in 0..<columns { y.data[k] += share * x.data[r * columns + k] } }
        if let dx = x.grad, let dy = y.grad {
            graph.record {
                for r in 0..<rows { for k in 0..<columns { dx[r * columns + k] += share * dy[k] } }
            }
        }
        return y
    }
}
