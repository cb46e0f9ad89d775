/// Powers of two and logarithms, the same on every machine, without a mathematical library: about
/// 1e-9 relative, monotone enough for tables.
enum Approximation {
    static func log2(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return 0 }
        let s = x.significand
        let t = (s - 1) / (s + 1)
        let t2 = t * t
        var sum = 0.0
        for k in stride(from: 21, through: 1, by: -2) { sum = sum * t2 + 1 / Double(k) }
        return Double(x.exponent) + 2 * t * sum * 1.4426950408889634
    }

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
