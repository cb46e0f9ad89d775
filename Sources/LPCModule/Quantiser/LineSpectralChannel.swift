/// Where the symbols of line spectral frequencies go to or come from. Encoding, decoding and
/// counting run the same model; only the channel differs. The range coder's channels are above this
/// room, see `LineSpectralEncoder` of CMRLCodec.
public protocol LineSpectralChannel {
    associatedtype Failure: Error
    /// Passes a difference from the predicted symbol, coded with table 0 ..<
    /// `LineSpectralTableLayout.tables`. Decoding ignores `difference`.
    mutating func pass(_ difference: Int, table: Int) throws(Failure) -> Int
}

/// How a log scale and the fractional part of the prediction select a frequency table.
public enum LineSpectralTableLayout {
    static let phases = 8
    /// Log scales in symbols, -3 ... 3 in steps of 1/8.
    static let scales = 49
    /// Number of tables.
    public static let tables = scales * phases
    /// Differences -limit ... limit have symbols of their own.
    public static let limit = 12

    /// - Parameters:
    ///   - logScale: Q8
    ///   - phase: 0 ..< 8
    @inline(__always)
    static func table(logScale: Int, phase: Int) -> Int {
        ((max(-768, min(768, logScale)) + 768 + 16) >> 5) * phases + max(0, min(phases - 1, phase))
    }
}

/// Counts which table saw which difference: what frequency tables are made from.
public struct LineSpectralCounts: LineSpectralChannel, Sendable {
    /// Per table: below -limit, -limit ... limit, above limit.
    public private(set) var counts = [[UInt64]](
        repeating: Array(repeating: 0, count: 2 * LineSpectralTableLayout.limit + 3),
        count: LineSpectralTableLayout.tables)
    public init() {}

    public mutating func pass(_ difference: Int, table: Int) -> Int {
        let limit = LineSpectralTableLayout.limit
        counts[table][max(-limit - 1, min(limit + 1, difference)) + limit + 1] += 1
        return difference
    }
}
