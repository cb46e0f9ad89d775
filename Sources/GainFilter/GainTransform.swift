import NeuralNetwork
import SpectralTransform

/// Sound -> frames of a square-root Hann window, transformed, every bin multiplied by a real gain,
/// transformed back, windowed again and added where frames overlap: the sound itself where all
/// gains are 1 (Griffin and Lim 1984). One object serves one thread at a time.
public final class GainTransform<S: EngineScalar & FFTScalar> {
    /// Samples of a frame, and from one frame to the next.
    let size: Int
    let hop: Int
    package var bins: Int { size / 2 + 1 }
    /// Samples at either end that not all frames reach.
    package var edge: Int { size - hop }
    private let spectra: ShortTimeTransform<S>
    /// Factor of every bin on the way back, where inner bins stand for their mirror images too.
    private let factors: [S]

    /// - Parameter size: even, and a whole number of `hop`, at least 2
    package init(size: Int, hop: Int) throws(SpectralTransformError) {
        self.size = size
        self.hop = hop
        spectra = try ShortTimeTransform(
            size: size, hop: hop, window: AnalysisWindow.hann(size).map { S($0.squareRoot()) })
        // Periodic Hann windows `hop` apart add up to size / (2 hop).
        let scale = S(2 * Double(hop) / Double(size) / Double(size))
        factors = (0...size / 2).map { $0 == 0 || $0 == size / 2 ? scale : 2 * scale }
    }

    package func frameCount(samples: Int) -> Int { spectra.frameCount(samples: samples) }

    /// Logarithms of powers of all frames, near 0 for speech.
    /// - Parameters:
    ///   - used: bins that are wanted
    ///   - place: where they begin in a row of `features`, and `step` from one frame to the next
    func logPowers(
        _ x: UnsafeBufferPointer<S>, used: [Int], shift: Double,
        to features: UnsafeMutablePointer<S>, step: Int, _ graph: Graph<S>
    ) throws(SpectralTransformError) {
        let count = frameCount(samples: x.count)
        let spectrum = try spectrum(x, count, graph)
        let power = graph.power(
            real: spectrum.real, imaginary: spectrum.imaginary, Shape(1, count, bins))
        let level = graph.affine(
            graph.unary(.log(floor: 1e-7), power), scale: 0.2, shift: shift)
        for t in 0..<count {
            for (i, bin) in used.enumerated() {
                features[t * step + i] = level.data[t * bins + bin]
            }
        }
    }

    private func spectrum(
        _ x: UnsafeBufferPointer<S>, _ count: Int, _ graph: Graph<S>
    ) throws(SpectralTransformError) -> (
        real: UnsafeMutablePointer<S>, imaginary: UnsafeMutablePointer<S>
    ) {
        let real = graph.scratch(count * bins)
        let imaginary = graph.scratch(count * bins)
        try spectra.forward(
            x, real: .init(start: real, count: count * bins),
            imaginary: .init(start: imaginary, count: count * bins))
        return (real, imaginary)
    }

    /// Adds the sound with gains to another.
    /// - Parameters:
    ///   - x: whole frames: size + n hop samples, or none
    ///   - gains: [frames][bins]
    ///   - y: as many samples as `x`
    func add(
        _ x: UnsafeBufferPointer<S>, gains: UnsafePointer<S>, to y: UnsafeMutablePointer<S>,
        _ graph: Graph<S>
    ) throws(SpectralTransformError) {
        let count = frameCount(samples: x.count)
        let (real, imaginary) = try spectrum(x, count, graph)
        for t in 0..<count {
            for k in 0..<bins {
                let factor = gains[t * bins + k] * factors[k]
                real[t * bins + k] *= factor
                imaginary[t * bins + k] *= factor
            }
        }
        try spectra.addAdjoint(
            real: .init(start: real, count: count * bins),
            imaginary: .init(start: imaginary, count: count * bins),
            to: .init(start: y, count: x.count))
    }

    /// The sound with gains as an operation of a graph. It is linear and symmetric in the sound:
    /// gradients of the sound go back the same way.
    /// - Parameters:
    ///   - x: [batch, size + n hop, 1]
    ///   - gains: [batch, frames, bins]
    /// - Returns: the shape of `x`; the first and the last `edge` samples are incomplete
    package func callAsFunction(
        _ x: Tensor<S>, gains: Tensor<S>, _ graph: Graph<S>
    ) throws(SpectralTransformError) -> Tensor<S> {
        let length = x.shape.frames
        let count = frameCount(samples: length)
        let item = count * bins
        precondition(
            gains.shape == Shape(x.shape.batch, count, bins) && (length - size) % hop == 0,
            "gains \(gains.shape) for \(length) samples")
        let y = graph.zeros(x.shape, tracked: x.grad != nil || gains.grad != nil)
        func part(_ pointer: UnsafeMutablePointer<S>, _ b: Int) -> UnsafeBufferPointer<S> {
            UnsafeBufferPointer(start: pointer + b * length, count: length)
        }
        for b in 0..<x.shape.batch {
            try add(
                part(x.data, b), gains: gains.data + b * item, to: y.data + b * length, graph)
        }
        guard let dy = y.grad else { return y }
        graph.record { [self] in
            for b in 0..<x.shape.batch {
                // Sizes are those of the forward pass, which succeeded.
                if let dx = x.grad {
                    try? add(
                        part(dy, b), gains: gains.data + b * item, to: dx + b * length, graph)
                }
                if let dg = gains.grad, let own = try? spectrum(part(x.data, b), count, graph),
                    let other = try? spectrum(part(dy, b), count, graph)
                {
                    for i in 0..<item {
                        dg[b * item + i] +=
                            factors[i % bins]
                            * (own.real[i] * other.real[i] + own.imaginary[i] * other.imaginary[i])
                    }
                }
            }
        }
        return y
    }
}
