import CKernels

extension Graph {
    /// Mean of all values, a scalar [1, 1, 1].
    public func mean(_ x: Tensor<S>) -> Tensor<S> {
        affine(sum(x), scale: 1 / Double(max(x.count, 1)))
    }

    /// Sum of all values, a scalar.
    public func sum(_ x: Tensor<S>) -> Tensor<S> {
        precondition(stream == nil, "a stream has no sum over all frames")
        let y = tensor(Shape(1, 1, 1), tracked: x.grad != nil)
        let kernels = kernels
        y.data[0] = kernels.pointee.sum(x.data, x.count)
        if let dx = x.grad, let dy = y.grad {
            record {
                kernels.pointee.scaleShift(dx, 1, dy[0], dx, x.count)
            }
        }
        return y
    }

    /// Sum over frames and channels of each item, [batch, 1, 1].
    public func sumPerItem(_ x: Tensor<S>) -> Tensor<S> {
        precondition(stream == nil, "a stream has no sum over all frames")
        let y = tensor(Shape(x.shape.batch, 1, 1), tracked: x.grad != nil)
        let kernels = kernels
        let n = x.shape.frames * x.shape.channels
        for b in 0..<x.shape.batch { y.data[b] = kernels.pointee.sum(x.data + b * n, n) }
        if let dx = x.grad, let dy = y.grad {
            record {
                for b in 0..<x.shape.batch {
                    kernels.pointee.scaleShift(dx + b * n, 1, dy[b], dx + b * n, n)
                }
            }
        }
        return y
    }

    /// sum_i w[i] x[i] with constant weights, a scalar.
    public func weightedSum(_ x: Tensor<S>, weights: [S]) -> Tensor<S> {
        precondition(weights.count == x.count, "\(weights.count) weights for \(x.shape)")
        return sum(multiply(x, input(x.shape, weights)))
    }
}
