/// Base-2 logarithm from additions, multiplications and divisions only, so that encoder decisions
/// do not depend on a C library.
///
/// With x = 2^e * m, m in 1/sqrt 2 ... sqrt 2 and s = (m - 1) / (m + 1): log2 x = e + 2 / ln 2 * (s
/// + s^3/3 + s^5/5 + ...); |s| <= 0.1716, and eleven terms leave less than 1e-17.
/// - Parameter x: positive and finite.
func binaryLogarithm(_ x: Double) -> Double {
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
