/// Exact numbers of frames on both sides of a change of the sampling rate.
public enum ResampledLength {
    /// ceil(count * target / source): enough frames at the target rate to cover all of the source,
    /// and enough to come back to `count` frames by trimming only.
    /// - Parameters:
    ///   - count: frames at the source rate; negative counts as 0.
    ///   - source: Hz, positive.
    ///   - target: Hz, positive.
    /// - Returns: `Int.max` where the length does not fit.
    public static func frames(for count: Int, from source: Int, to target: Int) -> Int {
        guard count > 0, source > 0, target > 0, source != target else { return max(count, 0) }
        let (high, low) = UInt(count).multipliedFullWidth(by: UInt(target))
        guard high < UInt(source) else { return .max }
        let (quotient, remainder) = UInt(source).dividingFullWidth((high, low))
        return quotient < UInt(Int.max) ? Int(quotient) + (remainder > 0 ? 1 : 0) : .max
    }
}
