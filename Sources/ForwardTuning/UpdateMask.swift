/// Which values may move.
public enum UpdateMask {
    /// The values of smallest magnitude, so many of all: Sparse-MeZO (Liu et al. 2024, arXiv
    /// 2402.15751), which moves small weights and leaves large ones alone.
    public static func smallest(_ values: [Float], share: Double) -> [Bool] {
        let count = max(0, min(values.count, Int((share * Double(values.count)).rounded())))
        let order = values.indices.sorted {
            (values[$0].magnitude, $0) < (values[$1].magnitude, $1)
        }
        var mask = [Bool](repeating: false, count: values.count)
        for index in order.prefix(count) { mask[index] = true }
        return mask
    }

    /// The most important values of each row, for several tasks at once: MaZO (Zhang et al. 2025,
    /// arXiv 2502.11513). Scores of a task are divided by their sum over the row, so that no task
    /// drowns another; then they are added up and the largest of each row may move.
    /// - Parameters:
    ///   - scores: of each task, [rows, columns] row-major, none below 0 (`TaskImportance.scores`)
    ///   - perRow: values of a row that move
    public static func important(
        _ scores: [[Double]], rows: Int, columns: Int, perRow: Int
    ) -> [Bool] {
        var mask = [Bool](repeating: false, count: rows * columns)
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            var total = [Double](repeating: 0, count: columns)
            for task in scores where task.count == mask.count {
                let sum = task[range].reduce(0, +)
                guard sum > 0, sum.isFinite else { continue }
                for (column, score) in task[range].enumerated() { total[column] += score / sum }
            }
            let order = total.indices.sorted { (-total[$0], $0) < (-total[$1], $1) }
            for column in order.prefix(perRow) { mask[range.lowerBound + column] = true }
        }
        return mask
    }
}

/// How much a task cares for each weight of a matrix (MaZO).
public struct TaskImportance: Sendable {
    /// Weight of the greedy score.
    public var greedy: Double
    /// Weight of the magnitude of the weights.
    public var magnitude: Double
    /// Step that the greedy score looks at.
    public var rate: Double
    /// Added to the diagonal of the curvature, relative to its mean.
    public var damping: Double

    public init(
        greedy: Double = 1, magnitude: Double = 0, rate: Double = 1e-2, damping: Double = 1e-2
    ) {
        self.greedy = greedy
        self.magnitude = magnitude
        self.rate = rate
        self.damping = damping
    }

    /// Scores [rows, columns]: global + `greedy` times greedy + `magnitude` |w|, with, for the
    /// gradient g of a row and the curvature H that all rows share,
    ///
    ///     global_j = d_j^2 / (2 [H^-1]_jj),  d = -H^-1 g
    ///     greedy_j = rate g_j^2 - rate^2 / 2 H_jj g_j^2, at least 0
    ///
    /// that is: by how much the lowest loss rises where weight j must not move, and what one step
    /// of j alone gains.
    /// - Parameters:
    ///   - gradient: [rows, columns]
    ///   - curvature: [columns, columns], symmetric, as X^T X of the inputs; nil = the identity
    /// - Returns: nil where the numbers do not fit together or the curvature is not positive
    public func scores(
        weights: [Float], gradient: [Double], curvature: [Double]?, rows: Int, columns: Int
    ) -> [Double]? {
        guard rows > 0, columns > 0, weights.count == rows * columns,
            gradient.count == rows * columns,
            curvature.map({ $0.count == columns * columns }) ?? true
        else { return nil }
        let inverse = curvature.map { Self.inverse($0, columns, damping: damping) }
        if let inverse, inverse == nil { return nil }
        let known = inverse ?? nil
        func bend(_ j: Int) -> Double { curvature?[j * columns + j] ?? 1 }
        /// (H^-1 g)_j of a row, and (H^-1)_jj.
        func solved(_ row: Int, _ j: Int) -> (move: Double, diagonal: Double) {
            guard let known else {
                return (gradient[row * columns + j] / (1 + damping), 1 / (1 + damping))
            }
            let move = (0..<columns).reduce(0) {
                $0 + known[j * columns + $1] * gradient[row * columns + $1]
            }
            return (move, known[j * columns + j])
        }
        var result = [Double](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            let first = row * columns
            for j in 0..<columns {
                let (move, diagonal) = solved(row, j)
                let g = gradient[first + j]
                let global = move * move / (2 * diagonal)
                let gain = max(0, rate * g * g - rate * rate / 2 * bend(j) * g * g)
                result[first + j] =
                    global + greedy * gain + magnitude * Double(weights[first + j].magnitude)
            }
        }
        return result
    }

    /// Cosine between the gradients of two tasks: -1 = they pull in opposite directions.
    public static func collinearity(_ a: [Double], _ b: [Double]) -> Double {
        let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        let lengths = [a, b].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        return lengths[0] > 0 && lengths[1] > 0 ? product / (lengths[0] * lengths[1]) : 0
    }

    /// An estimate of a gradient by two-sided differences (`ForwardTuner.Method.twoSided`).
    public static func gradient(
        at values: [Float], radius: Double, queries: Int, seed: UInt64,
        _ loss: ([Float]) throws -> Double
    ) rethrows -> [Double] {
        var result = [Double](repeating: 0, count: values.count)
        let seeds = Seeds(seed, step: 0)
        for query in 0..<queries {
            var moved = (plus: values, minus: values)
            let seed = seeds.direction(query)
            Direction.forEach(seed: seed, .normal, count: values.count, mask: nil) { i, z in
                moved.plus[i] += Float(radius) * z
                moved.minus[i] -= Float(radius) * z
            }
            let slope = try (loss(moved.plus) - loss(moved.minus)) / (2 * radius)
            Direction.forEach(seed: seed, .normal, count: values.count, mask: nil) { i, z in
                result[i] += slope * Double(z) / Double(queries)
            }
        }
        return result
    }

    private static func identity(_ n: Int) -> [Double] {
        (0..<n * n).map { $0 / n == $0 % n ? 1 : 0 }
    }

    /// By Gauss and Jordan; nil where a pivot is not positive.
    private static func inverse(_ matrix: [Double], _ n: Int, damping: Double) -> [Double]? {
        var a = matrix
        let trace = (0..<n).reduce(0) { $0 + a[$1 * n + $1] }
        for i in 0..<n { a[i * n + i] += damping * trace / Double(n) }
        var b = identity(n)
        for pivot in 0..<n {
            let value = a[pivot * n + pivot]
            guard value > 0, value.isFinite else { return nil }
            for column in 0..<n {
                a[pivot * n + column] /= value
                b[pivot * n + column] /= value
            }
            for row in 0..<n where row != pivot {
                let factor = a[row * n + pivot]
                guard factor != 0 else { continue }
                for column in 0..<n {
                    a[row * n + column] -= factor * a[pivot * n + column]
                    b[row * n + column] -= factor * b[pivot * n + column]
                }
            }
        }
        return b
    }
}
