import Foundation
import NeuralNetwork

/// A generated signal with the traits of speech that a codec's rate depends on: syllables of a
/// pitched pulse train through moving formants, fricative noise, pauses and a changing level. The
/// same seed gives the same samples.
public enum SpeechLikeSignal {
    /// Mono samples in [-1, 1].
    /// - Parameter rate: samples a second.
    public static func samples(
        seconds: Double, rate: Int = 16_000, seed: UInt64 = 1, level: Double = 0.2
    ) -> [Float] {
        let count = Int((seconds * Double(rate)).rounded())
        var random = RandomSource(seed: seed)
        var result: [Float] = []
        result.reserveCapacity(count + rate)
        while result.count < count { appendSyllable(&result, rate: rate, level: level, &random) }
        return Array(result.prefix(count))
    }

    /// One vowel, one fricative or one pause.
    private static func appendSyllable(
        _ result: inout [Float], rate: Int, level: Double, _ random: inout RandomSource
    ) {
        let kind = random.uniform()
        let length = Int(random.uniform(0.08, 0.3) * Double(rate))
        if kind < 0.2 {
            return result += (0..<length).map { _ in Float(random.uniform(-1, 1) * 1e-4) }
        }
        let isVoiced = kind < 0.75
        let gain = level * random.uniform(0.3, 1) * (isVoiced ? 1 : 0.25)
        let centres =
            isVoiced
            ? [random.uniform(300, 800), random.uniform(900, 2200), random.uniform(2400, 3200)]
            : [random.uniform(3000, 6000)]
        var formants = centres.map {
            Resonator(frequency: $0, bandwidth: isVoiced ? 90 : 1500, rate: rate)
        }
        let pitch = random.uniform(90, 220)
        let glide = random.uniform(-0.2, 0.2)
        var phase = 0.0
        var peak = 1e-9
        var wave: [Double] = []
        for n in 0..<length {
            let t = Double(n) / Double(length)
            phase += pitch * (1 + glide * t) / Double(rate)
            var source = random.uniform(-1, 1) * (isVoiced ? 0.03 : 1)
            if isVoiced, phase >= 1 {
                phase -= 1
                source += 1
            }
            var sum = 0.0
            for i in formants.indices { sum += formants[i].step(source) / Double(i + 1) }
            sum *= sin(.pi * t)
            peak = max(peak, abs(sum))
            wave.append(sum)
        }
        result += wave.map { Float($0 / peak * gain) }
    }
}

/// Two-pole resonator; silent above half the sample rate.
struct Resonator {
    private var y1 = 0.0
    private var y2 = 0.0
    private let a1: Double
    private let a2: Double
    private let gain: Double

    init(frequency: Double, bandwidth: Double, rate: Int) {
        let r = exp(-.pi * bandwidth / Double(rate))
        a1 = 2 * r * cos(2 * .pi * frequency / Double(rate))
        a2 = -r * r
        gain = frequency < 0.48 * Double(rate) ? 1 - r : 0
    }

    mutating func step(_ x: Double) -> Double {
        let y = gain * x + a1 * y1 + a2 * y2
        y2 = y1
        y1 = y
        return y
    }
}
