#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The critical-band rate (Zwicker and Terhardt: Analytical expressions for critical-band rate and
/// critical bandwidth as a function of frequency, J. Acoust. Soc. Am. 68, 1980).
///
/// The tables D.1 of ISO 11172-3 hold this formula rounded to 0.001 Bark. (Schroeder's simpler
/// form, up to 1 Bark away, is `BarkScale` of `SignalProcessing`.)
public enum CriticalBandRate {
    /// z = 13 atan(0.76 f) + 3.5 atan((f / 7.5)^2), f in kHz; z in Bark, increasing, 24.6 at 20
    /// kHz.
    public static func bark(hertz: Double) -> Double {
        let kilohertz = hertz / 1000
        let ratio = kilohertz / 7.5
        return 13 * atan(0.76 * kilohertz) + 3.5 * atan(ratio * ratio)
    }
}
