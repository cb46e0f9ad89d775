import NeuralNetwork

/// A mean with its 95 % interval by the bootstrap: the percentile method of Efron (1979) over
/// resampled files, with a fixed seed, so that the same values give the same interval.
public struct BootstrapInterval: Sendable, Equatable {
    public var mean: Double
    /// 2.5 % and 97.5 % quantiles of the resampled means.
    public var low: Double
    public var high: Double
    /// Number of values.
    public var count: Int

    /// Resamples drawn.
    static let rounds = 2_000

    /// - Returns: nil without values. A single value has an interval of no width, which says
    ///   nothing: look at `count`.
    public init?(_ values: [Double], seed: UInt64 = 1) {
        guard !values.isEmpty else { return nil }
        let count = Double(values.count)
        mean = values.reduce(0, +) / count
        self.count = values.count
        var random = RandomSource(seed: seed)
        var means: [Double] = []
        means.reserveCapacity(Self.rounds)
        for _ in 0..<Self.rounds {
            var sum = 0.0
            for _ in values.indices { sum += values[random.below(values.count)] }
            means.append(sum / count)
        }
        means.sort()
        low = Self.quantile(means, 0.025)
        high = Self.quantile(means, 0.975)
    }

    /// The quantile of sorted values, linear between neighbours (type 7 of Hyndman and Fan 1996).
    static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let position = share * Double(sorted.count - 1)
        let index = Int(position)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index])
    }
}
