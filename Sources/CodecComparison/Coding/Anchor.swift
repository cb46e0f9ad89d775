import Foundation

/// Sounds that no codec made: the ends of every scale, in each comparison.
public enum Anchor: String, Sendable, CaseIterable {
    /// The source itself. Every measure must give it its best value.
    case original
    /// The source without what lies above 3.5 kHz: the low anchor of ITU-R BS.1534-3.
    case lowPass = "lowpass-3.5k"
    /// The source without what lies above 7 kHz: the mid anchor of ITU-R BS.1534-3, in comparisons
    /// of audio.
    case lowPass7k = "lowpass-7k"

    /// The anchor's signal: the source itself where its rate leaves nothing to take away.
    /// - Parameter sampleRate: Hz
    func apply(to samples: [Float], sampleRate: Int) -> [Float] {
        switch self {
        case .original: samples
        case .lowPass: Self.lowPass(samples, 3_500, 4_000, sampleRate)
        case .lowPass7k: Self.lowPass(samples, 7_000, 8_000, sampleRate)
        }
    }

    private static func lowPass(
        _ samples: [Float], _ passBand: Double, _ stopBand: Double, _ sampleRate: Int
    ) -> [Float] {
        guard Double(sampleRate) > 2 * passBand else { return samples }
        return LowPass(
            passBand: passBand, stopBand: stopBand, rejection: 60, sampleRate: sampleRate
        ).apply(to: samples)
    }
}

/// A linear-phase low-pass filter: a sinc with a Kaiser window (Kaiser 1974: its length and shape
/// from the rejection), without delay. BS.1534-3 asks for 0.1 dB of ripple up to 3.5 kHz, 25 dB of
/// rejection at 4 kHz and 50 dB at 4.5 kHz.
struct LowPass {
    let taps: [Double]

    /// - Parameters:
    ///   - passBand, stopBand: Hz, edges of the transition.
    ///   - rejection: dB, above 50.
    init(passBand: Double, stopBand: Double, rejection: Double, sampleRate: Int) {
        let fs = Double(sampleRate)
        let width = 2 * Double.pi * (stopBand - passBand) / fs
        let cutoff = (passBand + stopBand) / fs
        let half = Int(((rejection - 7.95) / (2.285 * width) / 2).rounded(.up))
        let beta = 0.1102 * (rejection - 8.7)
        taps = (-half...half).map { n in
            let x = Double.pi * cutoff * Double(n)
            let u = Double(n) / Double(half)
            return cutoff * (n == 0 ? 1 : sin(x) / x)
                * Self.besselI0(beta * max(0, 1 - u * u).squareRoot()) / Self.besselI0(beta)
        }
    }

    /// The filtered signal, as long as the signal; zeros around it.
    func apply(to x: [Float]) -> [Float] {
        let half = taps.count / 2
        return taps.withUnsafeBufferPointer { taps in
            x.withUnsafeBufferPointer { x in
                x.indices.map { n in
                    var sum = 0.0
                    for k in max(0, n - half)...min(x.count - 1, n + half) {
                        sum += taps[n - k + half] * Double(x[k])
                    }
                    return Float(sum)
                }
            }
        }
    }

    /// The modified Bessel function of the first kind and order 0, by its power series.
    private static func besselI0(_ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        var k = 1.0
        while term > sum * 1e-17 {
            term *= x * x / 4 / (k * k)
            sum += term
            k += 1
        }
        return sum
    }
}
