#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The mel scale m = 2595 log10(1 + f / 700) (O'Shaughnessy 1987, as in HTK) and filters on it.
public enum MelScale {
    public static func mel(hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
    public static func hertz(mel: Double) -> Double { 700 * (pow(10, mel / 2595) - 1) }

    /// Triangular filters over the bins of a `size`-point transform: `bands` rows of size / 2 + 1
    /// weights, peak 1, edges equally spaced in mel between 0 and half the sample rate. A filter
    /// narrower than a bin takes the bin nearest to its centre.
    public static func filterBank(size: Int, bands: Int, sampleRate: Double) -> [[Double]] {
        let top = mel(hertz: sampleRate / 2)
        let edges = (0..<bands + 2).map { hertz(mel: top * Double($0) / Double(bands + 1)) }
        let bins = (0...size / 2).map { Double($0) * sampleRate / Double(size) }
        return (0..<bands).map { band in
            let low = edges[band]
            let centre = edges[band + 1]
            let high = edges[band + 2]
            var row = bins.map {
                max(0, min(($0 - low) / (centre - low), (high - $0) / (high - centre)))
            }
            if row.allSatisfy({ $0 == 0 }) {
                row[min(Int((centre / sampleRate * Double(size)).rounded()), size / 2)] = 1
            }
            return row
        }
    }

    /// Piecewise-linear interpolation on the mel scale from `bands` equally spaced centres to
    /// `bins` bin centres (k + 1/2) / bins of the band: `bands` rows of `bins` weights; each column
    /// sums to 1.
    public static func interpolation(bands: Int, bins: Int, sampleRate: Double) -> [[Double]] {
        let position = (0..<bins).map {
            mel(hertz: (Double($0) + 0.5) / Double(bins) * sampleRate / 2)
        }
        guard bands > 1, let first = position.first, let last = position.last else {
            return [Array(repeating: 1, count: bins)]
        }
        let step = (last - first) / Double(bands - 1)
        return (0..<bands).map { band in
            position.map { max(0, 1 - abs($0 - first - Double(band) * step) / step) }
        }
    }
}
