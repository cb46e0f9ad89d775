import Foundation

/// What an encoder that tries its choices out makes small: weighted losses of the decoded sound + lambda * kbit/s, as in training.
public struct EncodingObjective: Sendable, Equatable {
    /// Weights of `WeightedSNRLoss`, `MelLoss` and `LoudnessLoss`.
    public var weightedSNR = 0.2
    public var mel = 0.35
    public var loudness = 0.5
    /// Noise-weighting exponent of the weighted SNR.
    public var exponent = 0.6
    /// lambda = base (27 / rate)^slope per kbit/s, rate = lowest (highest / lowest)^position in kbit/s.
    public var lambda = 0.015
    public var lambdaSlope = 0.85
    public var lowestRate = 3.0
    public var highestRate = 50.0

    /// The objective of the built-in model's last phase.
    public init() {}

    /// Weight of a kbit/s at a rate index.
    public func lambda(rateIndex: UInt8) -> Double {
        lambda * pow(27 / (lowestRate * pow(highestRate / lowestRate, Double(rateIndex) / 255)), lambdaSlope)
    }
}
