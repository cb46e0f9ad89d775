import NeuralNetwork

extension Graph {
    /// Predictor coefficients a1 ... ap from line spectral frequencies, both [batch, frames, p], p
    /// even; see `LineSpectralFrequencies.predictor`. The gradient is the exact one, through the
    /// second-order sections (product rule). Arithmetic is in double precision.
    public func linearPredictor(lineSpectrum x: Tensor<S>) -> Tensor<S> {
        let p = x.shape.channels
        let rows = x.shape.rows
        precondition(p % 2 == 0 && p > 0, "order \(p) of line spectral frequencies is not even")
        let y = tensor(x.shape, tracked: x.grad != nil)
        Self.perRow(rows, p, from: x.data) { values, out, row in
            LineSpectralPolynomial.predictor(values, order: p, into: out)
            for k in 0..<p { y.data[row * p + k] = S(out[k]) }
        }
        if let dx = x.grad, let dy = y.grad {
            record {
                var gradient = [Double](repeating: 0, count: p)
                Self.perRow(rows, p, from: x.data) { values, out, row in
                    for k in 0..<p {
                        gradient[k] = Double(dy[row * p + k])
                        out[k] = 0
                    }
                    LineSpectralPolynomial.backward(values, order: p, gradient: gradient, into: out)
                    for k in 0..<p { dx[row * p + k] += S(out[k]) }
                }
            }
        }
        return y
    }

    /// Calls `body` with each row as doubles and room for as many results.
    static func perRow(
        _ rows: Int, _ columns: Int, from data: UnsafeMutablePointer<S>,
        _ body: (UnsafePointer<Double>, UnsafeMutablePointer<Double>, Int) -> Void
    ) {
        var values = [Double](repeating: 0, count: columns)
        var out = values
        values.withUnsafeMutableBufferPointer { values in
            out.withUnsafeMutableBufferPointer { out in
                guard let values = values.baseAddress, let out = out.baseAddress else { return }
                for row in 0..<rows {
                    for k in 0..<columns { values[k] = Double(data[row * columns + k]) }
                    body(values, out, row)
                }
            }
        }
    }

    /// Values moved apart as by `LineSpectralSeparation.separate`: rising, at least `gap` between
    /// neighbours and from 0 and pi. The gradient goes to the value that decided the result.
    public func separated(lineSpectrum x: Tensor<S>, gap: Double) -> Tensor<S> {
        let p = x.shape.channels
        let rows = x.shape.rows
        precondition(
            Double(p + 1) * gap < .pi && gap > 0, "gap \(gap) for \(p) line spectral frequencies")
        let y = tensor(x.shape, tracked: x.grad != nil)
        // Index of the value that decided, -1 where a bound did.
        var source = [Int](repeating: -1, count: x.count)
        for row in 0..<rows {
            let at = row * p
            var lowest = S(gap)
            var winner = -1
            for i in at..<at + p {
                if x.data[i] >= lowest { (lowest, winner) = (x.data[i], i) }
                y.data[i] = lowest
                source[i] = winner
                lowest += S(gap)
            }
            var highest = S(Double.pi - gap)
            winner = -1
            for i in (at..<at + p).reversed() {
                if y.data[i] <= highest { (highest, winner) = (y.data[i], source[i]) }
                y.data[i] = highest
                source[i] = winner
                highest -= S(gap)
            }
        }
        if let dx = x.grad, let dy = y.grad {
            record { for i in 0..<x.count where source[i] >= 0 { dx[source[i]] += dy[i] } }
        }
        return y
    }

    /// Between frames: y[t steps + s] = x[t-1] + (s + 1) / steps (x[t] - x[t-1]), x[-1] = x[0];
    /// [batch, frames, c] -> [batch, frames steps, c]. The interpolation of the streaming filters.
    public func interpolatedFrames(_ x: Tensor<S>, steps: Int) -> Tensor<S> {
        precondition(steps > 0)
        let c = x.shape.channels
        let frames = x.shape.frames
        let batch = x.shape.batch
        let y = tensor(Shape(batch, frames * steps, c), tracked: x.grad != nil)
        func visit(_ body: (_ output: Int, _ before: Int, _ own: Int, _ weight: S) -> Void) {
            for b in 0..<batch {
                for t in 0..<frames {
                    let own = (b * frames + t) * c
                    let before = t > 0 ? own - c : own
                    for s in 0..<steps {
                        body((own * steps) + s * c, before, own, S(s + 1) / S(steps))
                    }
                }
            }
        }
        visit { out, before, own, weight in
            for k in 0..<c {
                y.data[out + k] =
                    x.data[before + k] + weight * (x.data[own + k] - x.data[before + k])
            }
        }
        if let dx = x.grad, let dy = y.grad {
            record {
                visit { out, before, own, weight in
                    for k in 0..<c {
                        dx[before + k] += (1 - weight) * dy[out + k]
                        dx[own + k] += weight * dy[out + k]
                    }
                }
            }
        }
        return y
    }
}
