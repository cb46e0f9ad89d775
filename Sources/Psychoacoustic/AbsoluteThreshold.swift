#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The threshold in quiet: the sound pressure level of a just audible tone (Terhardt: Calculating virtual pitch, Hearing Research 1, 1979).
///
/// The tables D.1 of ISO 11172-3 hold this formula within 0.03 dB, and not above 68 dB at the high end.
public enum AbsoluteThreshold {
    /// Above 10 kHz no level is above this, dB SPL: the end of the tables of the standard.
    public static let highest = 68.0
    /// Lower frequencies count as this one, Hz.
    public static let lowestFrequency = 20.0

    /// 3.64 f^-0.8 - 6.5 exp(-0.6 (f - 3.3)^2) + 0.001 f^4 dB SPL, f in kHz.
    public static func level(hertz: Double) -> Double {
        let kilohertz = max(hertz, lowestFrequency) / 1000, distance = kilohertz - 3.3, square = kilohertz * kilohertz
        let level = 3.64 * pow(kilohertz, -0.8) - 6.5 * exp(-0.6 * distance * distance) + 1e-3 * square * square
        // The low end of the formula is above the limit of the high end.
        return kilohertz > 10 ? min(level, highest) : level
    }
}
