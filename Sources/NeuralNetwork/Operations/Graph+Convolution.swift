import CKernels

/// Geometry of a 1-D convolution over [batch, frames, channels].
public struct ConvolutionGeometry: Sendable, Equatable, Codable {
    public var taps: Int
    public var stride = 1
    public var dilation = 1
    /// Zeros before the first and after the last frame.
    public var padBefore = 0
    public var padAfter = 0

    public init(
        taps: Int, stride: Int = 1, dilation: Int = 1, padBefore: Int = 0, padAfter: Int = 0
    ) {
        self.taps = taps
        self.stride = stride
        self.dilation = dilation
        self.padBefore = padBefore
        self.padAfter = padAfter
    }

    /// Zero padding as in Docs/papers.md, B.4 ("SAME"): (taps - 1) dilation / 2 on both sides at
    /// stride 1; the odd rest goes after.
    public static func same(taps: Int, stride: Int = 1, dilation: Int = 1) -> Self {
        let total = max((taps - 1) * dilation + 1 - stride, 0)
        return Self(
            taps: taps, stride: stride, dilation: dilation, padBefore: total / 2,
            padAfter: total - total / 2)
    }

    public var span: Int { (taps - 1) * dilation + 1 }
    /// Positions of the kernel inside the padded frames; 0 when they are shorter than the kernel.
    public func outputFrames(_ frames: Int) -> Int {
        let room = frames + padBefore + padAfter - span
        return room < 0 ? 0 : room / stride + 1
    }
}

extension Graph {
    /// 1-D convolution y[t] = bias + sum_j W[j] x[t stride + j dilation - padBefore] as shifted
    /// matrix products.
    ///
    /// - Parameters:
    ///   - x: [batch, frames, in]
    ///   - weight: taps * in rows of `out` values, row (j * in + i)
    ///   - bias: `out` values or nil
    /// - Returns: [batch, outputFrames, out]
    @_specialize(where S == Float)
    public func convolution(
        _ x: Tensor<S>, weight: Tensor<S>, bias: Tensor<S>?, _ geometry: ConvolutionGeometry
    ) -> Tensor<S> {
        let input = x.shape.channels
        let output = weight.shape.channels
        let g = geometry
        precondition(
            weight.count == g.taps * input * output,
            "weights \(weight.shape) for \(g.taps) taps and \(input) channels")
        if let stream { return stream.convolution(x, weight: weight, bias: bias, g, self) }
        precondition(weight.panels == nil, "packed weights outside of a stream")
        if output == 1 && g.taps > 1 && g.stride == 1 && input >= 8 {
            return convolutionToOneChannel(x, weight: weight, bias: bias, g)
        }
        if input == 1 && g.taps > 1 && g.stride == 1 {
            return convolutionOfOneChannel(x, weight: weight, bias: bias, g)
        }
        if input * g.stride < 8 && g.taps > 1 {
            let wide = unfold(x, g)
            return convolution(
                wide, weight: weight.reshaped(1, g.taps * input, output), bias: bias,
                ConvolutionGeometry(taps: 1))
        }
        let padded = pad(x, before: g.padBefore, after: g.padAfter)
        let frames = g.outputFrames(x.shape.frames)
        let batch = x.shape.batch
        let y = tensor(
            Shape(batch, frames, output),
            tracked: x.grad != nil || weight.grad != nil || bias?.grad != nil)
        let kernels = kernels
        // Zeros where there is no bias; every product adds. (Products that overwrite instead came
        // out wrong from the optimiser of Swift 6.3.1 for layers without bias in double precision:
        // their `accumulate` was taken for true.)
        if let bias {
            kernels.pointee.setRows(bias.data, y.data, batch * frames, output)
        } else {
            kernels.pointee.fill(y.data, 0, y.count)
        }
        let pieces = Self.pieces(g, channels: input)
        let step = g.stride * input
        // Items without padding between them can run as one product of all rows.
        let joined = g.taps == 1 && g.stride == 1
        let items = joined ? 1 : batch
        let rows = joined ? batch * frames : frames
        let itemIn = padded.shape.frames * input
        let itemOut = frames * output
        for b in 0..<items {
            for piece in pieces {
                multiply(
                    MatrixProduct(
                        a: padded.data + b * itemIn + piece.source, lda: step,
                        b: weight.data + piece.row * output, ldb: output,
                        c: y.data + b * itemOut, ldc: output, rows: rows, columns: output,
                        inner: piece.count, accumulate: true))
            }
        }
        guard let dy = y.grad else { return y }
        record { [unowned self] in
            if let db = bias?.grad { kernels.pointee.accColumns(dy, db, batch * frames, output) }
            for b in 0..<items {
                for piece in pieces {
                    if let dw = weight.grad {
                        multiply(
                            MatrixProduct(
                                a: padded.data + b * itemIn + piece.source, lda: step,
                                transposeA: true, b: dy + b * itemOut, ldb: output,
                                c: dw + piece.row * output, ldc: output, rows: piece.count,
                                columns: output, inner: rows, accumulate: true))
                    }
                    if let dx = padded.grad {
                        multiply(
                            MatrixProduct(
                                a: dy + b * itemOut, lda: output,
                                b: weight.data + piece.row * output, ldb: output, transposeB: true,
                                c: dx + b * itemIn + piece.source, ldc: step, rows: rows,
                                columns: piece.count, inner: output, accumulate: true))
                    }
                }
            }
        }
        return y
    }

