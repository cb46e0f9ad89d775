/// Scalar quantiser with trained centroids and sharpness (Agustsson et al. 2017; Docs/papers.md,
/// C).
///
/// Training sees the soft assignment A[i, k] = softmax_k(-s |x_i - b_k|) and the value sum_k A[i,
/// k] b_k; evaluation sees the nearest centroid. The papers write the sharpness as alpha = -s,
/// which starts at -300.
public struct SoftToHardQuantiser<S: EngineScalar>: Sendable {
    /// Values after the nearest-centroid decision.
    public struct HardAssignment {
        /// Centroids [same shape as the input]; the gradient is that of the soft values.
        public let values: Tensor<S>
        /// Index of the centroid of every value, row-major.
        public let symbols: [Int]
    }

    /// K centroids, uniform on [-1, 1] at the start.
    public let centroids: Parameter
    /// One number, s.
    public let sharpness: Parameter
    public var count: Int { centroids.count }

    public init(
        _ store: ParameterStore<S>, _ name: String, centroids count: Int = 32,
        sharpness initial: Double = 300
    ) {
        let spacing = 2 / Double(max(count - 1, 1))
        centroids = store.add(
            name + ".centroids", [count], values: (0..<count).map { S(-1 + spacing * Double($0)) })
        sharpness = store.add(name + ".sharpness", [1], constant: S(initial))
    }

    /// Soft values, and the assignment weights [batch, values per item, K].
    public func soft(_ x: Tensor<S>, _ graph: Graph<S>) -> Graph<S>.SoftAssignment {
        graph.softAssign(
            x, centroids: graph.parameter(centroids), sharpness: graph.parameter(sharpness))
    }

    /// Nearest centroid of every value (the one of lower index where two are equally near). Forward
    /// hard, backward as `soft` where one is given, else straight through to `x`.
    public func hard(_ x: Tensor<S>, soft: Tensor<S>? = nil, _ graph: Graph<S>) -> HardAssignment {
        let table = graph.parameter(centroids).array
        var symbols = [Int](repeating: 0, count: x.count)
        for i in 0..<x.count {
            var best = S.infinity
            for k in table.indices {
                let distance = abs(x.data[i] - table[k])
                if distance < best { (best, symbols[i]) = (distance, k) }
            }
        }
        return HardAssignment(
            values: graph.straightThrough(soft ?? x, values: symbols.map { table[$0] }),
            symbols: symbols)
    }

    /// mean_i(sum_k sqrt(A[i, k] + 1e-20) - 1), a scalar: 0 only where every row is one-hot.
    public static func penalty(_ weights: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let rows = Double(max(weights.shape.rows, 1))
        return graph.affine(
            graph.sum(graph.unary(.squareRoot(offset: 1e-20), weights)), scale: 1 / rows, shift: -1)
    }

    /// Entropy estimate in bits per value, a scalar: -sum_k p_k log2(p_k + 1e-7), p_k = mean_i A[i,
    /// k] over all items and positions.
    public static func entropy(_ weights: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let rows = weights.shape.rows
        let k = weights.shape.channels
        let averaging = graph.input(
            Shape(1, 1, rows), [S](repeating: 1 / S(max(rows, 1)), count: rows))
        let p = graph.convolution(
            averaging, weight: weights.reshaped(1, rows, k), bias: nil, ConvolutionGeometry(taps: 1)
        )
        let logarithm = graph.unary(.log(floor: 1e-30), graph.affine(p, scale: 1, shift: 1e-7))
        return graph.affine(graph.sum(graph.multiply(p, logarithm)), scale: -1.4426950408889634)
    }
}
