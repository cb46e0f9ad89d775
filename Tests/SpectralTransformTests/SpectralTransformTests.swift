import Foundation
import SignalProcessing
import SpectralTransform
import Testing

/// Repeatable numbers in -1 ... 1 (SplitMix64).
private struct Numbers {
    private var words: SplitMix64

    init(state: UInt64) { words = SplitMix64(seed: state) }

    mutating func next() -> Double { 2 * words.unit() - 1 }

    mutating func array<S: BinaryFloatingPoint>(_ count: Int, of type: S.Type = S.self) -> [S] {
        (0..<count).map { _ in S(next()) }
    }
}

private func naiveTransform(_ x: [Double]) -> (real: [Double], imaginary: [Double]) {
    let bins = 0...(x.count / 2)
    func angle(_ k: Int, _ n: Int) -> Double {
        2 * Double.pi * Double(k * n % x.count) / Double(x.count)
    }
    return (
        bins.map { k in x.indices.reduce(0) { $0 + x[$1] * cos(angle(k, $1)) } },
        bins.map { k in x.indices.reduce(0) { $0 - x[$1] * sin(angle(k, $1)) } }
    )
}

private func largestDifference<S: BinaryFloatingPoint>(_ a: [S], _ b: [S]) -> Double {
    a.count == b.count
        ? zip(a, b).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) } : .infinity
}

private func dot<S: BinaryFloatingPoint>(_ a: [S], _ b: [S]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

@Suite struct SpectralTransformTests {
    @Test(arguments: [2, 4, 6, 10, 14, 22, 64, 94, 320, 512, 1000])
    func realFFTFollowsTheDefinition(size: Int) throws {
        var numbers = Numbers(state: UInt64(size))
        let x: [Double] = numbers.array(size)
        let expected = naiveTransform(x)
        let fft = try RealFFT<Double>(size: size)
        let found = try fft.forward(x)
        #expect(found.real.count == size / 2 + 1)
        #expect(largestDifference(found.real, expected.real) < 1e-11)
        #expect(largestDifference(found.imaginary, expected.imaginary) < 1e-11)

        let single = try RealFFT<Float>(size: size).forward(x.map { Float($0) })
        #expect(
            largestDifference(single.real.map(Double.init), expected.real) < 2e-6
                * Double(size).squareRoot() + 1e-6)
        #expect(
            largestDifference(single.imaginary.map(Double.init), expected.imaginary) < 2e-6
                * Double(size).squareRoot() + 1e-6)
    }

    @Test(arguments: [2, 30, 256, 1022])
    func inverseUndoesForwardInBatches(size: Int) throws {
        var numbers = Numbers(state: 7)
        let x: [Double] = numbers.array(size * 5)
        let fft = try RealFFT<Double>(size: size)
        let spectra = try fft.forward(x)
        #expect(spectra.real.count == 5 * fft.binCount)
        #expect(
            largestDifference(try fft.inverse(real: spectra.real, imaginary: spectra.imaginary), x)
                < 1e-13)
        let third = try fft.forward(Array(x[(2 * size)..<(3 * size)]))
        #expect(third.real == Array(spectra.real[(2 * fft.binCount)..<(3 * fft.binCount)]))
        let single = try RealFFT<Float>(size: size)
        let y = x.map { Float($0) }
        let back = try single.forward(y)
        #expect(
            largestDifference(try single.inverse(real: back.real, imaginary: back.imaginary), y)
                < 2e-6)
    }

    @Test func resultDoesNotDependOnObjectAlignmentOrThread() async throws {
        var numbers = Numbers(state: 3)
        let x: [Float] = numbers.array(480 + 8)
        let first = try RealFFT<Float>(size: 480).forward(Array(x[0..<480]))
        // The same samples at every alignment of the caller's memory.
        for shift in 0..<8 {
            var memory = [Float](repeating: 0, count: 488)
            memory.replaceSubrange(shift..<(shift + 480), with: x[0..<480])
            var real = [Float](repeating: 0, count: 241 + shift)
            var imaginary = real
            let fft = try RealFFT<Float>(size: 480)
            try memory.withUnsafeBufferPointer { m in
                try real.withUnsafeMutableBufferPointer { re in
                    try imaginary.withUnsafeMutableBufferPointer { im in
                        try fft.forward(
                            UnsafeBufferPointer(rebasing: m[shift..<(shift + 480)]),
                            real: UnsafeMutableBufferPointer(rebasing: re[shift...]),
                            imaginary: UnsafeMutableBufferPointer(rebasing: im[shift...]))
                    }
                }
            }
            #expect(
                Array(real[shift...]) == first.real && Array(imaginary[shift...]) == first.imaginary
            )
        }
        // Planning and running from many tasks at once.
        let signal = Array(x[0..<480])
        let agree = try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    let other = try RealFFT<Double>(size: 2 * (task + 40)).forward(
                        [Double](repeating: 1, count: 2 * (task + 40)))
                    var same = abs(other.real[0] - Double(2 * (task + 40))) < 1e-9
                    let fft = try RealFFT<Float>(size: 480)
                    for _ in 0..<50 {
                        same = try fft.forward(signal).imaginary == first.imaginary && same
                    }
                    return same
                }
            }
            return try await group.reduce(true) { $0 && $1 }
        }
        #expect(agree)
    }

    @Test func unusableSizesAndBuffersAreErrors() throws {
        #expect(throws: SpectralTransformError.unsupportedSize(0)) { try RealFFT<Float>(size: 0) }
        #expect(throws: SpectralTransformError.unsupportedSize(-4)) {
            try RealFFT<Double>(size: -4)
        }
        #expect(throws: SpectralTransformError.unsupportedSize(15)) {
            try RealFFT<Double>(size: 15)
        }
        let fft = try RealFFT<Double>(size: 8)
        #expect(throws: SpectralTransformError.bufferSize(name: "signal", count: 9, required: 16)) {
            try fft.forward([Double](repeating: 0, count: 9))
        }
        #expect(throws: SpectralTransformError.bufferSize(name: "imaginary", count: 4, required: 5))
        {
            try fft.inverse(
                real: [Double](repeating: 0, count: 5), imaginary: [Double](repeating: 0, count: 4))
        }
        #expect(throws: SpectralTransformError.unsupportedHop(0)) {
            try ShortTimeTransform<Float>(size: 8, hop: 0)
        }
        #expect(throws: SpectralTransformError.unsupportedWindow(samples: 9, size: 8)) {
            try ShortTimeTransform<Float>(size: 8, hop: 2, window: [Float](repeating: 1, count: 9))
        }
        let reflecting = try ShortTimeTransform<Float>(size: 8, hop: 2, padding: .reflect)
        #expect(throws: SpectralTransformError.signalTooShort(samples: 4, required: 5)) {
            try reflecting.forward([1, 2, 3, 4])
        }
    }
}

