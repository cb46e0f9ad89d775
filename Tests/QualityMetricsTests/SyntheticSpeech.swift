import Foundation
import SignalProcessing

/// Numbers in -1 ... 1 (SplitMix64), the same as in Scripts/golden-metrics.py.
struct Numbers {
    private var words: SplitMix64

    init(state: UInt64) { words = SplitMix64(seed: state) }

    mutating func next() -> Double { 2 * words.unit() - 1 }

    mutating func between(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * 0.5 * (next() + 1)
    }
}

/// Signals that behave like speech and are the same on every machine; the recipe is that of
/// Scripts/golden-metrics.py, operation by operation.
enum SyntheticSpeech {
    /// Pulses and noise through moving resonances, with syllables and pauses; 16-bit values, full
    /// scale 1.
    static func speech(seed: UInt64, rate: Int, count: Int) -> [Double] {
        var numbers = Numbers(state: seed)
        var out: [Double] = []
        var state = [(Double, Double)](repeating: (0, 0), count: 3)
        var phase = 0.0
        var previous = 0.0
        let fs = Double(rate)
        while out.count < count {
            let kind = numbers.between(0, 1)
            let length = Int(numbers.between(0.08, 0.3) * fs)
            let pitch = numbers.between(90, 240)
            let glide = numbers.between(-0.3, 0.3)
            let level = numbers.between(0.2, 1)
            let formants = [
                numbers.between(300, 800), numbers.between(900, 2200), numbers.between(2300, 3200),
            ]
            let widths = [60.0, 90, 150]
            let radii = widths.map { exp(-Double.pi * $0 / fs) }
            let cosines = formants.map { cos(2 * Double.pi * $0 / fs) }
            for n in 0..<length {
                let u = Double(n) / Double(length)
                let envelope = level * sin(Double.pi * u)
                let noise = numbers.next()
                var x: Double
                if kind < 0.15 {
                    x = 0.0005 * noise
                } else if kind < 0.35 {
                    x = 0.05 * envelope * (noise - previous)
                } else {
                    phase += pitch * (1 + glide * u) / fs
                    var pulse = 0.0
                    if phase >= 1 {
                        phase -= 1
                        pulse = 1
                    }
                    x = envelope * (pulse * (fs / 16000).squareRoot() + 0.01 * noise)
                }
                previous = noise
                for k in 0..<3 {
                    let r = radii[k]
                    let v = (1 - r) * x + 2 * r * cosines[k] * state[k].0 - r * r * state[k].1
                    state[k] = (v, state[k].0)
                }
                var value = 1.5 * (state[0].0 + 0.7 * state[1].0 + 0.5 * state[2].0)
                if kind >= 0.15, kind < 0.35 { value += 0.3 * x }
                out.append((min(max(value, -1), 1) * 32767 + 0.5).rounded(.down) / 32768)
            }
        }
        return Array(out[..<count])
    }

    static func degraded(_ x: [Double], kind: String, parameter: Double, rate: Int, seed: UInt64)
        -> [Double]
    {
        var numbers = Numbers(state: seed + 1000)
        func mixed(with noise: [Double]) -> [Double] {
            let ratio = x.reduce(0) { $0 + $1 * $1 } / noise.reduce(0) { $0 + $1 * $1 }
            let gain = (ratio * pow(10, -parameter / 10)).squareRoot()
            return zip(x, noise).map { $0 + gain * $1 }
        }
        switch kind {
        case "noise":
            return mixed(with: x.map { _ in numbers.next() })
        case "babble":
            return mixed(with: speech(seed: seed + 500, rate: rate, count: x.count))
        case "lowpass":
            var state = 0.0
            return x.map {
                state += parameter * ($0 - state)
                return 0.8 * state
            }
        case "bits":
            let step = pow(2, 1 - parameter)
            return x.map { ($0 / step + 0.5).rounded(.down) * step }
        case "clip":
            let limit = parameter * x.reduce(0) { max($0, abs($1)) }
            return x.map { min(max($0, -limit), limit) }
        case "delay":
            let shift = Int(parameter)
            return x.indices.map {
                (x.indices.contains($0 - shift) ? x[$0 - shift] : 0) + 0.003 * numbers.next()
            }
        case "dropout":
            return x.enumerated().map { ($0 / (rate / 50)) % Int(parameter) == 3 ? 0 : $1 }
        case "mnru":
            let gain = pow(10, -parameter / 20)
            return x.map { $0 * (1 + gain * 1.7 * numbers.next()) + 0.002 }
        default:
            return []
        }
    }
}
