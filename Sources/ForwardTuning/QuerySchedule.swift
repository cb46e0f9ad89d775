#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many directions a step tries, growing so that the noise of the estimate falls as the
/// distance to the minimum does: AdaZeta (Yang et al. 2024, arXiv 2406.18060), equation of Q_e.
///
/// Q(e) = min(max(floor(a e^b), least), most) in epoch e = 1, 2, ...
public struct QuerySchedule: Codable, Sendable, Equatable {
    public var factor: Double
    public var exponent: Double
    public var least: Int
    public var most: Int
    /// Steps of an epoch.
    public var stepsPerEpoch: Int

    /// - Parameters: the paper's code has factor 0.85, exponent 0.4, most 15
    public init(
        factor: Double = 0.85, exponent: Double = 0.4, least: Int = 1, most: Int = 15,
        stepsPerEpoch: Int = 10
    ) {
        self.factor = factor
        self.exponent = exponent
        self.least = least
        self.most = most
        self.stepsPerEpoch = stepsPerEpoch
    }

    /// The same number in every step.
    public static func constant(_ queries: Int) -> Self {
        Self(factor: 0, exponent: 0, least: queries, most: queries, stepsPerEpoch: 1)
    }

    /// - Parameter step: 0 for the first
    public func queries(step: Int) -> Int {
        let epoch = Double(max(step, 0) / max(stepsPerEpoch, 1) + 1)
        let wanted = (factor * pow(epoch, exponent)).rounded(.down)
        let bounded = wanted.isFinite ? Int(max(0, min(wanted, 1e9))) : most
        return max(1, min(max(bounded, least), most))
    }
}
