import Training
import Foundation
import TestSupport
import NeuralNetwork
import PerceptualLoss
import SignalProcessing
import Testing

/// The loudness distance in double precision: value against the formula written out with a plain
/// transform, gradient against central differences.
@Suite struct LoudnessLossTests {
    private static let samples = 1024

    /// Two items of harmonics with RMS near 0.1 and a decoded version with white noise of a given
    /// amplitude.
    private static func signals(noise: Double) -> (x: [Double], y: [Double]) {
        var random = RandomSource(seed: 5)
        let x = (0..<2 * samples).map { i -> Double in
            let pitch = i < samples ? 120.0 : 210.0
            var sum = 0.0
            for h in 1...12 {
                sum +=
                    0.1 / Double(h)
                    * sin(2 * Double.pi * pitch * Double(h * (i % samples)) / 16000 + Double(h))
            }
            return sum
        }
        return (x, x.map { $0 + noise * random.uniform(-1, 1) })
    }

    private static func loss(_ x: [Double], _ y: [Double], clipped: Bool) throws -> Double {
        let graph = Graph<Double>()
        let shape = Shape(2, x.count / 2, 1)
        return try LoudnessLoss<Double>(clipped: clipped)(
            graph.input(shape, x), graph.input(shape, y), graph
        ).data[0]
    }

    /// The documented formula, band by band.
    private static func reference(_ x: [Double], _ y: [Double], clipped: Bool) -> Double {
        let bands = 48
        let bank = BarkScale.bands(count: bands, size: 512, sampleRate: 16000)
        let thresholds = BarkScale.centres(count: bands, sampleRate: 16000).map {
            pow(10, BarkScale.thresholdInQuiet(hertz: $0) / 10)
        }
        let width = BarkScale.bark(hertz: 8000)
        func intensities(_ s: ArraySlice<Double>, _ frame: Int) -> [Double] {
            let windowed = (0..<512).map { n -> Double in
                let i = s.startIndex + frame * 256 - 256 + n
                return s.indices.contains(i)
                    ? s[i] * (0.5 - 0.5 * cos(2 * Double.pi * Double(n) / 512)) : 0
            }
            let power = (0...256).map { k -> Double in
                var real = 0.0
                var imaginary = 0.0
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
        func loudness(_ p: Double, _ p0: Double) -> Double {
            let loud = pow(0.5 + 0.5 * p / p0, 0.23) - 1
            return 0.187 * pow(p0 / 0.5, 0.23) * (clipped ? max(loud, 0) : loud)
        }
        var total = 0.0
        for item in 0..<2 {
            let range = item * samples..<(item + 1) * samples
            let frames = samples / 256 + 1
            var symmetric = 0.0
            var asymmetric = 0.0
            for t in 0..<frames {
                let px = intensities(x[range], t)
                let py = intensities(y[range], t)
                var squares = 0.0
                var added = 0.0
                for b in 0..<bands {
                    let lx = loudness(px[b], thresholds[b])
                    let ly = loudness(py[b], thresholds[b])
                    let difference = abs(ly - lx)
                    let disturbance = max(difference - 0.25 * min(lx, ly), 0) + 0.05 * difference
                    squares += disturbance * disturbance
                    added +=
                        disturbance
                        / (1 + exp(-2.5 * (1.2 * log((py[b] + 50) / (px[b] + 50)) - log(6))))
                }
                symmetric += squares / Double(bands)
                asymmetric += (added / Double(bands)) * (added / Double(bands))
            }
            total +=
                0.1 * width * (symmetric / Double(frames)).squareRoot() + 0.0309 * 12 * width
                * (asymmetric / Double(frames)).squareRoot()
        }
        return total / 2
    }

    @Test(arguments: [0.002, 0.02, 0.1], [true, false]) func followsItsFormula(
        _ noise: Double, _ clipped: Bool
    ) throws {
        let (x, y) = Self.signals(noise: noise)
        let value = try Self.loss(x, y, clipped: clipped)
        let expected = Self.reference(x, y, clipped: clipped)
        #expect(abs(value / expected - 1) < 1e-3, "\(value), expected \(expected)")
    }

    /// Quiet enough that some bands lie below the threshold in quiet and some above.
    @Test(arguments: [true, false], [1, 0.003]) func gradientIsThatOfTheValue(
        _ clipped: Bool, _ level: Double
    ) throws {
        let (x, y) = Self.signals(noise: 0.02)
        let shape = Shape(2, Self.samples, 1)
        let loss = try LoudnessLoss<Double>(clipped: clipped)
        let result = try GradientCheck(step: 1e-6 * level, stride: 61)([
            TestArray(shape, y.map { $0 * level })
        ]) { graph, tensors in
            [try loss(graph.input(shape, x.map { $0 * level }), tensors[0], graph)]
        }
        #expect(result.worst < 1e-3 && result.count == 34 && result.size > 1e-2, "\(result)")
    }

    /// What nobody hears costs nothing if clipped; else it costs a constant.
    @Test func silence() throws {
        let silence = [Double](repeating: 0, count: 2 * Self.samples)
        let faint = Self.signals(noise: 0).x.map { $0 * 1e-6 }
        for (x, y) in [(silence, silence), (silence, faint), (faint, silence)] {
            #expect(try Self.loss(x, y, clipped: true) == 0)
            #expect(try Self.loss(x, y, clipped: false) > 0.01)
        }
        let graph = Graph<Float>()
        let zeros = graph.zeros(Shape(2, Self.samples, 1))
        #expect(
            try LoudnessLoss<Float>()(zeros, zeros, graph).data[0] == 0, "also in single precision")
    }

    /// No noise gives less than any noise, in both forms.
    @Test(arguments: [true, false]) func moreNoiseIsWorse(_ clipped: Bool) throws {
        let values = try [0, 0.001, 0.01, 0.1].map { noise in
            let (x, y) = Self.signals(noise: noise)
            return try Self.loss(x, y, clipped: clipped)
        }
        #expect(values[0] < values[1] && values[1] < values[2] && values[2] < values[3])
    }

    /// Noise between the harmonics of a quiet signal is added sound; the same amount missing counts
    /// less.
    @Test(arguments: [true, false]) func addedSoundCountsMoreThanMissingSound(_ clipped: Bool)
        throws
    {
        let (x, y) = Self.signals(noise: 0.05)
        let added = try Self.loss(x, y, clipped: clipped)
        let missing = try Self.loss(y, x, clipped: clipped)
        #expect(added > missing)
    }

    @Test func barkBandsShareEveryBin() {
        let bank = BarkScale.bands(count: 48, size: 512, sampleRate: 16000)
        for bin in 0...256 { #expect(abs(bank.reduce(0) { $0 + $1[bin] } - 1) < 1e-9) }
        #expect(abs(BarkScale.hertz(bark: BarkScale.bark(hertz: 1234)) - 1234) < 1e-6)
    }
}
