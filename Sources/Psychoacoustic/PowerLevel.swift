#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The level scale of this module.
public enum PowerLevel {
    /// The level of a power relative to 0 dB SPL, dB; -infinity for 0.
    public static func decibels(_ power: Double) -> Double { 10 * log10(power) }
    /// The power of a level.
    public static func power(decibels: Double) -> Double { pow(10, decibels / 10) }
}
