/// Modified discrete cosine transform with the sine window (Princen, Johnson and Bradley 1987):
/// `hop` coefficients from 2 `hop` samples.
public enum LappedTransform {
    /// Basis functions, `hop` rows of 2 `hop` samples: row k is w[n] sqrt(2 / N) cos(pi / N (n +
    /// 1/2 + N/2)(k + 1/2)), w[n] = sin(pi (n + 1/2) / 2N). The same numbers on every machine.
    ///
    /// Rows are orthonormal; analysis (dot products) followed by synthesis (sum of rows, overlapped
    /// by `hop`) gives the input back.
    public static func basis(hop: Int) -> [Double] {
        // All angles are multiples of 2 pi / 8N.
        let circle = 8 * hop
        let points = (0..<circle).map { UnitCircle.point($0, of: circle) }
        let scale = (2 / Double(hop)).squareRoot()
        var result: [Double] = []
        result.reserveCapacity(2 * hop * hop)
        for k in 0..<hop {
            for n in 0..<2 * hop {
                let angle = (2 * n + 1 + hop) * (2 * k + 1) % circle
                result.append(scale * points[2 * n + 1].sine * points[angle].cosine)
            }
        }
        return result
    }
}
