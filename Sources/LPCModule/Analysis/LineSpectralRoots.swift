/// Root search for line spectral frequencies (Kabal and Ramachandran, "The computation of line
/// spectral frequencies using Chebyshev polynomials", IEEE Trans. ASSP 34, 1986).
///
/// Without their fixed roots at z = 1 and -1, P and Q are symmetric, hence on the unit circle
/// series of Chebyshev polynomials in x = cos w.
enum LineSpectralRoots {
    /// Frequencies at which the sign of the two series is looked up at first; doubled until all
    /// roots are separated.
    private static let coarsest = 256
    private static let finest = 1 << 20

    /// Half of the symmetric polynomial as a Chebyshev series: c[0] + c[1] T1(x) + ... + c[m]
    /// Tm(x).
    private static func series(_ f: [Double]) -> [Double] {
        let m = f.count - 1
        return (0...m).map { $0 == 0 ? f[m] : 2 * f[m - $0] }
    }

    /// Clenshaw's recurrence.
    private static func evaluate(_ c: [Double], _ x: Double) -> Double {
        var b1 = 0.0
        var b2 = 0.0
        for k in stride(from: c.count - 1, through: 1, by: -1) {
            (b1, b2) = (2 * x * b1 - b2 + c[k], b1)
        }
        return x * b1 - b2 + c[0]
    }

    /// Root between two arguments of different sign, to the last bit.
    private static func bisect(_ c: [Double], _ a: Double, _ b: Double, _ valueAtA: Double)
        -> Double
    {
        var low = a
        var high = b
        while true {
            let middle = 0.5 * (low + high)
            if middle == low || middle == high || !middle.isFinite { return middle }
            let value = evaluate(c, middle)
            if value == 0 { return middle }
            if (value > 0) == (valueAtA > 0) { low = middle } else { high = middle }
        }
    }

    /// - Throws: `unstable` when A(z) has zeros on or outside the unit circle (then the roots are
    ///   no line spectrum), `rootsNotFound` when two roots of one polynomial are closer than 3e-6
    ///   radians.
    static func find(_ predictor: LinearPredictor) throws(LPCError) -> LineSpectralFrequencies {
        _ = try predictor.reflectionCoefficients()
        let order = predictor.order
        let m = order / 2
        let a = [1] + predictor.coefficients + [0]
        // Division by 1 + z^-1 and 1 - z^-1.
        var p = [Double](repeating: 1, count: m + 1)
        var q = p
        for k in 1...m {
            p[k] = a[k] + a[order + 1 - k] - p[k - 1]
            q[k] = a[k] - a[order + 1 - k] + q[k - 1]
        }
        let both = [series(p), series(q)]
        var points = coarsest
        var found = 0
        while points <= finest {
            let roots = both.map { scan($0, points: points) }
            found = roots[0].count + roots[1].count
            if roots[0].count == m, roots[1].count == m {
                let merged = (0..<order).map {
                    Elementary.arcCosine(max(-1, min(1, roots[$0 % 2][$0 / 2])))
                }
                // Interlacing holds by theory; where rounding has exchanged or merged neighbours
                // this throws.
                return try LineSpectralFrequencies(merged)
            }
            points *= 4
        }
        throw .rootsNotFound(expected: order, found: found)
    }

    /// Roots in falling order of x = rising order of frequency.
    private static func scan(_ c: [Double], points: Int) -> [Double] {
        var roots: [Double] = []
        var x = 1.0
        var value = evaluate(c, 1)
        for i in 1...points {
            let next = i == points ? -1 : Elementary.cosine(.pi * Double(i) / Double(points))
            let nextValue = evaluate(c, next)
            if value == 0 && i > 1 {
                roots.append(x)
            } else if value * nextValue < 0 {
                roots.append(bisect(c, x, next, value))
            }
            (x, value) = (next, nextValue)
        }
        return roots
    }
}

extension LinearPredictor {
    /// Line spectral frequencies of a stable predictor.
    /// - Throws: `unstable`, `rootsNotFound`, `notOrdered` (poles so near the unit circle that
    ///   neighbours coincide in double precision).
    public func lineSpectralFrequencies() throws(LPCError) -> LineSpectralFrequencies {
        try LineSpectralRoots.find(self)
    }
}
