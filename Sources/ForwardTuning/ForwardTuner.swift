import SignalProcessing

/// Minimises a function of real numbers by evaluating it: no gradients, no activations, only seeds
/// and losses are remembered. The function may differ from step to step (other data); within a step
/// it must be the same (common random numbers).
///
/// The state is all there is: encoded, decoded and continued, it takes the same steps.
public struct ForwardTuner: Codable, Sendable, Equatable {
    /// How a step is made of losses.
    public enum Method: String, Codable, Sendable, CaseIterable {
        /// Two-sided differences along normal directions z: g = (L(x + e z) - L(x - e z)) / 2e,
        /// x <- x - rate (mean of g z + decay x). MeZO (Malladi et al. 2023, algorithm 1; Spall
        /// 1992, SPSA); AdaZeta with a `QuerySchedule` that grows.
        case twoSided
        /// One-sided differences along random signs u: x <- x - rate mean of (L(x + e u) - L(x)) u
        /// / s, s the standard deviation of the losses L(x + e u). FZOO (Dang et al. 2025, arXiv
        /// 2506.09034). A step so has a length that does not depend on the scale of the loss.
        case oneSided
    }

    public struct Configuration: Codable, Sendable, Equatable {
        public var method: Method
        /// Distance e at which losses are evaluated.
        public var radius: Double
        /// Pull towards zero.
        public var decay: Double
        public var queries: QuerySchedule
        /// Of `DivergenceGuard`.
        public var guardSteps: Int

        public init(
            method: Method = .twoSided, radius: Double = 1e-3, decay: Double = 0,
            queries: QuerySchedule = .constant(1), guardSteps: Int = 0
        ) {
            self.method = method
            self.radius = radius
            self.decay = decay
            self.queries = queries
            self.guardSteps = guardSteps
        }
    }

    public let configuration: Configuration
    /// What is tuned.
    public private(set) var values: [Float]
    /// Steps so far.
    public private(set) var step = 0
    /// Losses evaluated so far: forward passes.
    public private(set) var evaluations = 0
    /// Values that may move; nil = all.
    public let mask: [Bool]?
    public private(set) var guarding: DivergenceGuard<[Float]>
    private let seed: UInt64

    /// - Parameter mask: as `mask`, one for each value
    public init(
        _ values: [Float], _ configuration: Configuration, seed: UInt64, mask: [Bool]? = nil
    ) {
        precondition(mask.map { $0.count == values.count } ?? true, "a mask of another length")
        self.values = values
        self.configuration = configuration
        self.seed = seed
        self.mask = mask
        guarding = DivergenceGuard(steps: configuration.guardSteps, values)
    }

    /// What a step did.
    public struct Report: Sendable, Equatable {
        /// Mean of the losses around the place where the step began.
        public let loss: Double
        /// Length of the estimated gradient; of the direction of the step for `oneSided`.
        public let norm: Double
        public let queries: Int
        /// The guard went back to earlier values.
        public let wentBack: Bool
    }

    /// One step.
    /// - Parameters:
    ///   - rate: step size, before the guard's factor
    ///   - loss: of given values
    public mutating func advance(rate: Double, _ loss: ([Float]) throws -> Double) rethrows
        -> Report
    {
        let count = configuration.queries.queries(step: step)
        let seeds = Seeds(seed, step: step)
        let (weights, mean) =
            switch configuration.method {
            case .twoSided: try twoSided(seeds, count, loss)
            case .oneSided: try oneSided(seeds, count, loss)
            }
        step += 1
        var update = [Float](repeating: 0, count: values.count)
        for (query, weight) in weights.enumerated() where weight.isFinite && weight != 0 {
            Direction.forEach(
                seed: seeds.direction(query), distribution, count: values.count, mask: mask
            ) { i, z in update[i] += Float(weight) * z }
        }
        let norm = update.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        let length = Float(rate * guarding.factor)
        for i in values.indices where mask?[i] ?? true {
            values[i] -= length * (update[i] + Float(configuration.decay) * values[i])
        }
        let isSound = mean.isFinite && values.allSatisfy(\.isFinite)
        let wentBack = guarding.check(loss: isSound ? mean : .nan, &values)
        return Report(loss: mean, norm: norm, queries: count, wentBack: wentBack)
    }

    private var distribution: Direction.Distribution {
        configuration.method == .twoSided ? .normal : .signs
    }

    private func moved(_ seed: UInt64, by distance: Double) -> [Float] {
        var result = values
        Direction.forEach(seed: seed, distribution, count: values.count, mask: mask) { i, z in
            result[i] += Float(distance) * z
        }
        return result
    }

    /// - Returns: weights of the directions in the step, and the mean loss
    private mutating func twoSided(
        _ seeds: Seeds, _ count: Int, _ loss: ([Float]) throws -> Double
    ) rethrows -> (weights: [Double], loss: Double) {
        var weights: [Double] = []
        var sum = 0.0
        for query in 0..<count {
            let seed = seeds.direction(query)
            let plus = try loss(moved(seed, by: configuration.radius))
            let minus = try loss(moved(seed, by: -configuration.radius))
            evaluations += 2
            sum += plus + minus
            weights.append((plus - minus) / (2 * configuration.radius) / Double(count))
        }
        return (weights, sum / Double(2 * count))
    }

    private mutating func oneSided(
        _ seeds: Seeds, _ count: Int, _ loss: ([Float]) throws -> Double
    ) rethrows -> (weights: [Double], loss: Double) {
        // A spread needs two.
        let count = max(count, 2)
        let here = try loss(values)
        var losses: [Double] = []
        for query in 0..<count {
            losses.append(try loss(moved(seeds.direction(query), by: configuration.radius)))
        }
        evaluations += count + 1
        let mean = losses.reduce(0, +) / Double(count)
        let variance =
            losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
        guard variance > 0, variance.isFinite else {
            return (Array(repeating: 0, count: count), variance.isFinite ? here : .nan)
        }
        let spread = variance.squareRoot()
        return (losses.map { ($0 - here) / spread / Double(count) }, here)
    }
}

/// Seeds of a step's directions.
struct Seeds {
    private let base: UInt64

    init(_ seed: UInt64, step: Int) {
        var random = SplitMix64(seed: seed &+ UInt64(truncatingIfNeeded: step) &* 0x9E37_79B9)
        base = random.next()
    }

    func direction(_ query: Int) -> UInt64 {
        var random = SplitMix64(
            seed: base ^ UInt64(truncatingIfNeeded: query + 1) &* 0xD1B5_4A32_D192_ED03)
        return random.next()
    }

    /// Of the two roundings of a direction.
    func rounding(_ query: Int, _ number: Int) -> UInt64 {
        direction(query) ^ (number == 0 ? 0xA0761D6478BD642F : 0xE7037ED1A0B428DB)
    }
}
