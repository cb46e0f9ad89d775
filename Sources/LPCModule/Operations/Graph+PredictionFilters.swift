import NeuralNetwork

extension Graph {
    /// Prediction residual r[n] = x[n] + sum_k a_k x[n - k] with predictors that change from part
    /// to part.
    ///
    /// - Parameters:
    ///   - x: signal [batch, samples, 1]; zero before the first sample of each item
    ///   - predictor: [batch, parts, p], each for samples / parts samples in a row
    /// - Returns: [batch, samples, 1]; gradients flow to both.
    public func predictionResidual(_ x: Tensor<S>, predictor a: Tensor<S>) -> Tensor<S> {
        let parts = a.shape.frames
        let order = a.shape.channels
        let samples = x.shape.frames
        let batch = x.shape.batch
        let length = partLength(x, a)
        let y = tensor(x.shape, tracked: x.grad != nil || a.grad != nil)
        for b in 0..<batch {
            TimeVaryingFilters.residual(
                x.data + b * samples, a.data + b * parts * order, parts: parts, length: length,
                order: order, y.data + b * samples)
        }
        if let dy = y.grad {
            record {
                for b in 0..<batch {
                    TimeVaryingFilters.residualBackward(
                        x.data + b * samples, a.data + b * parts * order, parts: parts,
                        length: length, order: order, gradient: dy + b * samples,
                        x.grad.map { $0 + b * samples }, a.grad.map { $0 + b * parts * order })
                }
            }
        }
        return y
    }

    /// Synthesis y[n] = r[n] - sum_k a_k y[n - k], the inverse of `predictionResidual` with the
    /// same predictors; shapes as there.
    public func synthesis(_ r: Tensor<S>, predictor a: Tensor<S>) -> Tensor<S> {
        let parts = a.shape.frames
        let order = a.shape.channels
        let samples = r.shape.frames
        let batch = r.shape.batch
        let length = partLength(r, a)
        let y = tensor(r.shape, tracked: r.grad != nil || a.grad != nil)
        for b in 0..<batch {
            TimeVaryingFilters.synthesis(
                r.data + b * samples, a.data + b * parts * order, parts: parts, length: length,
                order: order, y.data + b * samples)
        }
        if let dy = y.grad {
            let adjoint = scratch(samples)
            record {
                for b in 0..<batch {
                    adjoint.update(from: dy + b * samples, count: samples)
                    TimeVaryingFilters.synthesisBackward(
                        y.data + b * samples, a.data + b * parts * order, parts: parts,
                        length: length, order: order, adjoint,
                        r.grad.map { $0 + b * samples }, a.grad.map { $0 + b * parts * order })
                }
            }
        }
        return y
    }

    private func partLength(_ x: Tensor<S>, _ a: Tensor<S>) -> Int {
        precondition(
            x.shape.channels == 1 && x.shape.batch == a.shape.batch,
            "signal \(x.shape), predictors \(a.shape)")
        let parts = max(a.shape.frames, 1)
        precondition(
            x.shape.frames % parts == 0,
            "\(x.shape.frames) samples do not divide into \(a.shape.frames) parts")
        return x.shape.frames / parts
    }
}
