#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The Bark scale in Schroeder's form, z = 7 asinh(f / 650) (Schroeder, Atal and Hall 1979), bands
/// on it, and the threshold in quiet.
public enum BarkScale {
    public static func bark(hertz: Double) -> Double { 7 * asinh(hertz / 650) }
    public static func hertz(bark: Double) -> Double { 650 * sinh(bark / 7) }

    /// Threshold in quiet in dB SPL (Terhardt 1979); frequencies below 20 Hz count as 20 Hz.
    public static func thresholdInQuiet(hertz: Double) -> Double {
        let f = max(hertz, 20) / 1000
        return 3.64 * pow(f, -0.8) - 6.5 * exp(-0.6 * (f - 3.3) * (f - 3.3)) + 1e-3 * f * f * f * f
    }

    /// Rectangular bands of equal width in Bark between 0 and half the sample rate over the bins of
    /// a `size`-point transform. A bin is spread over the bands that its interval (k +- 1/2)
    /// sampleRate / size touches, in proportion: `bands` rows of size / 2 + 1 weights, each column
    /// of sum 1.
    public static func bands(count: Int, size: Int, sampleRate: Double) -> [[Double]] {
        let top = bark(hertz: sampleRate / 2)
        let spacing = sampleRate / Double(size)
        let edges = (0...count).map { hertz(bark: top * Double($0) / Double(count)) }
        return (0..<count).map { band in
            (0...size / 2).map { bin in
                let low = max(0, (Double(bin) - 0.5) * spacing)
                let high = min(sampleRate / 2, (Double(bin) + 0.5) * spacing)
                return max(0, min(high, edges[band + 1]) - max(low, edges[band])) / (high - low)
            }
        }
    }

    /// Centres in Hz of those bands.
    public static func centres(count: Int, sampleRate: Double) -> [Double] {
        let top = bark(hertz: sampleRate / 2)
        return (0..<count).map { hertz(bark: top * (Double($0) + 0.5) / Double(count)) }
    }
}
