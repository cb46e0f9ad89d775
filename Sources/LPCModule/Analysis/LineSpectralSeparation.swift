/// Keeps line spectral frequencies apart, in real numbers (analysis) and in integers (decoding).
public enum LineSpectralSeparation {
    /// Raises values from below, then lowers them from above, until neighbours differ by at least
    /// `gap`, the first is at least `gap` and the last at most `top - gap`. Values that obey
    /// already do not move. Needs (count + 1) gap <= top.
    public static func separate<T: Comparable & AdditiveArithmetic>(
        _ values: inout [T], gap: T, top: T
    ) {
        var lowest = gap
        for i in values.indices {
            values[i] = max(values[i], lowest)
            lowest = values[i] + gap
        }
        var highest = top - gap
        for i in values.indices.reversed() {
            values[i] = min(values[i], highest)
            highest = values[i] - gap
        }
    }
}