    /// Transposed convolution (the adjoint of `convolution` with stride): y[t stride + j] += x[t]
    /// W[:, j], cropped by the padding.
    ///
    /// - Parameters:
    ///   - x: [batch, frames, in]
    ///   - weight: `in` rows of taps * out values, column (j * out + o)
    /// - Returns: [batch, (frames - 1) stride + taps - padBefore - padAfter, out]
    @_specialize(where S == Float)
    public func transposedConvolution(
        _ x: Tensor<S>, weight: Tensor<S>, bias: Tensor<S>?, _ g: ConvolutionGeometry
    ) -> Tensor<S> {
        let input = x.shape.channels
        let output = weight.count / (g.taps * input)
        let batch = x.shape.batch
        let frames = x.shape.frames
        precondition(
            weight.count == input * g.taps * output && g.dilation == 1,
            "weights \(weight.shape) for \(g)")
        if let stream {
            return stream.transposedConvolution(x, weight: weight, bias: bias, g, self)
        }
        precondition(weight.panels == nil, "packed weights outside of a stream")
        let whole = frames > 0 ? (frames - 1) * g.stride + g.taps : 0
        let width = g.taps * output
        let step = g.stride * output
        // Room for whole steps of rows, so that shifted products never reach past the end.
        let roomFrames = (frames + (g.taps + g.stride - 1) / g.stride) * g.stride
        let y = tensor(
            Shape(batch, roomFrames, output), tracked: x.grad != nil || weight.grad != nil)
        let kernels = kernels
        kernels.pointee.fill(y.data, 0, y.count)
        let pieces = stride(from: 0, to: width, by: step).map {
            (at: $0, count: min(step, width - $0))
        }
        for b in 0..<batch {
            for piece in pieces {
                multiply(
                    MatrixProduct(
                        a: x.data + b * frames * input, lda: input, b: weight.data + piece.at,
                        ldb: width, c: y.data + b * roomFrames * output + piece.at,
                        ldc: step, rows: frames, columns: piece.count, inner: input,
                        accumulate: true))
            }
        }
        if let dy = y.grad {
            record { [unowned self] in
                for b in 0..<batch {
                    for piece in pieces {
                        let da = dy + b * roomFrames * output + piece.at
                        if let dw = weight.grad {
                            multiply(
                                MatrixProduct(
                                    a: x.data + b * frames * input, lda: input, transposeA: true,
                                    b: da, ldb: step, c: dw + piece.at, ldc: width,
                                    rows: input, columns: piece.count, inner: frames,
                                    accumulate: true))
                        }
                        if let dx = x.grad {
                            multiply(
                                MatrixProduct(
                                    a: da, lda: step, b: weight.data + piece.at, ldb: width,
                                    transposeB: true, c: dx + b * frames * input, ldc: input,
                                    rows: frames, columns: input, inner: piece.count,
                                    accumulate: true))
                        }
                    }
                }
            }
        }
        let first = min(g.padBefore, whole)
        let cropped = self.frames(y, first..<max(first, whole - g.padAfter))
        return bias.map { addChannels(cropped, $0) } ?? cropped
    }

