import Foundation

/// What measures of audio are checked with: transforms and the masking model written once more, as
/// their definitions stand in Docs/psychoacoustics.md, without any of the package's code.
enum Slow {
    /// |X|^2 or X L R* of a Hann-windowed frame by the definition of the Fourier transform: real
    /// and imaginary parts of bins 0 ... N/2.
    static func spectrum(_ x: ArraySlice<Double>) -> [(real: Double, imaginary: Double)] {
        let size = x.count
        let windowed = x.enumerated().map { n, value in
            value * (0.5 - 0.5 * cos(2 * .pi * Double(n) / Double(size)))
        }
        let turns = (0..<size).map { 2 * Double.pi * Double($0) / Double(size) }
        return (0...size / 2).map { k in
            var (real, imaginary) = (0.0, 0.0)
            for n in 0..<size {
                let angle = turns[k * n % size]
                real += windowed[n] * cos(angle)
                imaginary -= windowed[n] * sin(angle)
            }
            return (real, imaginary)
        }
    }

    static func power(_ x: ArraySlice<Double>) -> [Double] {
        spectrum(x).map { $0.real * $0.real + $0.imaginary * $0.imaginary }
    }

    /// Samples of a frame of 24 ms.
    static func size(_ rate: Int) -> Int { 2 * Int((0.012 * Double(rate)).rounded()) }

    /// |X|^2 to power relative to 0 dB SPL, a sine of full scale being 96 dB.
    static func scale(_ size: Int) -> Double {
        pow(10, 9.6) * 2 / 3 * 16 / Double(size * size)
    }

    static func bark(_ hertz: Double) -> Double {
        13 * atan(0.76 * hertz / 1000) + 3.5 * atan(pow(hertz / 7500, 2))
    }

    static func quiet(_ hertz: Double) -> Double {
        let f = max(hertz, 20) / 1000
        let level = 3.64 * pow(f, -0.8) - 6.5 * exp(-0.6 * pow(f - 3.3, 2)) + 0.001 * pow(f, 4)
        return pow(10, (hertz > 10_000 ? min(level, 68) : level) / 10)
    }

    /// First and last bin of each critical band.
    static func bands(_ rate: Int) -> [ClosedRange<Int>] {
        let width = Double(rate) / Double(size(rate))
        let all = Dictionary(grouping: 1...size(rate) / 2) { Int(bark(Double($0) * width)) }
        return all.sorted { $0.key < $1.key }.map { $0.value[0]...$0.value[$0.value.count - 1] }
    }

    /// The global threshold of a frame's power (relative to 0 dB SPL), Annex D.1 of ISO 11172-3.
    static func threshold(_ power: [Double], _ rate: Int) -> [Double] {
        let width = Double(rate) / Double(size(rate))
        let hertz = power.indices.map { Double($0) * width }
        let line = 44_100.0 / 1024
        var rest = power
        var maskers: [(isTone: Bool, bin: Int, level: Double)] = []
        for k in 3..<power.count - 1 where power[k] > power[k - 1] && power[k] >= power[k + 1] {
            let lines = hertz[k] < 63 * line ? 2.0 : hertz[k] < 127 * line ? 3 : 6
            let reach = max(2, Int(((hertz[k] < 255 * line ? lines : 12) * line / width).rounded()))
            guard k - reach >= 0, k + reach < power.count else { continue }
            let around = (2...reach).flatMap { [power[k - $0], power[k + $0]] }
            guard around.allSatisfy({ 10 * log10(power[k] / $0) >= 7 }) else { continue }
            let level = 10 * log10(power[k - 1] + power[k] + power[k + 1])
            maskers.append((true, k, level))
            for j in k - reach...k + reach { rest[j] = 0 }
        }
        maskers.removeAll { $0.level < 10 * log10(quiet(hertz[$0.bin])) }
        var kept: [(isTone: Bool, bin: Int, level: Double)] = []
        for masker in maskers.sorted(by: { $0.level > $1.level })
        where kept.allSatisfy({ abs(bark(hertz[$0.bin]) - bark(hertz[masker.bin])) >= 0.5 }) {
            kept.append(masker)
        }
        for band in bands(rate) {
            let sum = band.reduce(0) { $0 + rest[$1] }
            let middle = Double(band.lowerBound * band.upperBound).squareRoot()
            let bin = Int(middle.rounded())
            guard sum > 0, 10 * log10(sum) >= 10 * log10(quiet(hertz[bin])) else { continue }
            kept.append((false, bin, 10 * log10(sum)))
        }
        return power.indices.map { k in
            kept.reduce(quiet(hertz[k])) { sum, masker in
                let z = bark(hertz[masker.bin])
                let d = bark(hertz[k]) - z
                guard d >= -3, d < 8 else { return sum }
                let index = masker.isTone ? -6.025 - 0.275 * z : -2.025 - 0.175 * z
                let lower = max(0.4 * masker.level + 6, 0)
                let fall =
                    d < -1
                    ? 17 * (d + 1) - lower
                    : d < 0
                        ? lower * d
                        : d < 1 ? -17 * d : -(d - 1) * max(17 - 0.15 * masker.level, 0) - 17
                return sum + pow(10, (masker.level + index + fall) / 10)
            }
        }
    }
}
