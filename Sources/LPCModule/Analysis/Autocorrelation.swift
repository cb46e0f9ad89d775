/// Windowed autocorrelation, conditioned for the recursion of Levinson and Durbin.
public enum Autocorrelation {
    /// r[k] = sum_n x[n] w[n] x[n + k] w[n + k], k = 0 ... order. Lists of different length: the
    /// shorter counts.
    public static func windowed(_ samples: some Collection<Double>, window: [Double], order: Int)
        -> [Double]
    {
        let x = zip(samples, window).map { $0 * $1 }
        return (0...max(order, 0)).map { k in
            var sum = 0.0
            for n in 0..<max(x.count - k, 0) { sum += x[n] * x[n + k] }
            return sum
        }
    }

    /// Gaussian lag window exp(-(2 pi f0 k / fs)^2 / 2): widens every peak of the envelope by about
    /// f0 (Tohkura, Itakura and Hashimoto 1978; with 60 Hz in ITU-T G.729, 3.2.1, and 3GPP TS
    /// 26.190, 5.2.1).
    public static func lagWindow(order: Int, bandwidth: Double, sampleRate: Double) -> [Double] {
        (0...max(order, 0)).map { k in
            let t = 2 * .pi * bandwidth * Double(k) / sampleRate
            return Elementary.exponential(-0.5 * t * t)
        }
    }

    /// Applies a lag window and white-noise correction: r[0] grows by the factor 1 + `whiteNoise`
    /// and by `floor`.
    ///
    /// The floor makes what is far below it (silence, very quiet input) flat, without a threshold.
    public static func condition(
        _ r: [Double], lagWindow: [Double], whiteNoise: Double, floor: Double
    ) -> [Double] {
        var result = zip(r, lagWindow).map { $0 * $1 }
        if !result.isEmpty { result[0] = result[0] * (1 + whiteNoise) + floor }
        return result
    }
}
