/// Piecewise cubic Hermite interpolation that never overshoots its points (PCHIP: Fritsch and
/// Butland, SIAM J. Sci. Stat. Comput. 5, 1984, with the three-point ends of Moler, Numerical
/// Computing with MATLAB, 3.6).
struct MonotoneCubic {
    let x: [Double]
    let y: [Double]
    /// Derivatives at the points.
    let slopes: [Double]

    /// - Parameter points: at least two; finite; x strictly ascending.
    /// - Returns: nil where that is not so.
    init?(_ points: [(x: Double, y: Double)]) {
        guard points.count >= 2, points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }),
            zip(points, points.dropFirst()).allSatisfy({ $0.x < $1.x })
        else { return nil }
        x = points.map(\.x)
        y = points.map(\.y)
        let h = zip(x, x.dropFirst()).map { $1 - $0 }
        let d = zip(zip(y, y.dropFirst()), h).map { ($0.1 - $0.0) / $1 }
        guard points.count > 2 else {
            slopes = [d[0], d[0]]
            return
        }
        var slopes = [Self.end(h[0], h[1], d[0], d[1])]
        for i in 1..<points.count - 1 {
            // The weighted harmonic mean of the slopes on both sides; 0 at a local extremum.
            let a = 2 * h[i] + h[i - 1]
            let b = h[i] + 2 * h[i - 1]
            slopes.append(d[i - 1] * d[i] > 0 ? (a + b) / (a / d[i - 1] + b / d[i]) : 0)
        }
        let n = h.count
        slopes.append(Self.end(h[n - 1], h[n - 2], d[n - 1], d[n - 2]))
        self.slopes = slopes
    }

    private static func end(_ h0: Double, _ h1: Double, _ d0: Double, _ d1: Double) -> Double {
        let slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
        if slope * d0 <= 0 { return 0 }
        return d0 * d1 < 0 && abs(slope) > 3 * abs(d0) ? 3 * d0 : slope
    }

    /// The value at a place; outside the points the nearest piece goes on.
    func callAsFunction(_ at: Double) -> Double {
        let index = max(0, min(x.count - 2, (x.firstIndex { $0 > at } ?? x.count) - 1))
        let h = x[index + 1] - x[index]
        let t = (at - x[index]) / h
        return (1 + 2 * t) * (1 - t) * (1 - t) * y[index] + t * (1 - t) * (1 - t) * h
            * slopes[index] + t * t * (3 - 2 * t) * y[index + 1]
            - t * t * (1 - t) * h * slopes[index + 1]
    }

    /// The integral between two places inside the points: Simpson's rule on each piece, which is
    /// exact for cubics.
    func integral(from low: Double, to high: Double) -> Double {
        let knots = [low] + x.filter { $0 > low && $0 < high } + [high]
        return zip(knots, knots.dropFirst()).reduce(0) { sum, ends in
            sum + (ends.1 - ends.0) / 6
                * (self(ends.0) + 4 * self((ends.0 + ends.1) / 2) + self(ends.1))
        }
    }
}
