#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Level of an utterance: samples are divided by their standard deviation times 33.46 before coding
/// (Docs/papers.md, A), so that they lie about in [-1, 1].
///
/// The papers keep the factor for free; here it is sent once per utterance with 7 bits, steps of
/// 0.75 dB from -96 dBFS.
package enum PaperLevel {
    /// Largest sample of the papers' training set in standard deviations.
    package static let peak = 33.461480140686035
    package static let bits = 7
    static let lowest = -96.0
    static let step = 0.75

    /// Index 0...127 of a standard deviation (full scale = 1).
    package static func index(deviation: Double) -> Int {
        guard deviation > 0 else { return 0 }
        return min(
            max(Int(((20 * log10(deviation) - lowest) / step).rounded()), 0), (1 << bits) - 1)
    }

    /// Factor from samples in [-1, 1] to what the network sees.
    package static func scale(index: Int) -> Double {
        1 / (peak * pow(10, (lowest + step * Double(index)) / 20))
    }

    /// Standard deviation of samples; 0 for none.
    package static func deviation(_ samples: some Collection<Float>) -> Double {
        guard !samples.isEmpty else { return 0 }
        let n = Double(samples.count)
        let mean = samples.reduce(0) { $0 + Double($1) } / n
        return (samples.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / n)
            .squareRoot()
    }
}
