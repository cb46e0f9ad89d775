/// Weight of a module's entropy in the loss, moved so that the entropy meets a target
/// (Docs/papers.md, C, with a dead band and no negative weight).
public struct EntropyController: Codable, Sendable, Equatable {
    /// Bits per code value aimed at, one for each module.
    public var targets: [Double]
    /// Weight at the start.
    public var initial: Double
    /// Change of the weight per decision, and steps between decisions.
    public var change: Double
    public var every: Int
    /// No change while the entropy is this near its target, in bits.
    public var deadBand: Double

    public init(
        targets: [Double], initial: Double = 0, change: Double = 0.015, every: Int = 10,
        deadBand: Double = 0.05
    ) {
        self.targets = targets
        self.initial = initial
        self.change = change
        self.every = every
        self.deadBand = deadBand
    }

    /// The weight after a decision: more where the entropy is too high, less (never below 0) where
    /// it is too low.
    public func next(_ weight: Double, entropy: Double, module: Int) -> Double {
        guard targets.indices.contains(module), entropy.isFinite else { return weight }
        let excess = entropy - targets[module]
        if excess > deadBand { return weight + change }
        return excess < -deadBand ? max(weight - change, 0) : weight
    }
}
