import SignalProcessing

/// Minimises a function of whole numbers, the integers of quantised weights, by evaluating it:
/// QuZO (Zhou et al. 2025, arXiv 2502.12346). Nothing is kept in real numbers.
///
/// A normal direction u is rounded at random twice, independently: u1 and u2 with means u. Losses
/// are evaluated at k + r u1 and k - r u1, m = their difference / 2r, and
///
///     k <- k - Q(rate m u2),    Q rounds at random, its mean is the number.
///
/// Since E[u1 u2^T | u] = u u^T, the step's mean is that of real numbers. With one rounding for
/// both, E[u1 u1^T | u] = u u^T + a diagonal of its variances: every weight also moves along its
/// own rounding noise.
public struct GridTuner: Codable, Sendable, Equatable {
    public struct Configuration: Codable, Sendable, Equatable {
        /// Bits of an integer with its sign: 2 ... 8, values in +-(2^(bits - 1) - 1).
        public var bits: Int
        /// Distance r in steps of the grid at which losses are evaluated.
        public var radius: Double
        public var queries: QuerySchedule
        /// Of `DivergenceGuard`.
        public var guardSteps: Int
        /// One rounding for both, as published code has it: for comparison.
        public var sharesRounding: Bool

        public init(
            bits: Int = 8, radius: Double = 1, queries: QuerySchedule = .constant(1),
            guardSteps: Int = 0, sharesRounding: Bool = false
        ) {
            self.bits = bits
            self.radius = radius
            self.queries = queries
            self.guardSteps = guardSteps
            self.sharesRounding = sharesRounding
        }

        public static let bitCounts = 2...8
        /// Largest magnitude of an integer.
        public var largest: Int { (1 << (max(2, min(bits, 8)) - 1)) - 1 }
    }

    public let configuration: Configuration
    public private(set) var integers: [Int8]
    public private(set) var step = 0
    public private(set) var evaluations = 0
    /// Integers that may move; nil = all.
    public private(set) var mask: [Bool]?
    public private(set) var guarding: DivergenceGuard<[Int8]>
    private let seed: UInt64

    public init(
        _ integers: [Int8], _ configuration: Configuration, seed: UInt64, mask: [Bool]? = nil
    ) {
        precondition(mask.map { $0.count == integers.count } ?? true, "a mask of another length")
        let largest = configuration.largest
        self.integers = integers.map { Int8(max(-largest, min(largest, Int($0)))) }
        self.configuration = configuration
        self.seed = seed
        self.mask = mask
        guarding = DivergenceGuard(steps: configuration.guardSteps, self.integers)
    }

    /// One step.
    /// - Parameters:
    ///   - rate: step size in steps of the grid, before the guard's factor
    ///   - loss: of given integers
    public mutating func advance(rate: Double, _ loss: ([Int8]) throws -> Double) rethrows
        -> ForwardTuner.Report
    {
        let count = configuration.queries.queries(step: step)
        let seeds = Seeds(seed, step: step)
        var slopes: [Double] = []
        var sum = 0.0
        for query in 0..<count {
            let plus = try loss(moved(seeds, query, sign: 1))
            let minus = try loss(moved(seeds, query, sign: -1))
            evaluations += 2
            sum += plus + minus
            slopes.append((plus - minus) / (2 * configuration.radius))
        }
        let mean = sum / Double(2 * count)
        step += 1
        var squares = 0.0
        for (query, slope) in slopes.enumerated() where slope.isFinite {
            var random = SplitMix64(seed: seeds.rounding(query, 1) &+ 1)
            let factor =
                rate * guarding.factor * slope / Double(count) / configuration.radius
            forEach(seeds, query, rounding: configuration.sharesRounding ? 0 : 1) { i, u in
                let change = StochasticRounding.round(factor * Double(u), &random)
                squares += Double(change) * Double(change)
                integers[i] = bounded(Int(integers[i]) - change)
            }
        }
        let wentBack = guarding.check(loss: mean, &integers)
        return ForwardTuner.Report(
            loss: mean, norm: squares.squareRoot(), queries: count, wentBack: wentBack)
    }

    private func bounded(_ value: Int) -> Int8 {
        let largest = configuration.largest
        return Int8(max(-largest, min(largest, value)))
    }

    private func moved(_ seeds: Seeds, _ query: Int, sign: Int) -> [Int8] {
        var result = integers
        forEach(seeds, query, rounding: 0) { i, u in result[i] = bounded(Int(result[i]) + sign * u)
        }
        return result
    }

    /// The direction times the radius, rounded at random.
    /// - Parameter rounding: 0 = the one that losses are evaluated along, 1 = that of the step
    private func forEach(
        _ seeds: Seeds, _ query: Int, rounding: Int, _ body: (Int, Int) -> Void
    ) {
        let random = SplitMix64(seed: seeds.rounding(query, rounding))
        Self.rounded(
            direction: seeds.direction(query), random, radius: configuration.radius,
            count: integers.count, mask: mask, body)
    }

    /// A normal direction times a radius, rounded at random.
    package static func rounded(
        direction: UInt64, _ rounding: SplitMix64, radius: Double, count: Int, mask: [Bool]?,
        _ body: (Int, Int) -> Void
    ) {
        var rounding = rounding
        Direction.forEach(seed: direction, .normal, count: count, mask: mask) { i, u in
            let step = StochasticRounding.round(radius * Double(u), &rounding)
            if step != 0 { body(i, step) }
        }
    }
}
