/// Level of an utterance: samples are divided by their standard deviation times 33.46 before coding
/// (Docs/papers.md, A), so that they lie about in [-1, 1].
///
/// The papers keep the factor for free; here it is an index of 7 bits, steps of 0.75 dB from -96
/// dBFS, sent once per utterance where rates are only estimated, with every packet in streams.
package enum PaperLevel {
    /// Largest sample of the papers' training set in standard deviations.
    package static let peak = 33.461480140686035
    package static let bits = 7
    /// 10^(-96 / 20) and 10^(0.75 / 20).
    private static let lowest = 1.584893192461114e-05
    private static let step = 1.0901844923851276

    /// Standard deviations of all indices; by multiplications alone, so that they are the same on
    /// every machine.
    private static let deviations: [Double] = {
        var values = [lowest]
        while values.count < 1 << bits { values.append((values.last ?? lowest) * step) }
        return values
    }()
    /// What the samples are divided by, of all indices.
    private static let units = deviations.map { Float(peak * $0) }

    /// Index 0...127 of a standard deviation (full scale = 1): the nearest in dB.
    package static func index(deviation: Double) -> Int {
        // Squares are compared: the border between two is their geometric mean.
        var index = 0
        while index + 1 < deviations.count,
            deviation * deviation > deviations[index] * deviations[index + 1]
        {
            index += 1
        }
        return index
    }

    /// Factor from samples in [-1, 1] to what the network sees.
    package static func scale(index: Int) -> Double { 1 / (peak * deviations[index]) }

    /// What samples in [-1, 1] are divided by for the network.
    /// - Parameter index: 0 ... 127
    static func unit(index: Int) -> Float { units[index] }

    /// Standard deviation of samples; 0 for none.
    package static func deviation(_ samples: some Collection<Float>) -> Double {
        guard !samples.isEmpty else { return 0 }
        let n = Double(samples.count)
        let mean = samples.reduce(0) { $0 + Double($1) } / n
        return (samples.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / n)
            .squareRoot()
    }
}
