/// Loops of the two filters and their adjoints over one item: `parts` predictors of `order`
/// coefficients, each for `length` samples, zero state before the first sample, memory across
/// parts. Compiled apart for single and double precision.
enum TimeVaryingFilters {
    /// r[n] = x[n] + sum_k a_k x[n - k].
    @_specialize(where S == Float)
    @_specialize(where S == Double)
    static func residual<S: BinaryFloatingPoint>(
        _ x: UnsafePointer<S>, _ a: UnsafePointer<S>, parts: Int, length: Int, order: Int,
        _ r: UnsafeMutablePointer<S>
    ) {
        for part in 0..<parts {
            let a = a + part * order
            for n in part * length..<(part + 1) * length {
                var sum = x[n]
                for k in 0..<min(order, n) { sum += a[k] * x[n - 1 - k] }
                r[n] = sum
            }
        }
    }

    /// dx[n] += g[n] + sum_k a_k(n + k) g[n + k]; da_k += sum_n g[n] x[n - k].
    @_specialize(where S == Float)
    @_specialize(where S == Double)
    static func residualBackward<S: BinaryFloatingPoint>(
        _ x: UnsafePointer<S>, _ a: UnsafePointer<S>, parts: Int, length: Int, order: Int,
        gradient g: UnsafePointer<S>,
        _ dx: UnsafeMutablePointer<S>?, _ da: UnsafeMutablePointer<S>?
    ) {
        for part in 0..<parts {
            let a = a + part * order
            let da = da.map { $0 + part * order }
            for n in part * length..<(part + 1) * length {
                let gradient = g[n]
                if let dx {
                    dx[n] += gradient
                    for k in 0..<min(order, n) { dx[n - 1 - k] += a[k] * gradient }
                }
                if let da { for k in 0..<min(order, n) { da[k] += gradient * x[n - 1 - k] } }
            }
        }
    }

    /// y[n] = r[n] - sum_k a_k y[n - k].
    @_specialize(where S == Float)
    @_specialize(where S == Double)
    static func synthesis<S: BinaryFloatingPoint>(
        _ r: UnsafePointer<S>, _ a: UnsafePointer<S>, parts: Int, length: Int, order: Int,
        _ y: UnsafeMutablePointer<S>
    ) {
        for part in 0..<parts {
            let a = a + part * order
            for n in part * length..<(part + 1) * length {
                var sum = r[n]
                for k in 0..<min(order, n) { sum -= a[k] * y[n - 1 - k] }
                y[n] = sum
            }
        }
    }

    /// The adjoint runs 1 / A backwards in time: l[n] = g[n] - sum_k a_k(n + k) l[n + k]; dr += l;
    /// da_k -= sum_n l[n] y[n - k].
    /// - Parameter l: room for parts length values, g on entry, l on return.
    @_specialize(where S == Float)
    @_specialize(where S == Double)
    static func synthesisBackward<S: BinaryFloatingPoint>(
        _ y: UnsafePointer<S>, _ a: UnsafePointer<S>, parts: Int, length: Int, order: Int,
        _ l: UnsafeMutablePointer<S>,
        _ dr: UnsafeMutablePointer<S>?, _ da: UnsafeMutablePointer<S>?
    ) {
        for part in (0..<parts).reversed() {
            let a = a + part * order
            let da = da.map { $0 + part * order }
            for n in (part * length..<(part + 1) * length).reversed() {
                let value = l[n]
                for k in 0..<min(order, n) { l[n - 1 - k] -= a[k] * value }
                if let dr { dr[n] += value }
                if let da { for k in 0..<min(order, n) { da[k] -= value * y[n - 1 - k] } }
            }
        }
    }
}
