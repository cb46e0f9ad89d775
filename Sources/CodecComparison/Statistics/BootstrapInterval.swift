import NeuralNetwork
import QualityMetrics

/// A mean with its 95 % interval by the bootstrap: the percentile method of Efron (1979) over
/// resampled files, with a fixed seed, so that the same values give the same interval.
public struct BootstrapInterval: Sendable, Equatable {
    public var mean: Double
    /// 2.5 % and 97.5 % quantiles of the resampled means.
    public var low: Double
    public var high: Double
    /// Number of values.
    public var count: Int

    /// Resamples drawn; fewer where each must be sorted.
    static let rounds = 2_000
    static let sortedRounds = 400

    /// - Returns: nil without values. A single value has an interval of no width, which says
    ///   nothing: look at `count`.
    public init?(_ values: [Double], seed: UInt64 = 1) {
        self.init(values, rounds: Self.rounds, seed: seed) { drawn in
            drawn.isEmpty ? nil : drawn.reduce(0, +) / Double(drawn.count)
        }
    }

    /// A number over the frames or events of all files, by resampled files.
    /// - Returns: nil without any.
    init?(_ pools: [MetricPool], _ statistic: PoolStatistic, seed: UInt64 = 1) {
        let rounds = statistic == .mean ? Self.rounds : Self.sortedRounds
        self.init(pools, rounds: rounds, seed: seed, statistic.value)
    }

    private init?<Item>(
        _ items: [Item], rounds: Int, seed: UInt64, _ statistic: ([Item]) -> Double?
    ) {
        guard let whole = statistic(items) else { return nil }
        mean = whole
        count = items.count
        var random = RandomSource(seed: seed)
        var means: [Double] = []
        means.reserveCapacity(rounds)
        var drawn = items
        for _ in 0..<rounds {
            for index in drawn.indices { drawn[index] = items[random.below(items.count)] }
            if let value = statistic(drawn) { means.append(value) }
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
