/// Clamps to what an activation may be.
@inline(__always)
func activation(_ x: Int) -> Int16 { Int16(truncatingIfNeeded: max(-2047, min(2047, x))) }

/// asinh(n) in Q8 for magnitudes of symbols, n = 0...1023 (larger ones saturate): floor(256
/// asinh(n) + 1/2), computed once from a table of thresholds in integers would cost more than it
/// gives; these values are far from halves, so any correct library gives the same integers (checked
/// by a test).
enum SymbolMagnitude {
    static let table: [Int16] = (0..<1024).map { n in
        let x = Double(n)
        return Int16(min(2047, (256 * logarithm(x + (x * x + 1).squareRoot())).rounded()))
    }

    @inline(__always)
    static func q8(_ magnitude: Int) -> Int16 { table[min(magnitude, 1023)] }

    /// Natural logarithm of x >= 1 by IEEE operations in a fixed order only (series of atanh), so
    /// that it is the same on every machine.
    static func logarithm(_ x: Double) -> Double {
        var y = x
        var exponent = 0.0
        while y > 1.5 {
            y /= 2
            exponent += 1
        }
        let t = (y - 1) / (y + 1)
        let t2 = t * t
        var sum = 0.0
        for k in stride(from: 39, through: 1, by: -2) { sum = sum * t2 + 1 / Double(k) }
        return 2 * t * sum + exponent * 0.693147180559945309417
    }
}
