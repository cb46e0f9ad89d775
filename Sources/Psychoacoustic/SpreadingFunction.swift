/// How the threshold that a masker sets falls off with the distance in Bark (ISO 11172-3, Annex
/// D.1, step 6, "individual masking thresholds").
public enum SpreadingFunction {
    /// A masker has no influence below this distance, and from `highest` on.
    public static let lowest = -3.0
    public static let highest = 8.0

    /// Level of the threshold at the masker itself relative to the masker, dB, negative: the
    /// masking index av of the standard. -6.025 - 0.275 z for tones, -2.025 - 0.175 z for noise.
    public static func maskingIndex(_ kind: Masker.Kind, bark z: Double) -> Double {
        switch kind {
        case .tonal: -1.525 - 0.275 * z - 4.5
        case .noise: -1.525 - 0.175 * z - 0.5
        }
    }

    /// Slope between 1 Bark below a masker of level X and the masker, dB / Bark: 0.4 X + 6.
    ///
    /// Below -15 dB the formula would let the threshold rise away from the masker: 0 there, so that
    /// a louder masker never masks less.
    @inline(__always)
    static func lowerSlope(level: Double) -> Double { max(0.4 * level + 6, 0) }

    /// Fall from 1 Bark above a masker of level X on, dB / Bark: 17 - 0.15 X, and not below 0
    /// (levels above 113 dB).
    @inline(__always)
    static func upperSlope(level: Double) -> Double { max(17 - 0.15 * level, 0) }

    /// Fall between the masker and 1 Bark above it, and from 1 Bark below on, dB / Bark.
    static let steepSlope = 17.0

    /// The masking function vf, dB, 0 or negative: the threshold at `distance` Bark above a masker
    /// of `level` dB SPL relative to the one at the masker.
    /// - Returns: -infinity where the masker has no influence.
    public static func level(distance dz: Double, masker level: Double) -> Double {
        switch dz {
        case lowest ..< -1: steepSlope * (dz + 1) - lowerSlope(level: level)
        case -1..<0: lowerSlope(level: level) * dz
        case 0..<1: -steepSlope * dz
        case 1..<highest: -(dz - 1) * upperSlope(level: level) - steepSlope
        default: -.infinity
        }
    }
}
