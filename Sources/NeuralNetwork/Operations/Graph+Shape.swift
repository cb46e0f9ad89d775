import CKernels

extension Graph {
    /// Joins tensors along channels.
    @_specialize(where S == Float)
    public func concatenate(_ parts: [Tensor<S>]) -> Tensor<S> {
        let parts = stream?.align(parts) ?? parts
        guard let first = parts.first else { preconditionFailure("nothing to concatenate") }
        let total = parts.reduce(0) { $0 + $1.shape.channels }
        let rows = first.shape.rows
        let kernels = kernels
        let y = tensor(
            Shape(first.shape.batch, first.shape.frames, total),
            tracked: parts.contains { $0.grad != nil })
        var at = 0
        for part in parts {
            precondition(part.shape.rows == rows, "rows of \(part.shape) and \(first.shape)")
            kernels.pointee.copyBlock(
                part.data, part.shape.channels, y.data + at, total, rows, part.shape.channels)
            if let dp = part.grad, let dy = y.grad {
                let offset = at
                let width = part.shape.channels
                record { kernels.pointee.accBlock(dy + offset, total, dp, width, rows, width) }
            }
            at += part.shape.channels
        }
        return y
    }

    /// Channels `range` of x.
    @_specialize(where S == Float)
    public func channels(_ x: Tensor<S>, _ range: Range<Int>) -> Tensor<S> {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= x.shape.channels,
            "channels \(range) of \(x.shape)")
        let rows = x.shape.rows
        let width = range.count
        let stride = x.shape.channels
        let kernels = kernels
        let y = tensor(Shape(x.shape.batch, x.shape.frames, width), tracked: x.grad != nil)
        kernels.pointee.copyBlock(x.data + range.lowerBound, stride, y.data, width, rows, width)
        if let dx = x.grad, let dy = y.grad {
            record {
                kernels.pointee.accBlock(dy, width, dx + range.lowerBound, stride, rows, width)
            }
        }
        return y
    }

    /// y[t] = x[t - frames] with zeros where x does not reach; a negative count looks ahead.
    public func delay(_ x: Tensor<S>, by frames: Int) -> Tensor<S> {
        if let stream { return stream.delay(x, by: frames) }
        let y = pad(x, before: max(frames, 0), after: max(-frames, 0))
        return self.frames(y, frames >= 0 ? 0..<x.shape.frames : -frames..<x.shape.frames - frames)
    }

    /// Zeros before and after the frames of every item.
    public func pad(_ x: Tensor<S>, before: Int, after: Int) -> Tensor<S> {
        if before == 0 && after == 0 { return x }
        precondition(stream == nil, "padding by itself is not part of a stream")
        let n = x.shape.frames + before + after
        let c = x.shape.channels
        let kernels = kernels
        let y = tensor(Shape(x.shape.batch, n, c), tracked: x.grad != nil)
        for b in 0..<x.shape.batch {
            let row = y.data + b * n * c
            kernels.pointee.fill(row, 0, before * c)
            (row + before * c).update(
                from: x.data + b * x.shape.frames * c, count: x.shape.frames * c)
            kernels.pointee.fill(row + (before + x.shape.frames) * c, 0, after * c)
        }
        if let dx = x.grad, let dy = y.grad {
            record {
                for b in 0..<x.shape.batch {
                    kernels.pointee.accScaled(
                        dy + (b * n + before) * c, 1, dx + b * x.shape.frames * c,
                        x.shape.frames * c)
                }
            }
        }
        return y
    }

    /// Frames `range` of every item.
    public func frames(_ x: Tensor<S>, _ range: Range<Int>) -> Tensor<S> {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= x.shape.frames,
            "frames \(range) of \(x.shape)")
        precondition(stream == nil, "a stream has no numbered frames")
        if range.count == x.shape.frames { return x }
        let c = x.shape.channels
        let n = range.count
        let kernels = kernels
        let y = tensor(Shape(x.shape.batch, n, c), tracked: x.grad != nil)
        for b in 0..<x.shape.batch {
            (y.data + b * n * c).update(
                from: x.data + (b * x.shape.frames + range.lowerBound) * c, count: n * c)
        }
        if let dx = x.grad, let dy = y.grad {
            record {
                for b in 0..<x.shape.batch {
                    kernels.pointee.accScaled(
                        dy + b * n * c, 1, dx + (b * x.shape.frames + range.lowerBound) * c, n * c)
                }
            }
        }
        return y
    }

    /// Every frame `factor` times in a row.
    @_specialize(where S == Float)
    public func repeatFrames(_ x: Tensor<S>, _ factor: Int) -> Tensor<S> {
        let width = x.shape.channels
        let rows = x.shape.rows
        let kernels = kernels
        let y = tensor(Shape(x.shape.batch, x.shape.frames * factor, width), tracked: x.grad != nil)
        for r in 0..<rows {
            kernels.pointee.setRows(x.data + r * width, y.data + r * factor * width, factor, width)
        }
        if let dx = x.grad, let dy = y.grad {
            record {
                for r in 0..<rows {
                    kernels.pointee.accColumns(
                        dy + r * factor * width, dx + r * width, factor, width)
                }
            }
        }
        return y
    }

    /// One row per item [batch, 1, channels] repeated over `frames`.
    public func broadcastFrames(_ x: Tensor<S>, _ frames: Int) -> Tensor<S> {
        precondition(x.shape.frames == 1)
        return repeatFrames(x, frames)
    }

    /// Features of every time-frequency point from its neighbourhood in several maps [batch,
    /// frames, bins]: output [batch, frames * bins, taps.count], value = map[t + dt][k + dk], 0
    /// outside. Lags with dt < 0, or dt = 0 and dk < 0, are causal.
    public func neighbourhood(_ taps: [(map: Tensor<S>, dt: Int, dk: Int)]) -> Tensor<S> {
        guard let first = taps.first?.map.shape else { preconditionFailure("no taps") }
        let y = tensor(
            Shape(first.batch, first.frames * first.channels, taps.count),
            tracked: taps.contains { $0.map.grad != nil })
        let kernels = kernels
        let plane = first.frames * first.channels
        for (f, tap) in taps.enumerated() {
            precondition(tap.map.shape == first, "maps \(tap.map.shape) and \(first)")
            precondition(
                stream == nil || tap.dt == 0, "neighbours in other frames are not kept in a stream")
            for b in 0..<first.batch {
                kernels.pointee.neighbour(
                    tap.map.data + b * plane, first.frames, first.channels, Int32(tap.dt),
                    Int32(tap.dk), y.data + b * plane * taps.count + f, taps.count)
            }
            if let dm = tap.map.grad, let dy = y.grad {
                record {
                    for b in 0..<first.batch {
                        kernels.pointee.neighbourBackward(
                            dy + b * plane * taps.count + f, first.frames, first.channels,
                            Int32(tap.dt), Int32(tap.dk), dm + b * plane, taps.count)
                    }
                }
            }
        }
        return y
    }

    /// Sub-pixel shuffle (Shi et al. 2016): out[t r + j, c] = in[t, c r + j].
    public func subPixelShuffle(_ x: Tensor<S>, _ r: Int) -> Tensor<S> {
        let c = x.shape.channels / r
        let rows = x.shape.rows
        precondition(
            c * r == x.shape.channels, "\(x.shape.channels) channels do not divide by \(r)")
        let y = tensor(Shape(x.shape.batch, x.shape.frames * r, c), tracked: x.grad != nil)
        let kernels = kernels
        kernels.pointee.transpose(x.data, y.data, rows, c, r)
        if let dx = x.grad, let dy = y.grad {
            record { kernels.pointee.accTranspose(dy, dx, rows, r, c) }
        }
        return y
    }
}
