/// What a model was trained to make small, and what an encoder that tries its choices out makes
/// small: weighted losses of the decoded sound + lambda * kbit/s.
public struct EncodingObjective: Codable, Sendable, Equatable {
    /// Weights of the weighted SNR, the mel distance and the loudness distance.
    public var weightedSNR = 0.2
    public var mel = 0.35
    public var loudness = 0.5
    /// Noise-weighting exponent of the weighted SNR.
    public var exponent = 0.6
    /// lambda = base (27 / rate)^slope per kbit/s, rate = lowest (highest / lowest)^position in
    /// kbit/s.
    public var lambda = 0.015
    public var lambdaSlope = 0.85
    public var lowestRate = 3.0
    public var highestRate = 50.0

    /// The objective of the built-in model's last phase.
    public init() {}

    /// Weight of a kbit/s at a rate index.
    public func lambda(rateIndex: UInt8) -> Double {
        let octaves =
            Approximation.log2(lowestRate) + Approximation.log2(highestRate / lowestRate)
            * Double(rateIndex) / 255
        return lambda * Approximation.exp2((Approximation.log2(27) - octaves) * lambdaSlope)
    }

    /// What a file may hold: weights of losses and lambda, exponents, slopes.
    package static let weights = 0...1e6
    package static let exponents = 0...2.0
    package static let slopes = 0...10.0

    /// Numbers that a file may hold.
    var isSensible: Bool {
        [weightedSNR, mel, loudness, lambda].allSatisfy { Self.weights.contains($0) }
            && Self.exponents.contains(exponent)
            && Self.slopes.contains(lambdaSlope) && (0.01...1e4).contains(lowestRate)
            && (lowestRate...1e4).contains(highestRate)
    }
}