    /// Depthwise convolution: every channel with its own taps; `weight` holds taps rows of channels
    /// values.
    public func depthwiseConvolution(_ x: Tensor<S>, weight: Tensor<S>, _ g: ConvolutionGeometry)
        -> Tensor<S>
    {
        let c = x.shape.channels
        let frames = g.outputFrames(x.shape.frames)
        let kernels = kernels
        precondition(
            weight.count == g.taps * c,
            "weights \(weight.shape) for \(g.taps) taps of \(c) channels")
        if let stream { return stream.depthwiseConvolution(x, weight: weight, g, self) }
        let padded = pad(x, before: g.padBefore, after: g.padAfter)
        let y = tensor(
            Shape(x.shape.batch, frames, c), tracked: x.grad != nil || weight.grad != nil)
        let item = padded.shape.frames * c
        for b in 0..<x.shape.batch {
            kernels.pointee.depthwise(
                padded.data + b * item, weight.data, y.data + b * frames * c, frames, c, g.taps,
                g.stride, g.dilation)
        }
        if let dy = y.grad {
            record {
                for b in 0..<x.shape.batch {
                    kernels.pointee.depthwiseBackward(
                        padded.data + b * item, weight.data, dy + b * frames * c,
                        padded.grad.map { $0 + b * item }, weight.grad, frames, c, g.taps,
                        g.stride, g.dilation)
                }
            }
        }
        return y
    }

    /// Rows of all taps side by side: [batch, outputFrames, taps * channels]; for inputs of few
    /// channels.
    func unfold(_ x: Tensor<S>, _ g: ConvolutionGeometry) -> Tensor<S> {
        let padded = pad(x, before: g.padBefore, after: g.padAfter)
        let frames = g.outputFrames(x.shape.frames)
        let c = x.shape.channels
        let y = tensor(Shape(x.shape.batch, frames, g.taps * c), tracked: x.grad != nil)
        let width = g.taps * c
        let kernels = kernels
        // Without dilation all taps of a row lie side by side; rows overlap, which copying and
        // adding row after row allows.
        let runs =
            g.dilation == 1
            ? [(source: 0, row: 0, count: width)]
            : (0..<g.taps).map { (source: $0 * g.dilation * c, row: $0 * c, count: c) }
        for b in 0..<x.shape.batch {
            let source = padded.data + b * padded.shape.frames * c
            let target = y.data + b * frames * width
            for run in runs {
                kernels.pointee.copyBlock(
                    source + run.source, g.stride * c, target + run.row, width, frames, run.count)
            }
        }
        if let dx = padded.grad, let dy = y.grad {
            record {
                for b in 0..<x.shape.batch {
                    let target = dx + b * padded.shape.frames * c
                    let source = dy + b * frames * width
                    for run in runs {
                        kernels.pointee.accBlock(
                            source + run.row, width, target + run.source, g.stride * c, frames,
                            run.count)
                    }
                }
            }
        }
        return y
    }

    /// A kernel cut into runs of at most one stride of contiguous input, the widest that rows of a
    /// matrix may be without overlapping.
    private static func pieces(_ g: ConvolutionGeometry, channels: Int) -> [(
        source: Int, row: Int, count: Int
    )] {
        if g.dilation > 1 || g.stride == 1 {
            return (0..<g.taps).map { ($0 * g.dilation * channels, $0 * channels, channels) }
        }
        let run = g.stride * channels
        let width = g.taps * channels
        return stride(from: 0, to: width, by: run).map { ($0, $0, min(run, width - $0)) }
    }
}
