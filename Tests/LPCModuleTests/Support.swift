import Foundation
import LPCModule
import NeuralNetwork

/// Deterministic signals and predictors for the tests.
enum Make {
    /// A stable predictor from reflection coefficients in +-`limit`.
    static func predictor(_ random: inout RandomSource, order: Int = 16, limit: Double = 0.7) throws
        -> LinearPredictor
    {
        var a: [Double] = []
        for m in 0..<order {
            let k = random.uniform(-limit, limit)
            a = (0..<m).map { a[$0] + k * a[m - 1 - $0] } + [k]
        }
        return try LinearPredictor(a)
    }

    static func noise(_ count: Int, seed: UInt64, amplitude: Double = 0.1) -> [Float] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in Float(random.uniform(-amplitude, amplitude)) }
    }

    static func tone(_ count: Int, hertz: Double, amplitude: Double = 0.5) -> [Float] {
        let step = 2 * Double.pi * hertz / 16000
        return (0..<count).map { (n: Int) -> Float in Float(amplitude * sin(step * Double(n))) }
    }

    /// Something like speech: pulses and noise through resonances that move, with a pause.
    static func speech(_ count: Int, seed: UInt64 = 3) -> [Float] {
        var random = RandomSource(seed: seed)
        var past = [Double](repeating: 0, count: 8)
        var phase = 0.0
        let raw: [Double] = (0..<count).map { (n: Int) -> Double in
            let t = Double(n) / 16000
            let first = 500 + 200 * sin(7 * t)
            let second = 1500 + 500 * sin(5 * t + 1)
            let formants: [Double] = [first, second, 2600, 3600]
            phase += (110 + 20 * sin(3 * t)) / 16000
            var x = random.uniform(-0.01, 0.01)
            if phase >= 1 {
                phase -= 1
                x += 1
            }
            if n / 4000 % 4 == 3 { x = random.uniform(-1e-5, 1e-5) }
            for (i, f) in formants.enumerated() {
                let r = 0.985
                let turn = 2 * r * cos(2 * Double.pi * f / 16000)
                let y = x + turn * past[2 * i] - r * r * past[2 * i + 1]
                past[2 * i + 1] = past[2 * i]
                past[2 * i] = y
                x = y * (1 - r)
            }
            return x
        }
        let peak = raw.reduce(1e-30) { max($0, abs($1)) }
        return raw.map { Float(0.5 * $0 / peak) }
    }

    /// Cuts a list into portions of changing size, 0 included.
    static func portions<T>(_ values: [T], seed: UInt64, largest: Int) -> [[T]] {
        var random = RandomSource(seed: seed)
        var result: [[T]] = []
        var at = 0
        while at < values.count {
            let n = min(random.below(largest + 1), values.count - at)
            result.append(Array(values[at..<at + n]))
            at += n
        }
        return result
    }
}

func signalToNoise(_ x: [Float], _ y: [Float]) -> Double {
    var signal = 0.0
    var noise = 0.0
    for (a, b) in zip(x, y) {
        signal += Double(a) * Double(a)
        noise += (Double(a) - Double(b)) * (Double(a) - Double(b))
    }
    return 10 * log10(signal / max(noise, 1e-300))
}
