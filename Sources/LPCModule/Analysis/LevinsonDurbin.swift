/// Recursion of Levinson and Durbin: the predictor of least squared error from an autocorrelation.
public enum LevinsonDurbin {
    public struct Solution: Sendable, Equatable {
        public let predictor: LinearPredictor
        /// k1 ... kp, all inside (-1, 1).
        public let reflection: [Double]
        /// Energy of the prediction error over that of the signal, (0, 1].
        public let relativeError: Double
        /// 10 log10 of signal over error energy.
        public var predictionGainDecibels: Double { -10 * Elementary.logarithm10(relativeError) }
    }

    /// Solves sum_j a_j r[|i - j|] = -r[i], i = 1 ... p.
    ///
    /// The result is always stable: where rounding or an input that is no autocorrelation would
    /// give a reflection coefficient of magnitude 1 or more, the recursion stops and higher
    /// coefficients stay 0. Energy 0 gives the flat predictor.
    /// - Parameter r: r[0] ... r[p], p even, 2 ... 32.
    /// - Throws: `invalidOrder`, `notFinite`.
    public static func solve(_ r: [Double]) throws(LPCError) -> Solution {
        let order = r.count - 1
        try LPCError.check(order: order)
        try LPCError.check(finite: r, "autocorrelation")
        var a = [Double](repeating: 0, count: order)
        var k = a
        var error = r[0]
        var used = 0
        guard error > 0 else {
            return Solution(
                predictor: LinearPredictor(unchecked: a), reflection: k, relativeError: 1)
        }
        while used < order {
            var sum = r[used + 1]
            for j in 0..<used { sum += a[j] * r[used - j] }
            let reflection = -sum / error
            guard abs(reflection) < 1 else { break }
            for j in 0..<used / 2 {
                let (lower, upper) = (a[j], a[used - 1 - j])
                a[j] = lower + reflection * upper
                a[used - 1 - j] = upper + reflection * lower
            }
            if used % 2 == 1 { a[used / 2] *= 1 + reflection }
            a[used] = reflection
            k[used] = reflection
            error *= 1 - reflection * reflection
            used += 1
        }
        return Solution(
            predictor: LinearPredictor(unchecked: a), reflection: k,
            relativeError: max(error / r[0], .leastNormalMagnitude))
    }
}
