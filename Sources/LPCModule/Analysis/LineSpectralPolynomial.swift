/// The polynomials P and Q of line spectral frequencies, multiplied out from their second-order
/// sections.
enum LineSpectralPolynomial {
    /// Coefficients z^0 ... z^-n of a product of sections 1 - 2 c z^-1 + z^-2, where `skip` leaves
    /// one out.
    ///
    /// - Parameters:
    ///   - cosines: c of every section, `count` values `stride` apart
    ///   - out: room for 2 count + 1 values
    static func product(
        _ cosines: UnsafePointer<Double>, count: Int, stride: Int, skip: Int?,
        into out: UnsafeMutablePointer<Double>
    ) {
        out[0] = 1
        var degree = 0
        for i in 0..<count where i != skip {
            let b = -2 * cosines[i * stride]
            out[degree + 1] = 0
            out[degree + 2] = 0
            for n in Swift.stride(from: degree + 2, through: 1, by: -1) {
                out[n] += b * out[n - 1] + (n >= 2 ? out[n - 2] : 0)
            }
            degree += 2
        }
    }

    /// a1 ... ap from line spectral frequencies.
    static func predictor(
        _ lsf: UnsafePointer<Double>, order: Int, into a: UnsafeMutablePointer<Double>
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * order + 8) { memory in
            guard let cosines = memory.baseAddress else { return }
            let p = cosines + order
            let q = p + order + 2
            for i in 0..<order { cosines[i] = Elementary.cosine(lsf[i]) }
            product(cosines, count: order / 2, stride: 2, skip: nil, into: p)
            product(cosines + 1, count: order / 2, stride: 2, skip: nil, into: q)
            // P = (1 + z^-1) p, Q = (1 - z^-1) q
            for k in 1...order { a[k - 1] = 0.5 * ((p[k] + p[k - 1]) + (q[k] - q[k - 1])) }
        }
    }

    /// Adds J^T g to `out`, where J = d a / d lsf: dP / dw_i = 2 sin(w_i) z^-1 (1 + z^-1) times the
    /// other sections of P, likewise Q.
    static func backward(
        _ lsf: UnsafePointer<Double>, order: Int, gradient g: UnsafePointer<Double>,
        into out: UnsafeMutablePointer<Double>
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * order + 8) { memory in
            guard let cosines = memory.baseAddress else { return }
            let rest = cosines + order
            for i in 0..<order { cosines[i] = Elementary.cosine(lsf[i]) }
            for i in 0..<order {
                let parity = i % 2
                product(cosines + parity, count: order / 2, stride: 2, skip: i / 2, into: rest)
                // rest has degree order - 2; times z^-1 (1 +- z^-1): coefficients of z^-1 ...
                // z^-order.
                let sign = parity == 0 ? 1.0 : -1.0
                var sum = 0.0
                for k in 1...order {
                    let upper = k - 1 <= order - 2 ? rest[k - 1] : 0
                    let lower = k >= 2 ? rest[k - 2] : 0
                    sum += g[k - 1] * (upper + sign * lower)
                }
                out[i] += Elementary.sine(lsf[i]) * sum
            }
        }
    }
}
