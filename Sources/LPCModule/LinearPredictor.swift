/// Prediction error filter A(z) = 1 + a1 z^-1 + ... + ap z^-p of a linear predictor; 1 / A(z) is
/// its synthesis filter and 1 / |A|^2 the shape of the spectral envelope (Makhoul, "Linear
/// prediction: a tutorial review", Proc. IEEE 63, 1975).
public struct LinearPredictor: Sendable, Equatable {
    /// a1 ... ap.
    public let coefficients: [Double]
    /// p.
    public var order: Int { coefficients.count }

    /// - Parameter coefficients: a1 ... ap, an even number from 2 to 32.
    /// - Throws: `invalidOrder`, `notFinite`. Stability is not required, see `isStable`.
    public init(_ coefficients: [Double]) throws(LPCError) {
        try LPCError.check(order: coefficients.count)
        try LPCError.check(finite: coefficients, "predictor coefficients")
        self.coefficients = coefficients
    }

    init(unchecked coefficients: [Double]) { self.coefficients = coefficients }

    /// Reflection coefficients k1 ... kp by the step-down recursion.
    /// - Throws: `unstable` at the first one that is not inside (-1, 1): then 1 / A(z) has a pole
    ///   on or outside the unit circle.
    public func reflectionCoefficients() throws(LPCError) -> [Double] {
        var a = coefficients
        var k = [Double](repeating: 0, count: order)
        for m in stride(from: order, through: 1, by: -1) {
            let r = a[m - 1]
            guard abs(r) < 1 else { throw .unstable(index: m, reflection: r) }
            k[m - 1] = r
            let scale = 1 / (1 - r * r)
            let lower = (0..<m - 1).map { (a[$0] - r * a[m - 2 - $0]) * scale }
            a = lower
        }
        return k
    }

    /// Whether all poles of 1 / A(z) are inside the unit circle.
    public var isStable: Bool { (try? reflectionCoefficients()) != nil }

    /// Envelope 1 / |A(e^jw)|^2 in dB at `points` frequencies (m + 1/2) pi / points, m = 0 ..<
    /// points.
    public func envelopeDecibels(points: Int) -> [Double] {
        (0..<max(points, 0)).map { m in
            let angle = (Double(m) + 0.5) * .pi / Double(points)
            // Horner in e^-jw.
            let c = Elementary.cosine(angle)
            let s = -Elementary.sine(angle)
            var re = 0.0
            var im = 0.0
            for a in coefficients.reversed() {
                let sum = re + a
                (re, im) = (sum * c - im * s, sum * s + im * c)
            }
            re += 1
            return -10 * Elementary.logarithm10(max(re * re + im * im, 1e-300))
        }
    }
}
