/// Powers of two and logarithms from additions, multiplications and divisions only: the same on
/// every machine, so that neither tables nor an encoder's decisions depend on a C library.
enum Approximation {
    /// With x = 2^e m, m in 1 / sqrt(2) ... sqrt(2), and s = (m - 1) / (m + 1): e + 2 / ln 2 (s +
    /// s^3 / 3 + s^5 / 5 + ...); |s| <= 0.1716, and eleven terms leave less than 1e-17.
    /// - Parameter x: 0 is returned for what is not positive and finite
    static func log2(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return 0 }
        var exponent = Double(x.exponent)
        var mantissa = x.significand
        if mantissa > 1.4142135623730951 {
            mantissa *= 0.5
            exponent += 1
        }
        let s = (mantissa - 1) / (mantissa + 1)
        let square = s * s
        var sum = 0.0
        for order in stride(from: 21, through: 1, by: -2) { sum = sum * square + 1 / Double(order) }
        return exponent + 2.8853900817779268 * s * sum
    }

    /// By the series of e^x, for the fraction of x; 1e-14 relative.
    static func exp2(_ x: Double) -> Double {
        let n = x.rounded(.down)
        let f = (x - n) * 0.6931471805599453
        var sum = 1.0
        var term = 1.0
        for k in 1...14 {
            term *= f / Double(k)
            sum += term
        }
        return Double(sign: .plus, exponent: Int(max(-1000, min(1000, n))), significand: sum)
    }
}
