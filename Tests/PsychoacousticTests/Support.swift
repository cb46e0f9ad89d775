import Foundation
import Psychoacoustic
import SpectralTransform

/// Power spectra of one frame, as the model wants them.
func spectrum(_ model: MaskingModel, _ signal: (Int) -> Double) throws -> [Double] {
    let transform = try ShortTimeTransform<Double>(size: model.size, hop: model.size)
    let (real, imaginary) = try transform.forward((0..<model.size).map(signal))
    return zip(real, imaginary).map { ($0 * $0 + $1 * $1) * model.powerScale }
}

/// A spectrum that is silent but for given lines, in dB SPL.
func lines(_ model: MaskingModel, _ levels: [Int: Double]) -> [Double] {
    (0..<model.binCount).map { bin in levels[bin].map { pow(10, $0 / 10) } ?? 0 }
}

func decibels(_ power: Double) -> Double { 10 * log10(power) }

/// Reproducible numbers in 0 ..< 1 (Knuth's MMIX generator).
struct Numbers {
    var state: UInt64
    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / 9_007_199_254_740_992
    }
}

/// A voiced frame: harmonics of 120 Hz under a falling envelope, and noise; RMS near -20 dBFS.
func vowel(_ sampleRate: Double, seed: UInt64) -> (Int) -> Double {
    var numbers = Numbers(state: seed)
    let noise = (0..<8192).map { _ in 0.02 * (numbers.next() - 0.5) }
    let harmonics = Int(sampleRate / 240) - 1
    return { n in
        var sum = noise[n % noise.count]
        for h in 1...harmonics {
            let angle = 2 * Double.pi * 120 * Double(h * n) / sampleRate + Double(h * h)
            sum += 0.1 / Double(h) * sin(angle)
        }
        return sum
    }
}

/// The global threshold written as its definition, one line and one masker at a time, dB SPL.
func referenceThreshold(_ model: MaskingModel, _ maskers: [Masker], bin: Int) -> Double {
    let width = model.sampleRate / Double(model.size)
    let sum = maskers.reduce(pow(10, AbsoluteThreshold.level(hertz: Double(bin) * width) / 10)) {
        sum, masker in
        let z = CriticalBandRate.bark(hertz: Double(masker.bin) * width)
        let distance = CriticalBandRate.bark(hertz: Double(bin) * width) - z
        let level =
            masker.level + SpreadingFunction.maskingIndex(masker.kind, bark: z)
            + SpreadingFunction.level(distance: distance, masker: masker.level)
        return sum + pow(10, level / 10)
    }
    return 10 * log10(sum)
}
