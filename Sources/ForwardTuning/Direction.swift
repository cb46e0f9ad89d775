import SignalProcessing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A random direction, made anew from its seed whenever it is needed and never stored (Malladi et
/// al. 2023, "Fine-Tuning Language Models with Just Forward Passes", MeZO, algorithm 1).
public struct Direction: IteratorProtocol, Sendable {
    public enum Distribution: String, Codable, Sendable, CaseIterable {
        /// N(0, 1).
        case normal
        /// -1 and 1, equally likely (Rademacher).
        case signs
    }

    private var random: SplitMix64
    private let distribution: Distribution
    private var second: Float?

    public init(seed: UInt64, _ distribution: Distribution = .normal) {
        random = SplitMix64(seed: seed)
        self.distribution = distribution
    }

    /// The next component; there is no last one.
    public mutating func next() -> Float? { component() }

    mutating func component() -> Float {
        guard distribution == .normal else { return random.next() >> 63 == 0 ? -1 : 1 }
        if let value = second {
            second = nil
            return value
        }
        // Box and Muller 1958; the first number is in (0, 1].
        let radius = (-2 * log(1 - random.unit())).squareRoot()
        let angle = 2 * Double.pi * random.unit()
        second = Float(radius * sin(angle))
        return Float(radius * cos(angle))
    }

    /// Calls `body` with the components of a vector of so many, 0 where a mask says so: what is
    /// masked is neither moved nor adds noise to the estimate.
    package static func forEach(
        seed: UInt64, _ distribution: Distribution, count: Int, mask: [Bool]?,
        _ body: (Int, Float) -> Void
    ) {
        var direction = Direction(seed: seed, distribution)
        for i in 0..<count {
            let component = direction.component()
            if mask?[i] ?? true { body(i, component) }
        }
    }
}

/// Rounds at random so that the mean is the number: floor(x) + Bernoulli(x - floor(x)).
package enum StochasticRounding {
    package static func round(_ x: Double, _ random: inout SplitMix64) -> Int {
        guard x.isFinite, x.magnitude < 0x1p52 else { return 0 }
        let low = x.rounded(.down)
        return Int(low) + (random.unit() < x - low ? 1 : 0)
    }
}
