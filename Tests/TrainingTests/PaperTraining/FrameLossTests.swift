import Training
import Foundation
import TestSupport
import NeuralNetwork
import SignalProcessing
import Testing

@Suite struct FrameLossTests {
    static func random(_ count: Int, seed: UInt64) -> [Double] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in random.uniform(-0.3, 0.3) }
    }

    /// Docs/papers.md, D.3 with a plain Fourier sum over frames of 32 samples.
    static func reference(_ x: [Double], _ y: [Double], frame: Int, bands: [Int]) -> (
        time: Double, mel: Double
    ) {
        let count = x.count / frame
        var time = 0.0
        var mel = 0.0
        for t in 0..<count {
            let a = Array(x[t * frame..<(t + 1) * frame])
            let b = Array(y[t * frame..<(t + 1) * frame])
            time +=
                sqrt(
                    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(frame)
                        + 1e-7) / Double(count)
            func power(_ s: [Double]) -> [Double] {
                (0...frame / 2).map { k in
                    var re = 0.0
                    var im = 0.0
                    for n in 0..<frame {
                        re += s[n] * cos(2 * .pi * Double(k * n) / Double(frame))
                        im -= s[n] * sin(2 * .pi * Double(k * n) / Double(frame))
                    }
                    return (re * re + im * im + 1e-7) / Double(frame)
                }
            }
            let p = power(a)
            let q = power(b)
            for size in bands {
                let squares = MelScale.filterBank(size: frame, bands: size, sampleRate: 16000).map {
                    row in
                    let u = zip(row, p).reduce(0) { $0 + $1.0 * $1.1 }
                    let v = zip(row, q).reduce(0) { $0 + $1.0 * $1.1 }
                    return (log(u + 1e-7) - log(v + 1e-7)) * (log(u + 1e-7) - log(v + 1e-7))
                }
                mel +=
                    sqrt(squares.reduce(0, +) / Double(size) + 1e-7) / Double(count * bands.count)
            }
        }
        return (time, mel)
    }

    @Test func lossesAreTheirDefinition() throws {
        let x = Self.random(96, seed: 1)
        let y = Self.random(96, seed: 2)
        let expected = Self.reference(x, y, frame: 32, bands: [4, 6])
        let loss = try FrameLoss<Double>(frame: 32, bands: [4, 6])
        let graph = Graph<Double>()
        let shape = Shape(3, 32, 1)
        let a = graph.input(shape, x)
        let b = graph.input(shape, y)
        #expect(abs(loss.time(a, b, graph).array[0] - expected.time) < 1e-12)
        #expect(abs(try loss.mel(a, b, graph).array[0] - expected.mel) < 1e-9)
        let same = try loss.mel(a, a, graph).array[0]
        #expect(abs(same - sqrt(1e-7)) < 1e-9 && expected.mel > 0.1)
    }

    @Test func gradients() throws {
        let x = Self.random(64, seed: 1)
        let y = Self.random(64, seed: 2)
        let loss = try FrameLoss<Double>(frame: 32, bands: [4, 6])
        let shape = Shape(2, 32, 1)
        let result = try GradientCheck(step: 1e-6)([TestArray(shape, y)]) { graph, tensors in
            let reference = graph.input(shape, x)
            return [
                loss.time(reference, tensors[0], graph), try loss.mel(reference, tensors[0], graph),
            ]
        }
        #expect(result.worst < 1e-5 && result.count == 64 && result.size > 1e-2, "\(result)")
    }
}
