import Foundation

/// Sample rate conversion by a ratio of whole numbers with the filter of Octave's `resample`: a
/// Kaiser-windowed sinc with 60 dB of rejection, its roll-off a tenth of the stop-band edge, and a
/// gain of exactly 1 at 0 Hz. STOI is defined with this converter, so it is kept as it is.
///
/// y[k] = up * sum over j of h[k down + L - j up] x[j], with h of 2 L + 1 taps that sum to 1, and
/// zeros around the signal. The output has ceil(count * up / down) samples and no delay.
public struct PolyphaseResampler: Sendable {
    /// Output samples per `down` input samples.
    public let up: Int
    public let down: Int

    /// L: half the length of the filter.
    private let half: Int
    /// For each phase p, h[p], h[p + up], h[p + 2 up], ... times `up`.
    private let phases: [[Double]]

    /// - Parameters: sample rates in Hz, at most 768,000.
    /// - Throws: `unsupportedSampleRate` when a rate is outside 1,000 ... 768,000 or the ratio
    ///   needs a filter of more than about 4 million taps.
    public init(from input: Int, to output: Int) throws(QualityMetricError) {
        for rate in [input, output] where !(1_000...768_000).contains(rate) {
            throw .unsupportedSampleRate(rate)
        }
        var (a, b) = (input, output)
        while b != 0 { (a, b) = (b, a % b) }
        up = output / a
        down = input / a
        guard up != down else {
            half = 0
            phases = [[1]]
            return
        }
        let largest = Double(max(up, down))
        guard largest <= 100_000 else { throw .unsupportedSampleRate(input) }
        let rejection = 60.0
        let cutoff = 1 / (2 * largest)
        let rollOff = cutoff / 10
        half = Int(((rejection - 8) / (28.714 * rollOff)).rounded(.up))
        let beta = 0.1102 * (rejection - 8.7)
        let scale = Self.besselI0(beta)
        let length = half
        var taps = (-length...length).map { index -> Double in
            let t = Double(index)
            let ratio = t / Double(length)
            let x = Double.pi * 2 * cutoff * t
            let sinc = index == 0 ? 1 : sin(x) / x
            return Self.besselI0(beta * max(0, 1 - ratio * ratio).squareRoot()) / scale * sinc
        }
        let gain = Double(up) / taps.reduce(0, +)
        for index in taps.indices { taps[index] *= gain }
        let step = up
        phases = (0..<step).map { phase in
            stride(from: phase, to: taps.count, by: step).map { taps[$0] }
        }
    }

    /// The converted signal.
    public func convert(_ signal: [Double]) -> [Double] {
        guard up != down else { return signal }
        let count = (signal.count * up + down - 1) / down
        return signal.withUnsafeBufferPointer { x in
            (0..<count).map { k in
                let position = k * down + half
                let taps = phases[position % up]
                // Tap i of this phase meets sample position / up - i.
                let newest = position / up
                let first = max(0, newest - (x.count - 1))
                let last = min(taps.count - 1, newest)
                var sum = 0.0
                if first <= last {
                    taps.withUnsafeBufferPointer { taps in
                        for index in first...last { sum += taps[index] * x[newest - index] }
                    }
                }
                return sum
            }
        }
    }

    /// The modified Bessel function of the first kind and order 0, by its power series (all terms
    /// positive).
    private static func besselI0(_ x: Double) -> Double {
        let quarter = x * x / 4
        var term = 1.0
        var sum = 1.0
        var k = 1.0
        while term > sum * 1e-17 {
            term *= quarter / (k * k)
            sum += term
            k += 1
        }
        return sum
    }
}
