import CodecTraining
import Foundation
import NeuralNetwork
import SignalProcessing
import Testing

/// The loudness distance in double precision: value against the formula written out with a plain transform, gradient against central differences.
@Suite struct LoudnessLossTests {
    private static let samples = 1024

    /// Two items of harmonics with RMS near 0.1 and a decoded version with white noise of a given amplitude.
    private static func signals(noise: Double) -> (x: [Double], y: [Double]) {
        var random = RandomSource(seed: 5)
        let x = (0..<2 * samples).map { i -> Double in
            let pitch = i < samples ? 120.0 : 210.0
            var sum = 0.0
            for h in 1...12 { sum += 0.1 / Double(h) * sin(2 * Double.pi * pitch * Double(h * (i % samples)) / 16000 + Double(h)) }
            return sum
        }
        return (x, x.map { $0 + noise * random.uniform(-1, 1) })
    }

    private static func loss(_ x: [Double], _ y: [Double]) throws -> (value: Double, gradient: [Double]) {
        let graph = Graph<Double>(), shape = Shape(2, samples, 1), decoded = graph.input(shape, y, tracked: true)
        let result = try LoudnessLoss<Double>()(graph.input(shape, x), decoded, graph)
        graph.backward(result)
        return (result.data[0], decoded.gradientArray ?? [])
    }

    /// The documented formula, band by band.
    private static func reference(_ x: [Double], _ y: [Double]) -> Double {
        let bands = 48, bank = BarkScale.bands(count: bands, size: 512, sampleRate: 16000)
        let thresholds = BarkScale.centres(count: bands, sampleRate: 16000).map { pow(10, BarkScale.thresholdInQuiet(hertz: $0) / 10) }
        let width = BarkScale.bark(hertz: 8000)
        func intensities(_ s: ArraySlice<Double>, _ frame: Int) -> [Double] {
            let windowed = (0..<512).map { n -> Double in
                let i = s.startIndex + frame * 256 - 256 + n
                return s.indices.contains(i) ? s[i] * (0.5 - 0.5 * cos(2 * Double.pi * Double(n) / 512)) : 0
            }
            let power = (0...256).map { k -> Double in
                var real = 0.0, imaginary = 0.0
                for n in 0..<512 {
                    real += windowed[n] * cos(2 * Double.pi * Double(k * n % 512) / 512)
                    imaginary -= windowed[n] * sin(2 * Double.pi * Double(k * n % 512) / 512)
                }
                return real * real + imaginary * imaginary
            }
            let scale: Double = pow(10, 7.9) / 0.01 * 2 / (512 * 192)
            return bank.map { row -> Double in
                var sum = 0.0
                for k in 0...256 { sum += row[k] * power[k] }
                return sum * scale
            }
        }
        func loudness(_ p: Double, _ p0: Double) -> Double { 0.187 * pow(p0 / 0.5, 0.23) * (pow(0.5 + 0.5 * p / p0, 0.23) - 1) }
        var total = 0.0
        for item in 0..<2 {
            let range = item * samples..<(item + 1) * samples, frames = samples / 256 + 1
            var symmetric = 0.0, asymmetric = 0.0
            for t in 0..<frames {
                let px = intensities(x[range], t), py = intensities(y[range], t)
                var squares = 0.0, added = 0.0
                for b in 0..<bands {
                    let lx = loudness(px[b], thresholds[b]), ly = loudness(py[b], thresholds[b]), difference = abs(ly - lx)
                    let disturbance = max(difference - 0.25 * min(lx, ly), 0) + 0.05 * difference
                    squares += disturbance * disturbance
                    added += disturbance / (1 + exp(-2.5 * (1.2 * log((py[b] + 50) / (px[b] + 50)) - log(6))))
                }
                symmetric += squares / Double(bands)
                asymmetric += (added / Double(bands)) * (added / Double(bands))
            }
            total += 0.1 * width * (symmetric / Double(frames)).squareRoot() + 0.0309 * 12 * width * (asymmetric / Double(frames)).squareRoot()
        }
        return total / 2
    }

    @Test(arguments: [0.002, 0.02, 0.1]) func followsItsFormula(_ noise: Double) throws {
        let (x, y) = Self.signals(noise: noise)
        let value = try Self.loss(x, y).value, expected = Self.reference(x, y)
        #expect(abs(value / expected - 1) < 1e-3, "\(value), expected \(expected)")
    }

    @Test func gradientIsThatOfTheValue() throws {
        let (x, y) = Self.signals(noise: 0.02)
        let gradient = try Self.loss(x, y).gradient, size = (gradient.reduce(0) { $0 + $1 * $1 } / Double(gradient.count)).squareRoot()
        #expect(size > 0)
        for i in stride(from: 3, to: gradient.count, by: 61) {
            var up = y, down = y
            up[i] += 1e-6
            down[i] -= 1e-6
            let numeric = (try Self.loss(x, up).value - Self.loss(x, down).value) / 2e-6
            #expect(abs(numeric - gradient[i]) < 1e-4 * max(abs(numeric), size), "sample \(i): \(gradient[i]), differences say \(numeric)")
        }
    }

    /// Equal signals do not give 0 where bands lie below the threshold in quiet, but no noise gives less.
    @Test func moreNoiseIsWorse() throws {
        let values = try [0, 0.001, 0.01, 0.1].map { noise in
            let (x, y) = Self.signals(noise: noise)
            return try Self.loss(x, y).value
        }
        #expect(values[0] < values[1] && values[1] < values[2] && values[2] < values[3])
    }

    /// Noise between the harmonics of a quiet signal is added sound; the same amount missing counts less.
    @Test func addedSoundCountsMoreThanMissingSound() throws {
        let (x, y) = Self.signals(noise: 0.05)
        let added = try Self.loss(x, y).value, missing = try Self.loss(y, x).value
        #expect(added > missing)
    }

    @Test func barkBandsShareEveryBin() {
        let bank = BarkScale.bands(count: 48, size: 512, sampleRate: 16000)
        for bin in 0...256 { #expect(abs(bank.reduce(0) { $0 + $1[bin] } - 1) < 1e-9) }
        #expect(abs(BarkScale.hertz(bark: BarkScale.bark(hertz: 1234)) - 1234) < 1e-6)
    }
}
