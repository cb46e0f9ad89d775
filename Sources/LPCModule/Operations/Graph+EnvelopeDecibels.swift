import NeuralNetwork

extension Graph {
    /// Spectral envelope 1 / |A|^2 in dB of line spectral frequencies, without the detour through
    /// the predictor:
    ///
    ///     |A(e^jw)|^2 = cos^2(w/2) prod 4 (cos w - cos w_i)^2 over i = 0, 2, ... + sin^2(w/2) prod
    ///     4 (cos w - cos w_i)^2 over i = 1, 3, ...
    ///
    /// (P and Q of `LineSpectralFrequencies` are in quadrature on the unit circle; Soong and Juang
    /// 1984.)
    /// - Parameter x: [batch, frames, p], p even
    /// - Returns: [batch, frames, points] at w = (m + 1/2) pi / points
    public func envelopeDecibels(lineSpectrum x: Tensor<S>, points: Int) -> Tensor<S> {
        let p = x.shape.channels
        let rows = x.shape.rows
        precondition(p % 2 == 0 && points > 0, "\(p) line spectral frequencies, \(points) points")
        let y = tensor(Shape(x.shape.batch, x.shape.frames, points), tracked: x.grad != nil)
        let evaluator = LineSpectralEnvelope(order: p, points: points)
        Self.perRow(rows, p, from: x.data) { values, _, row in
            evaluator.forward(values) { m, value in y.data[row * points + m] = S(value) }
        }
        if let dx = x.grad, let dy = y.grad {
            record {
                Self.perRow(rows, p, from: x.data) { values, out, row in
                    for k in 0..<p { out[k] = 0 }
                    evaluator.backward(values, out) { m in Double(dy[row * points + m]) }
                    for k in 0..<p { dx[row * p + k] += S(out[k]) }
                }
            }
        }
        return y
    }
}

/// The formula of `Graph.envelopeDecibels` and its derivative, in double precision.
package struct LineSpectralEnvelope {
    private let order: Int
    /// cos w of every point.
    private let cosines: [Double]
    /// 10 / ln 10.
    private let scale: Double

    package init(order: Int, points: Int) {
        self.order = order
        cosines = (0..<points).map { Elementary.cosine((Double($0) + 0.5) * .pi / Double(points)) }
        scale = 10 / Elementary.naturalLogarithm(10)
    }

    func forward(_ lsf: UnsafePointer<Double>, _ put: (Int, Double) -> Void) {
        let roots = (0..<order).map { Elementary.cosine(lsf[$0]) }
        for (m, c) in cosines.enumerated() {
            var p = 0.5 * (1 + c)
            var q = 0.5 * (1 - c)
            for i in stride(from: 0, to: order, by: 2) {
                let a = 2 * (c - roots[i])
                let b = 2 * (c - roots[i + 1])
                p *= a * a
                q *= b * b
            }
            put(m, -scale * Elementary.naturalLogarithm(max(p + q, 1e-30)))
        }
    }

    /// Adds the gradient: d|A|^2 / dw_i = 8 sin w_i (cos w - cos w_i) times the other factors of
    /// its product.
    func backward(
        _ lsf: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>,
        _ gradient: (Int) -> Double
    ) {
        let roots = (0..<order).map { Elementary.cosine(lsf[$0]) }
        let sines = (0..<order).map { Elementary.sine(lsf[$0]) }
        // Products over the roots behind each one, per parity.
        var behind = [Double](repeating: 1, count: order + 2)
        for (m, c) in cosines.enumerated() {
            for i in stride(from: order - 1, through: 0, by: -1) {
                let a = 2 * (c - roots[i])
                behind[i] = behind[i + 2] * (a * a)
            }
            var front = (0.5 * (1 + c), 0.5 * (1 - c))
            let power = max(front.0 * behind[0] + front.1 * behind[1], 1e-30)
            let g = -scale * gradient(m) / power
            for i in 0..<order {
                let a = 2 * (c - roots[i])
                let others = (i % 2 == 0 ? front.0 : front.1) * behind[i + 2]
                out[i] += g * others * 4 * a * sines[i]
                if i % 2 == 0 { front.0 *= a * a } else { front.1 *= a * a }
            }
        }
    }

    /// Mean over the points of the squared derivative of the envelope (dB per radian) with respect
    /// to each line spectral frequency.
    package func sensitivities(_ lsf: [Double]) -> [Double] {
        let roots = lsf.map(Elementary.cosine)
        let sines = lsf.map(Elementary.sine)
        var result = [Double](repeating: 0, count: order)
        var behind = [Double](repeating: 1, count: order + 2)
        for c in cosines {
            for i in stride(from: order - 1, through: 0, by: -1) {
                let a = 2 * (c - roots[i])
                behind[i] = behind[i + 2] * (a * a)
            }
            var front = (0.5 * (1 + c), 0.5 * (1 - c))
            let factor = -scale / max(front.0 * behind[0] + front.1 * behind[1], 1e-30)
            for i in 0..<order {
                let a = 2 * (c - roots[i])
                let derivative =
                    factor * (i % 2 == 0 ? front.0 : front.1) * behind[i + 2] * 4 * a * sines[i]
                result[i] += derivative * derivative / Double(cosines.count)
                if i % 2 == 0 { front.0 *= a * a } else { front.1 *= a * a }
            }
        }
        return result
    }
}