@Suite struct ShortTimeTransformTests {
    /// size, hop, window length, padding, samples
    static let layouts: [(Int, Int, Int, ShortTimeTransform<Double>.Padding, Int)] = [
        (16, 4, 16, .none, 61), (16, 4, 16, .zero, 61), (16, 4, 16, .reflect, 61),
        (16, 5, 11, .reflect, 40), (32, 40, 20, .zero, 200),
        (512, 128, 512, .reflect, 4000), (512, 160, 400, .zero, 3999), (64, 16, 64, .reflect, 33),
        (64, 16, 64, .none, 63), (2, 1, 1, .none, 5),
    ]

    @Test(arguments: layouts)
    func framesFollowTheDefinition(
        _ layout: (Int, Int, Int, ShortTimeTransform<Double>.Padding, Int)
    ) throws {
        let (size, hop, width, padding, samples) = layout
        var numbers = Numbers(state: 11)
        let window: [Double] = numbers.array(width)
        let x: [Double] = numbers.array(samples)
        let transform = try ShortTimeTransform<Double>(
            size: size, hop: hop, window: window, padding: padding)
        let margin = padding == .none ? 0 : width / 2
        // The padded signal, written out.
        let left = (0..<margin).map { padding == .reflect ? x[margin - $0] : 0 }
        let right = (0..<margin).map { padding == .reflect ? x[samples - 2 - $0] : 0 }
        let padded = left + x + right
        var real: [Double] = []
        var imaginary: [Double] = []
        var frames = 0
        for start in stride(from: 0, through: padded.count - width, by: hop) {
            let frame =
                (0..<width).map { padded[start + $0] * window[$0] }
                + [Double](repeating: 0, count: size - width)
            let spectrum = naiveTransform(frame)
            real += spectrum.real
            imaginary += spectrum.imaginary
            frames += 1
        }
        #expect(transform.frameCount(samples: samples) == frames)
        let found = try transform.forward(x)
        #expect(largestDifference(found.real, real) < 1e-11)
        #expect(largestDifference(found.imaginary, imaginary) < 1e-11)
    }

