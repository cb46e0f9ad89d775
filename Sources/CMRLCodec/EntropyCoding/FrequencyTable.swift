/// Turns symbol counts into integer frequencies of a fixed total.
public enum FrequencyTable {
    /// Binary logarithm of the sum of the frequencies of every table.
    public static let totalBits = 15
    /// Sum of the frequencies of every table.
    public static let total = 1 << totalBits
    /// Largest alphabet.
    public static let maximumSymbolCount = 4096

    /// Frequencies of at least 1 that add up to `total` and are proportional to `counts + prior` by
    /// the method of largest remainders.
    ///
    /// Symbols whose share is below 1 get 1; the rest is shared out among the others until no share
    /// is below 1, each rounded down, and what is left goes, 1 each, to the largest remainders (the
    /// lower symbol first when equal). Integer arithmetic only: the result is the same on every
    /// machine. Counts that are too large for exact 64-bit products (sum of 2^48 or more) are
    /// halved together until they fit.
    /// - Parameters:
    ///   - counts: how often each symbol was seen, 1 ... 4096 symbols. All zero counts (with prior
    ///     0) mean equal frequencies.
    ///   - prior: added to each count.
    /// - Throws: `EntropyCodingError.symbolCountOutOfRange`.
    public static func frequencies(counts: [UInt64], prior: UInt64 = 0) throws(EntropyCodingError)
        -> [UInt16]
    {
        guard (1...maximumSymbolCount).contains(counts.count) else {
            throw .symbolCountOutOfRange(count: counts.count, maximum: maximumSymbolCount)
        }
        var weights = counts.map { count in
            let (sum, overflow) = count.addingReportingOverflow(prior)
            return overflow ? UInt64.max : sum
        }
        // Below 2^48 the products with a share of at most 2^15 stay below 2^63.
        while saturatingSum(weights) >= 1 << 48 { weights = weights.map { $0 >> 1 } }
        if weights.allSatisfy({ $0 == 0 }) { weights = weights.map { _ in 1 } }

        var isFixed = [Bool](repeating: false, count: weights.count)
        var share = UInt64(total)
        var sum = weights.reduce(0, +)
        var changed = true
        while changed {
            changed = false
            let roundShare = share
            let roundSum = sum
            for symbol in weights.indices
            where !isFixed[symbol] && weights[symbol] * roundShare < roundSum {
                isFixed[symbol] = true
                share -= 1
                sum -= weights[symbol]
                changed = true
            }
        }

        var result = [UInt16](repeating: 1, count: weights.count)
        var remainders: [(remainder: UInt64, symbol: Int)] = []
        var left = share
        for symbol in weights.indices where !isFixed[symbol] {
            let (quotient, remainder) = (weights[symbol] * share).quotientAndRemainder(
                dividingBy: sum)
            result[symbol] = UInt16(quotient)
            left -= quotient
            remainders.append((remainder, symbol))
        }
        remainders.sort { ($1.remainder, $0.symbol) < ($0.remainder, $1.symbol) }
        for (_, symbol) in remainders.prefix(Int(left)) { result[symbol] += 1 }
        return result
    }

    private static func saturatingSum(_ values: [UInt64]) -> UInt64 {
        var sum: UInt64 = 0
        for value in values {
            let (next, overflow) = sum.addingReportingOverflow(value)
            if overflow { return .max }
            sum = next
        }
        return sum
    }
}
