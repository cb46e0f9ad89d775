import CKernels

// Convolutions of stride 1 with a single channel on one side, where tap-by-tap products would have
// one row or column and run at the speed of memory: all taps go into one product, and what is left
// is shifted sums.

extension Graph {
    /// Many channels to one: P[j][s] = sum_i W[j, i] x[s, i] over all frames s of all items; y[t] =
    /// bias + sum_j P[j][t + j dilation - padBefore].
    func convolutionToOneChannel(
        _ x: Tensor<S>, weight: Tensor<S>, bias: Tensor<S>?, _ g: ConvolutionGeometry
    ) -> Tensor<S> {
        let batch = x.shape.batch
        let input = x.shape.channels
        let n = x.shape.frames
        let frames = g.outputFrames(n)
        let rows = batch * n
        let kernels = kernels
        let y = tensor(
            Shape(batch, frames, 1),
            tracked: x.grad != nil || weight.grad != nil || bias?.grad != nil)
        let products = scratch(g.taps * rows)
        multiply(
            MatrixProduct(
                a: weight.data, lda: input, b: x.data, ldb: input, transposeB: true, c: products,
                ldc: rows, rows: g.taps, columns: rows, inner: input))
        kernels.pointee.fill(y.data, bias?.data[0] ?? 0, y.count)
        let reach = g.reach(frames: n)
        for b in 0..<batch {
            for r in reach {
                kernels.pointee.accScaled(
                    products + r.tap * rows + b * n + r.source, 1, y.data + b * frames + r.first,
                    r.count)
            }
        }
        guard let dy = y.grad else { return y }
        record { [unowned self] in
            if let db = bias?.grad { db[0] += kernels.pointee.sum(dy, batch * frames) }
            guard weight.grad != nil || x.grad != nil else { return }
            let spread = scratch(g.taps * rows)
            kernels.pointee.fill(spread, 0, g.taps * rows)
            for b in 0..<batch {
                for r in reach {
                    kernels.pointee.accScaled(
                        dy + b * frames + r.first, 1, spread + r.tap * rows + b * n + r.source,
                        r.count)
                }
            }
            if let dw = weight.grad {
                multiply(
                    MatrixProduct(
                        a: spread, lda: rows, b: x.data, ldb: input, c: dw, ldc: input,
                        rows: g.taps, columns: input, inner: rows, accumulate: true))
            }
            if let dx = x.grad {
                multiply(
                    MatrixProduct(
                        a: spread, lda: rows, transposeA: true, b: weight.data, ldb: input, c: dx,
                        ldc: input, rows: rows, columns: input, inner: g.taps,
                        accumulate: true))
            }
        }
        return y
    }

    /// One channel to many: rows of taps side by side times the weights; dx[s] = sum_j Q[j][s - j
    /// dilation + padBefore], Q[j][t] = sum_o W[j, o] dy[t, o].
    func convolutionOfOneChannel(
        _ x: Tensor<S>, weight: Tensor<S>, bias: Tensor<S>?, _ g: ConvolutionGeometry
    ) -> Tensor<S> {
        let batch = x.shape.batch
        let output = weight.shape.channels
        let n = x.shape.frames
        let frames = g.outputFrames(n)
        let rows = batch * frames
        let kernels = kernels
        let y = tensor(
            Shape(batch, frames, output),
            tracked: x.grad != nil || weight.grad != nil || bias?.grad != nil)
        let wide = unfold(x.detached, g)
        if let bias {
            kernels.pointee.setRows(bias.data, y.data, rows, output)
        } else {
            kernels.pointee.fill(y.data, 0, y.count)
        }
        multiply(
            MatrixProduct(
                a: wide.data, lda: g.taps, b: weight.data, ldb: output, c: y.data, ldc: output,
                rows: rows, columns: output, inner: g.taps,
                accumulate: true))
        guard let dy = y.grad else { return y }
        record { [unowned self] in
            if let db = bias?.grad { kernels.pointee.accColumns(dy, db, rows, output) }
            if let dw = weight.grad {
                multiply(
                    MatrixProduct(
                        a: wide.data, lda: g.taps, transposeA: true, b: dy, ldb: output, c: dw,
                        ldc: output, rows: g.taps, columns: output, inner: rows,
                        accumulate: true))
            }
            if let dx = x.grad {
                let products = scratch(g.taps * rows)
                multiply(
                    MatrixProduct(
                        a: weight.data, lda: output, b: dy, ldb: output, transposeB: true,
                        c: products, ldc: rows, rows: g.taps, columns: rows,
                        inner: output))
                let reach = g.reach(frames: n)
                for b in 0..<batch {
                    for r in reach {
                        kernels.pointee.accScaled(
                            products + r.tap * rows + b * frames + r.first, 1,
                            dx + b * n + r.source, r.count)
                    }
                }
            }
        }
        return y
    }
}

extension ConvolutionGeometry {
    /// For each tap that meets any of `frames` input frames at stride 1: the output frames it adds
    /// to, and the input frame the first of them reads.
    fileprivate func reach(frames: Int) -> [(tap: Int, first: Int, count: Int, source: Int)] {
        let outputs = outputFrames(frames)
        return (0..<taps).compactMap { j in
            let shift = j * dilation - padBefore
            let first = max(-shift, 0)
            let end = min(outputs, frames - shift)
            return end > first ? (j, first, end - first, first + shift) : nil
        }
    }
}