    @Test(arguments: layouts)
    func adjointIsTheTranspose(_ layout: (Int, Int, Int, ShortTimeTransform<Double>.Padding, Int))
        throws
    {
        let (size, hop, width, padding, samples) = layout
        var numbers = Numbers(state: 5)
        let window: [Double] = numbers.array(width)
        let x: [Double] = numbers.array(samples)
        let transform = try ShortTimeTransform<Double>(
            size: size, hop: hop, window: window, padding: padding)
        let ax = try transform.forward(x)
        let real: [Double] = numbers.array(ax.real.count)
        let imaginary: [Double] = numbers.array(ax.imaginary.count)
        let gradient = try transform.adjoint(real: real, imaginary: imaginary, samples: samples)
        let left = dot(ax.real, real) + dot(ax.imaginary, imaginary)
        let right = dot(x, gradient)
        let scale = max(1, dot(ax.real, ax.real).squareRoot() * dot(real, real).squareRoot())
        #expect(abs(left - right) <= 1e-12 * scale, "\(left) \(right)")
        #expect(samples < width || left != 0)

        let single = try ShortTimeTransform<Float>(
            size: size, hop: hop, window: window.map { Float($0) },
            padding: padding == .none ? .none : padding == .zero ? .zero : .reflect)
        let gradientF = try single.adjoint(
            real: real.map { Float($0) }, imaginary: imaginary.map { Float($0) }, samples: samples)
        #expect(largestDifference(gradientF.map(Double.init), gradient) < 1e-4)
    }

    @Test func adjointAddsToTheGradient() throws {
        var numbers = Numbers(state: 21)
        let transform = try ShortTimeTransform<Double>(size: 32, hop: 8, padding: .reflect)
        let count = transform.frameCount(samples: 100) * transform.binCount
        let real: [Double] = numbers.array(count)
        let imaginary: [Double] = numbers.array(count)
        let once = try transform.adjoint(real: real, imaginary: imaginary, samples: 100)
        var sum = [Double](repeating: 1, count: 100)
        for _ in 0..<2 {
            try sum.withUnsafeMutableBufferPointer { g in
                try real.withUnsafeBufferPointer { re in
                    try imaginary.withUnsafeBufferPointer { im in
                        try transform.addAdjoint(real: re, imaginary: im, to: g)
                    }
                }
            }
        }
        #expect(largestDifference(sum, once.map { 1 + 2 * $0 }) < 1e-12)
    }

    /// The gradient of a log-magnitude loss through the transform, against central differences.
    @Test func gradientOfASpectralLossIsRight() throws {
        var numbers = Numbers(state: 99)
        let transform = try ShortTimeTransform<Double>(size: 16, hop: 4, padding: .reflect)
        let x: [Double] = numbers.array(40)
        func loss(_ x: [Double]) throws -> Double {
            let s = try transform.forward(x)
            return zip(s.real, s.imaginary).reduce(0) { $0 + log($1.0 * $1.0 + $1.1 * $1.1 + 0.01) }
        }
        let s = try transform.forward(x)
        let power = zip(s.real, s.imaginary).map { $0 * $0 + $1 * $1 + 0.01 }
        let gradient = try transform.adjoint(
            real: zip(s.real, power).map { 2 * $0 / $1 },
            imaginary: zip(s.imaginary, power).map { 2 * $0 / $1 }, samples: x.count)
        for n in x.indices {
            var up = x
            var down = x
            up[n] += 1e-6
            down[n] -= 1e-6
            let numeric = (try loss(up) - loss(down)) / 2e-6
            #expect(abs(numeric - gradient[n]) < 1e-5 * max(1, abs(numeric)))
        }
    }

    @Test func signalsWithoutFramesGiveNone() throws {
        let transform = try ShortTimeTransform<Float>(size: 16, hop: 4, padding: .none)
        #expect(transform.frameCount(samples: 15) == 0)
        #expect(transform.frameCount(samples: 16) == 1)
        #expect(try transform.forward([Float](repeating: 1, count: 15)).real.isEmpty)
        #expect(
            try ShortTimeTransform<Float>(size: 16, hop: 4, padding: .reflect).forward([]).real
                .isEmpty)
    }
}
