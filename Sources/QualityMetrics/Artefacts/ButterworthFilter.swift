import Foundation

/// A digital Butterworth filter in sections of second order: the analogue prototype by the bilinear
/// transform with its edges prewarped (Oppenheim and Schafer, Discrete-Time Signal Processing,
/// 7.2), as `scipy.signal.butter(..., output="sos")` designs it.
struct ButterworthFilter {
    enum Kind {
        /// Passes what is below the frequency, in Hz.
        case lowPass(Double)
        /// Passes what is above the frequency, in Hz.
        case highPass(Double)
        /// Passes what is between the frequencies, in Hz; twice the order.
        case bandPass(Double, Double)
    }

    /// b0 + b1 / z + b2 / z^2 over 1 + a1 / z + a2 / z^2.
    private struct Section {
        var b0: Double
        var b1: Double
        var b2: Double
        var a1: Double
        var a2: Double

        /// The state in which a constant input of 1 has always been there, and the output then.
        var settled: (z1: Double, z2: Double, output: Double) {
            let output = (b0 + b1 + b2) / (1 + a1 + a2)
            let z2 = b2 - a2 * output
            return (b1 - a1 * output + z2, z2, output)
        }
    }

    private typealias Complex = (re: Double, im: Double)
    private var sections: [Section] = []

    /// - Parameters:
    ///   - order: even, of the low-pass prototype.
    ///   - sampleRate: Hz, above twice the frequencies.
    init(order: Int, _ kind: Kind, sampleRate: Double) {
        let fs2 = 2 * sampleRate
        func warped(_ frequency: Double) -> Double { fs2 * tan(.pi * frequency / sampleRate) }
        // Numerators, and where the gain is 1, as points on the unit circle.
        let zeros: [(Double, Double)]
        let centre: Double
        var poles: [Complex] = []
        // Poles of the prototype in the upper half plane; the others are their conjugates.
        let prototype = (0..<order / 2).map { k -> Complex in
            let angle = .pi * (0.5 + (2 * Double(k) + 1) / (2 * Double(order)))
            return (cos(angle), sin(angle))
        }
        switch kind {
        case .lowPass(let frequency):
            let w = warped(frequency)
            poles = prototype.map { ($0.re * w, $0.im * w) }
            zeros = prototype.map { _ in (-1, -1) }
            centre = 0
        case .highPass(let frequency):
            let w = warped(frequency)
            // w / p = w conj(p), as |p| = 1; its conjugate is in the upper half plane.
            poles = prototype.map { ($0.re * w, $0.im * w) }
            zeros = prototype.map { _ in (1, 1) }
            centre = .pi
        case .bandPass(let low, let high):
            let (w1, w2) = (warped(low), warped(high))
            for pole in prototype {
                let half = (re: pole.re * (w2 - w1) / 2, im: pole.im * (w2 - w1) / 2)
                let square = (
                    re: half.re * half.re - half.im * half.im - w1 * w2, im: 2 * half.re * half.im
                )
                let root = Self.squareRoot(square)
                // One of each pair of conjugates; which, does not matter.
                poles.append((half.re + root.re, half.im + root.im))
                poles.append((half.re - root.re, half.im - root.im))
            }
            zeros = poles.map { _ in (1, -1) }
            centre = 2 * atan((w1 * w2).squareRoot() / fs2)
        }
        for (pole, zero) in zip(poles, zeros) {
            // z = (fs2 + s) / (fs2 - s)
            let below = (fs2 - pole.re) * (fs2 - pole.re) + pole.im * pole.im
            let re = (fs2 * fs2 - pole.re * pole.re - pole.im * pole.im) / below
            let im = 2 * fs2 * pole.im / below
            var section = Section(
                b0: 1, b1: -(zero.0 + zero.1), b2: zero.0 * zero.1, a1: -2 * re,
                a2: re * re + im * im)
            let gain = 1 / Self.magnitude(section, at: centre)
            section.b0 *= gain
            section.b1 *= gain
            section.b2 *= gain
            sections.append(section)
        }
    }

    private static func squareRoot(_ x: Complex) -> Complex {
        let magnitude = (x.re * x.re + x.im * x.im).squareRoot()
        let re = ((magnitude + x.re) / 2).squareRoot()
        let im = ((magnitude - x.re) / 2).squareRoot()
        return (re, x.im < 0 ? -im : im)
    }

    private static func magnitude(_ s: Section, at angle: Double) -> Double {
        func value(_ c0: Double, _ c1: Double, _ c2: Double) -> Double {
            let re = c0 + c1 * cos(angle) + c2 * cos(2 * angle)
            let im = c1 * sin(angle) + c2 * sin(2 * angle)
            return (re * re + im * im).squareRoot()
        }
        return value(s.b0, s.b1, s.b2) / value(1, s.a1, s.a2)
    }

    /// The filtered signal, from rest.
    func callAsFunction(_ x: [Double]) -> [Double] { run(x, settledOn: 0) }

    /// Filtered forwards and backwards, so that nothing is shifted, as `scipy.signal.sosfiltfilt`:
    /// both ends are continued by point reflection, and each pass starts settled on its first
    /// value.
    func bothWays(_ x: [Double]) -> [Double] {
        let extra = min(3 * (2 * sections.count + 1), x.count - 1)
        guard extra > 0, let first = x.first, let last = x.last else { return x }
        let before = (1...extra).reversed().map { 2 * first - x[$0] }
        let after = (1...extra).map { 2 * last - x[x.count - 1 - $0] }
        let padded = before + x + after
        let forwards = run(padded, settledOn: padded[0])
        let backwards = run(forwards.reversed(), settledOn: forwards[forwards.count - 1])
        return backwards.reversed()[extra..<extra + x.count].map { $0 }
    }

    /// Direct form II, transposed; the input before the first sample was always `start`.
    private func run(_ x: [Double], settledOn start: Double) -> [Double] {
        var y = x
        var level = start
        for section in sections {
            let settled = section.settled
            var z1 = settled.z1 * level
            var z2 = settled.z2 * level
            level *= settled.output
            for n in y.indices {
                let input = y[n]
                let output = section.b0 * input + z1
                z1 = section.b1 * input - section.a1 * output + z2
                z2 = section.b2 * input - section.a2 * output
                y[n] = output
            }
        }
        return y
    }
}
