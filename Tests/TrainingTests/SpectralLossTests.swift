import Training
import Foundation
import TestSupport
import NeuralNetwork
import PerceptualLoss
import SignalProcessing
import Testing

/// Mel distance and weighted noise-to-signal ratio in double precision: values against their
/// definition with a plain transform, gradients against differences.
@Suite struct SpectralLossTests {
    private static let samples = 800
    private static let shape = Shape(2, samples, 1)

    /// Two items of harmonics with some noise, and a decoded version with more of it.
    private static func signals(error: Double) -> (x: [Double], y: [Double]) {
        var random = RandomSource(seed: 6)
        let x = (0..<2 * samples).map { i -> Double in
            let pitch = i < samples ? 130.0 : 240.0
            return (1...10).reduce(0.01 * random.uniform(-1, 1)) {
                $0 + 0.1 / Double($1) * sin(2 * .pi * pitch * Double($1 * (i % samples)) / 16000)
            }
        }
        return (x, x.map { $0 + error * random.uniform(-1, 1) })
    }

    /// |X|^2 of Hann frames centred on multiples of `hop`, zeros outside the signal.
    private static func power(_ x: ArraySlice<Double>, size: Int, hop: Int) -> [[Double]] {
        (0...x.count / hop).map { t in
            let frame = (0..<size).map { n -> Double in
                let i = x.startIndex + t * hop - size / 2 + n
                return x.indices.contains(i)
                    ? x[i] * (0.5 - 0.5 * cos(2 * .pi * Double(n) / Double(size))) : 0
            }
            return (0...size / 2).map { k in
                var real = 0.0
                var imaginary = 0.0
                for n in 0..<size {
                    real += frame[n] * cos(2 * .pi * Double(k * n % size) / Double(size))
                    imaginary -= frame[n] * sin(2 * .pi * Double(k * n % size) / Double(size))
                }
                return real * real + imaginary * imaginary
            }
        }
    }

    private static func items(_ x: [Double]) -> [ArraySlice<Double>] {
        [x[..<samples], x[samples...]]
    }
    private static func product(_ row: [Double], _ values: [Double]) -> Double {
        zip(row, values).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test(arguments: [0.003, 0.05]) func melDistance(_ error: Double) throws {
        let (x, y) = Self.signals(error: error)
        let sizes = [(size: 64, bands: 12), (size: 128, bands: 20)]
        let loss = try MelLoss<Double>(sizes: sizes)
        var expected = 0.0
        for (size, bands) in sizes {
            let bank = MelScale.filterBank(size: size, bands: bands, sampleRate: 16000)
            var sum = 0.0
            var count = 0.0
            for (a, b) in zip(Self.items(x), Self.items(y)) {
                for (p, q) in zip(
                    Self.power(a, size: size, hop: size / 4),
                    Self.power(b, size: size, hop: size / 4))
                {
                    for row in bank {
                        let u = Self.product(row, p.map { ($0 + 1e-10).squareRoot() })
                        let v = Self.product(row, q.map { ($0 + 1e-10).squareRoot() })
                        sum += abs(log(max(v, 0.01)) - log(max(u, 0.01)))
                        count += 1
                    }
                }
            }
            expected += sum / count / 2
        }
        let graph = Graph<Double>()
        let value = try loss(graph.input(Self.shape, x), graph.input(Self.shape, y), graph).data[0]
        #expect(
            expected > 0.01 && abs(value / expected - 1) < 1e-9, "\(value), expected \(expected)")
        // Scaled up, so that derivatives are far from the floor of the comparison.
        let result = try GradientCheck(step: 1e-7, stride: 29)([TestArray(Self.shape, y)]) {
            graph, t in
            [graph.affine(try loss(graph.input(Self.shape, x), t[0], graph), scale: 100)]
        }
        #expect(result.worst < 1e-3 && result.count == 56 && result.size > 1e-4, "\(result)")
    }

    @Test(arguments: [0.003, 0.05]) func weightedNoise(_ error: Double) throws {
        let (x, y) = Self.signals(error: error)
        let exponent = 0.6
        let loss = try WeightedSNRLoss<Double>(exponent: exponent)
        let bank = MelScale.filterBank(size: 320, bands: 40, sampleRate: 16000)
        var sum = 0.0
        var count = 0.0
        for (a, b) in zip(Self.items(x), Self.items(y)) {
            let spectra = Self.power(a, size: 320, hop: 160)
            let difference = zip(a, b).map { $0 - $1 }
            let sides = zip(spectra, Self.power(difference[...], size: 320, hop: 160)).map {
                p, e -> (e: Double, s: Double) in
                let inverse = bank.map {
                    pow(Self.product($0, p) / $0.reduce(0, +) + 1e-4, -exponent)
                }
                let weight = p.indices.map { k in
                    zip(bank, inverse).reduce(0.0) { $0 + $1.0[k] * $1.1 }
                }
                return (Self.product(weight, e), Self.product(weight, p))
            }
            let mean = sides.reduce(0) { $0 + $1.s } / Double(sides.count)
            for (e, s) in sides {
                sum += (log10(e + 0.003 * mean) - log10(s + 0.003 * mean)) * s / (s + 0.05 * mean)
                count += 1
            }
        }
        let graph = Graph<Double>()
        let value = try loss(graph.input(Self.shape, x), graph.input(Self.shape, y), graph).data[0]
        #expect(abs(value - sum / count) < 1e-9, "\(value), expected \(sum / count)")
        let result = try GradientCheck(step: 1e-7, stride: 29)([TestArray(Self.shape, y)]) {
            graph, t in
            [try loss(graph.input(Self.shape, x), t[0], graph)]
        }
        #expect(result.worst < 1e-4 && result.count == 56 && result.size > 1e-4, "\(result)")
    }
}
