import CKernels

extension Graph {
    /// Bits that a logistic variable with unit-width bins costs: -log2(F((q - m + 1/2) / s) - F((q
    /// - m - 1/2) / s)), s = exp(logScale). The usual differentiable bound of the rate (Balle et
    /// al. 2017). Shapes equal; `mean` nil = 0.
    public func logisticBits(_ q: Tensor<S>, mean: Tensor<S>? = nil, logScale: Tensor<S>) -> Tensor<
        S
    > {
        precondition(
            q.shape == logScale.shape && (mean == nil || mean?.shape == q.shape),
            "\(q.shape), \(logScale.shape)")
        let y = tensor(q.shape, tracked: q.grad != nil || logScale.grad != nil || mean?.grad != nil)
        let kernels = kernels
        kernels.pointee.logisticBits(q.data, mean?.data, logScale.data, y.data, q.count)
        if let dy = y.grad {
            record {
                kernels.pointee.logisticBitsBackward(
                    q.data, mean?.data, logScale.data, dy, q.grad, mean?.grad, logScale.grad,
                    q.count)
            }
        }
        return y
    }

    /// Result of a soft-to-hard assignment: values, and the assignment weights [batch, frames *
    /// channels, centroids].
    public struct SoftAssignment {
        public let values: Tensor<S>
        public let weights: Tensor<S>
    }

    /// Soft-to-hard scalar quantiser (Agustsson et al. 2017; Docs/papers.md, C): weights[i][k] =
    /// softmax_k(-sharpness |x_i - c_k|), value = sum_k weights c_k.
    public func softAssign(_ x: Tensor<S>, centroids: Tensor<S>, sharpness: Tensor<S>)
        -> SoftAssignment
    {
        let n = x.count
        let count = centroids.count
        let kernels = kernels
        precondition(sharpness.count == 1 && count > 0)
        let tracked = x.grad != nil || centroids.grad != nil || sharpness.grad != nil
        let weights = tensor(
            Shape(x.shape.batch, x.shape.frames * x.shape.channels, count), tracked: tracked)
        let y = tensor(x.shape, tracked: tracked)
        let alpha = sharpness.data[0]
        kernels.pointee.softAssign(x.data, centroids.data, alpha, weights.data, y.data, n, count)
        if let dy = y.grad {
            record {
                kernels.pointee.softAssignBackward(
                    x.data, centroids.data, alpha, weights.data, y.data, dy, weights.grad, x.grad,
                    centroids.grad, sharpness.grad, n, count)
            }
        }
        return SoftAssignment(values: y, weights: weights)
    }

    /// Uniform noise in [-1/2, 1/2), the stand-in for rounding in the rate; the same seed gives the
    /// same noise.
    public func uniformNoise(_ shape: Shape, seed: UInt64) -> Tensor<S> {
        let result = tensor(shape, tracked: false)
        kernels.pointee.uniform(
            result.data, UInt32(truncatingIfNeeded: seed ^ (seed >> 32)), shape.count)
        return result
    }

    /// -1 or 1 at random; the same seed gives the same signs.
    public func randomSigns(_ shape: Shape, seed: UInt64) -> Tensor<S> {
        let result = tensor(shape, tracked: false)
        kernels.pointee.signs(
            result.data, UInt32(truncatingIfNeeded: seed ^ (seed >> 32)), shape.count)
        return result
    }

    /// Values of x replaced by `values` on the way forward, the gradient of x on the way back
    /// (straight-through).
    public func straightThrough(_ x: Tensor<S>, values: [S]) -> Tensor<S> {
        precondition(values.count == x.count)
        let y = input(x.shape, values, tracked: x.grad != nil)
        let kernels = kernels
        if let dx = x.grad, let dy = y.grad {
            record { kernels.pointee.accScaled(dy, 1, dx, x.count) }
        }
        return y
    }
}
