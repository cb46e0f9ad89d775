/// Bits of every coded difference under every table, for the encoder's choices.
public struct LineSpectralCosts: Sendable {
    /// Per table: below -limit, -limit ... limit, above limit.
    private let bits: [Float]
    private static let width = 2 * LineSpectralTableLayout.limit + 3

    /// - Parameter bits: of each of the 2 limit + 3 symbols of each table, as in
    ///   `LineSpectralCounts.counts`
    /// - Throws: `wrongCount`.
    public init(bits: [[Float]]) throws(LPCError) {
        guard bits.count == LineSpectralTableLayout.tables else {
            throw .wrongCount(
                name: "tables", expected: LineSpectralTableLayout.tables, found: bits.count)
        }
        for row in bits where row.count != Self.width {
            throw .wrongCount(name: "symbols of a table", expected: Self.width, found: row.count)
        }
        self.bits = bits.flatMap { $0 }
    }

    /// Of the logistic distributions that the tables stand for; for models whose tables are not
    /// counted yet.
    public static let logistic: LineSpectralCosts = {
        let layout = LineSpectralTableLayout.self
        return LineSpectralCosts(
            unchecked: (0..<layout.tables).flatMap { table in
                let scale = Elementary.exponential(Double((table / layout.phases) * 32 - 768) / 256)
                let mean = (Double(table % layout.phases) + 0.5) / Double(layout.phases) - 0.5
                func below(_ x: Double) -> Double {
                    1 / (1 + Elementary.exponential(-(x - mean) / scale))
                }
                return (0..<width).map { symbol in
                    let d = Double(symbol - layout.limit - 1)
                    let p =
                        symbol == 0
                        ? below(d + 0.5)
                        : symbol == width - 1 ? 1 - below(d - 0.5) : below(d + 0.5) - below(d - 0.5)
                    return Float(
                        -Elementary.naturalLogarithm(max(p, 1e-5)) / Elementary.naturalLogarithm(2))
                }
            })
    }()

    private init(unchecked bits: [Float]) { self.bits = bits }

    /// Bits of a difference; escaped ones with their exponential Golomb code.
    @inline(__always)
    package func bits(_ difference: Int, table: Int) -> Double {
        let limit = LineSpectralTableLayout.limit
        let bounded = max(-limit &- 1, min(limit &+ 1, difference))
        let own = Double(bits[table &* Self.width &+ bounded &+ limit &+ 1])
        guard bounded == difference, abs(bounded) <= limit else {
            let excess = abs(difference) &- limit
            return own + Double(2 * (Int.bitWidth - 1 - excess.leadingZeroBitCount) + 1)
        }
        return own
    }
}
