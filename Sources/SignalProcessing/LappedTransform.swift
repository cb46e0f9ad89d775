#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Modified discrete cosine transform with the sine window (Princen, Johnson and Bradley 1987):
/// `hop` coefficients from 2 `hop` samples.
public enum LappedTransform {
    /// Basis functions, `hop` rows of 2 `hop` samples: row k is w[n] sqrt(2 / N) cos(pi / N (n +
    /// 1/2 + N/2)(k + 1/2)), w[n] = sin(pi (n + 1/2) / 2N).
    ///
    /// Rows are orthonormal; analysis (dot products) followed by synthesis (sum of rows, overlapped
    /// by `hop`) gives the input back.
    public static func basis(hop: Int) -> [Double] {
        let n = Double(hop)
        return (0..<hop).flatMap { k in
            (0..<2 * hop).map { i in
                let t = Double(i) + 0.5
                return (2 / n).squareRoot() * sin(.pi * t / (2 * n))
                    * cos(.pi / n * (t + n / 2) * (Double(k) + 0.5))
            }
        }
    }
}
