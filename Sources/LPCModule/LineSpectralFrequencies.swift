/// Line spectral frequencies of a predictor in radians, rising strictly between 0 and pi (Itakura
/// 1975; Soong and Juang 1984).
///
/// They are the angles of the roots of P(z) = A(z) + z^-(p+1) A(1/z) (even indices, from 0) and
/// Q(z) = A(z) - z^-(p+1) A(1/z) (odd indices). Rising order is equivalent to stability of 1 /
/// A(z), so every value of this type is a stable filter.
public struct LineSpectralFrequencies: Sendable, Equatable {
    /// Radians per sample.
    public let values: [Double]
    public var order: Int { values.count }

    /// - Throws: `invalidOrder`, `notFinite`, `notOrdered`.
    public init(_ values: [Double]) throws(LPCError) {
        try LPCError.check(order: values.count)
        try LPCError.check(finite: values, "line spectral frequencies")
        var below = 0.0
        for (i, value) in values.enumerated() {
            guard value > below, value < .pi else {
                throw .notOrdered(index: i, below: below, value: value)
            }
            below = value
        }
        self.values = values
    }

    /// Any finite values, moved as little as the rule needs: kept `minimumGap` apart from each
    /// other and from 0 and pi, see `LineSpectralSeparation`.
    /// - Throws: `invalidOrder`, `notFinite`, `invalidSetting` when the gaps do not fit into 0 ...
    ///   pi.
    public init(separating values: [Double], minimumGap: Double) throws(LPCError) {
        try LPCError.check(order: values.count)
        try LPCError.check(finite: values, "line spectral frequencies")
        let largest = Double.pi / Double(values.count + 1)
        guard minimumGap > 0, minimumGap < largest else {
            throw .invalidSetting(
                name: "minimum gap", value: minimumGap, allowed: "above 0, below \(largest)")
        }
        var moved = values
        LineSpectralSeparation.separate(&moved, gap: minimumGap, top: .pi)
        try self.init(moved)
    }

    /// Equally spaced: the flat envelope, A(z) = 1.
    public init(flat order: Int) throws(LPCError) {
        try LPCError.check(order: order)
        values = (1...order).map { .pi * Double($0) / Double(order + 1) }
    }

    init(unchecked values: [Double]) { self.values = values }

    /// Smallest distance between neighbours, and from 0 and pi.
    public var smallestGap: Double {
        var below = 0.0
        var smallest = Double.infinity
        for value in values + [.pi] {
            smallest = min(smallest, value - below)
            below = value
        }
        return smallest
    }

    /// (1 - weight) self + weight other: ordered with at least the smaller of the two gaps. Orders
    /// must agree.
    func interpolated(to other: LineSpectralFrequencies, weight: Double) -> LineSpectralFrequencies
    {
        LineSpectralFrequencies(
            unchecked: zip(values, other.values).map { $0 + weight * ($1 - $0) })
    }

    /// The predictor, from the second-order sections 1 - 2 cos(w_i) z^-1 + z^-2 of P and Q: A = (P
    /// + Q) / 2.
    ///
    /// Additions and multiplications in a fixed order: the same bits on every machine.
    public var predictor: LinearPredictor {
        var a = [Double](repeating: 0, count: order)
        values.withUnsafeBufferPointer { lsf in
            a.withUnsafeMutableBufferPointer { out in
                guard let lsf = lsf.baseAddress, let out = out.baseAddress else { return }
                LineSpectralPolynomial.predictor(lsf, order: order, into: out)
            }
        }
        return LinearPredictor(unchecked: a)
    }
}
