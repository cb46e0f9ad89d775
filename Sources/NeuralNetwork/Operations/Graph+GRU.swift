import CKernels

extension Graph {
    /// Gated recurrent unit over frames (Cho et al. 2014; reset gate applied after the recurrent
    /// product), zero initial state.
    ///
    /// - Parameters:
    ///   - gates: input part of the pre-activations [batch, frames, 3 hidden] in the order reset,
    ///     update, candidate (a `linear` of the input)
    ///   - recurrent: hidden rows of 3 hidden values
    ///   - bias: 3 hidden values of the recurrent part
    /// - Returns: states [batch, frames, hidden]
    public func gru(_ gates: Tensor<S>, recurrent: Tensor<S>, bias: Tensor<S>) -> Tensor<S> {
        let batch = gates.shape.batch
        let frames = gates.shape.frames
        let hidden = gates.shape.channels / 3
        let wide = 3 * hidden
        let kernels = kernels
        precondition(
            recurrent.count == hidden * wide && bias.count == wide,
            "recurrent weights \(recurrent.shape) for \(hidden) units")
        if let stream { return stream.gru(gates, recurrent: recurrent, bias: bias, self) }
        precondition(recurrent.panels == nil, "packed weights outside of a stream")
        let y = tensor(
            Shape(batch, frames, hidden),
            tracked: gates.grad != nil || recurrent.grad != nil || bias.grad != nil)
        let saved = scratch(batch * frames * 4 * hidden)
        let product = scratch(batch * wide)
        func fromState(_ t: Int) -> UnsafeMutablePointer<S>? {
            t > 0 ? y.data + (t - 1) * hidden : nil
        }
        for t in 0..<frames {
            kernels.pointee.setRows(bias.data, product, batch, wide)
            if let previous = fromState(t) {
                kernels.pointee.accProduct(
                    previous, frames * hidden, recurrent.data, wide, product, wide, batch, wide,
                    hidden)
            }
            kernels.pointee.gruStep(
                gates.data + t * wide, frames * wide, product, fromState(t), frames * hidden,
                saved + t * 4 * hidden, frames * 4 * hidden,
                y.data + t * hidden, frames * hidden, batch, hidden)
        }
        guard let dy = y.grad else { return y }
        record { [unowned self] in
            let dgh = scratch(batch * frames * wide)
            let dgi = scratch(batch * frames * wide)
            let dh = scratch(batch * hidden)
            let carry = scratch(batch * hidden)
            let transposed = scratch(hidden * wide)
            kernels.pointee.transpose(recurrent.data, transposed, 1, hidden, wide)
            kernels.pointee.fill(carry, 0, batch * hidden)
            for t in stride(from: frames - 1, through: 0, by: -1) {
                kernels.pointee.copyBlock(
                    dy + t * hidden, frames * hidden, dh, hidden, batch, hidden)
                kernels.pointee.accScaled(carry, 1, dh, batch * hidden)
                kernels.pointee.gruStepBackward(
                    saved + t * 4 * hidden, frames * 4 * hidden, fromState(t), frames * hidden, dh,
                    dgi + t * wide, frames * wide, dgh + t * wide,
                    frames * wide, carry, batch, hidden)
                kernels.pointee.accProduct(
                    dgh + t * wide, frames * wide, transposed, hidden, carry, hidden, batch, hidden,
                    wide)
            }
            if let dg = gates.grad { kernels.pointee.accScaled(dgi, 1, dg, batch * frames * wide) }
            if let db = bias.grad { kernels.pointee.accColumns(dgh, db, batch * frames, wide) }
            if let dw = recurrent.grad {
                for b in 0..<batch where frames > 1 {
                    multiply(
                        MatrixProduct(
                            a: y.data + b * frames * hidden, lda: hidden, transposeA: true,
                            b: dgh + (b * frames + 1) * wide, ldb: wide, c: dw, ldc: wide,
                            rows: hidden, columns: wide, inner: frames - 1, accumulate: true))
                }
            }
        }
        return y
    }
}
