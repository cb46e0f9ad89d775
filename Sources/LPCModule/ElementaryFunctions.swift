#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Functions of one number.
enum Elementary {
    /// Cosine on [0, pi] by additions and multiplications in a fixed order, so that every machine
    /// gets the same bits (a C library does not promise that). Taylor series around 0 after halving
    /// the angle twice; error below 1e-15.
    @inline(__always)
    static func cosine(_ angle: Double) -> Double {
        let x = angle * 0.25
        let s = x * x
        // 1 - cos(x) without cancellation: s / 2! - s^2 / 4! + ... up to s^9 / 18!
        var sum = 0.0
        var n = 18.0
        while n >= 2 {
            sum = (1 - sum) * s / (n * (n - 1))
            n -= 2
        }
        // versine v = 1 - cos(x): 1 - cos(2 x) = 2 v (2 - v), twice
        let half = 2 * sum * (2 - sum)
        let whole = 2 * half * (2 - half)
        return 1 - whole
    }

    /// Sine on [0, pi], from `cosine` of the half angle's complement.
    @inline(__always)
    static func sine(_ angle: Double) -> Double { cosine(abs(.pi / 2 - angle)) }

    static func arcCosine(_ x: Double) -> Double { acos(x) }
    static func exponential(_ x: Double) -> Double { exp(x) }
    static func naturalLogarithm(_ x: Double) -> Double { log(x) }
    static func logarithm10(_ x: Double) -> Double { log10(x) }
}
