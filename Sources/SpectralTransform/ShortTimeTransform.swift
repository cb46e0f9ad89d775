/// The short-time Fourier transform of a signal, and its adjoint.
///
/// Frame t holds the samples from `t * hop - margin` on, multiplied by the window and padded with
/// zeros up to `size`, then transformed as in `RealFFT`. `margin` is half the window with `.zero`
/// and `.reflect` padding (frame t is centred on sample t * hop) and 0 with `.none`. Spectra are
/// split arrays `[frame][bin]`: real parts, imaginary parts.
///
/// The adjoint is the transpose of this linear map: given the gradient of a loss with respect to
/// all real and imaginary parts it gives the gradient with respect to the signal. Both maps work in
/// place on the caller's memory and allocate nothing. One object serves one thread at a time.
public final class ShortTimeTransform<Scalar: FFTScalar> {
    /// What lies beyond the ends of the signal.
    public enum Padding: Sendable {
        /// Nothing: only frames that lie inside the signal.
        case none
        /// Zeros; frames are centred.
        case zero
        /// The signal mirrored at its first and last sample (which are not repeated); frames are
        /// centred. Needs more samples than the margin.
        case reflect
    }

    /// Samples per transform.
    public var size: Int { fft.size }
    /// Values per spectrum, size / 2 + 1.
    public var binCount: Int { fft.binCount }
    /// Samples between frames.
    public let hop: Int
    /// At most `size` values.
    public let window: [Scalar]
    public let padding: Padding
    /// Samples by which frame 0 starts before the signal.
    public var margin: Int { padding == .none ? 0 : window.count / 2 }

    private let fft: RealFFT<Scalar>

    /// - Parameters:
    ///   - size: transform size, even.
    ///   - hop: samples between frames, at least 1.
    ///   - window: 1 ... `size` values; without it the periodic Hann window of `size` samples.
    ///   - padding: what lies beyond the ends of the signal.
    /// - Throws: `unsupportedSize`, `unsupportedHop`, `unsupportedWindow`, `noPlan`.
    public init(size: Int, hop: Int, window: [Scalar]? = nil, padding: Padding = .none)
        throws(SpectralTransformError)
    {
        fft = try RealFFT(size: size)
        guard hop >= 1 else { throw .unsupportedHop(hop) }
        let window = window ?? AnalysisWindow.hann(size).map { Scalar($0) }
        guard (1...size).contains(window.count) else {
            throw .unsupportedWindow(samples: window.count, size: size)
        }
        self.hop = hop
        self.window = window
        self.padding = padding
    }

    /// Frames that a signal of so many samples has: `(samples - window) / hop + 1` without padding,
    /// `(samples + 2 margin - window) / hop + 1` with it; 0 when not even one frame fits or the
    /// signal is empty.
    public func frameCount(samples: Int) -> Int {
        let padded = samples + 2 * margin - window.count
        return samples > 0 && padded >= 0 ? padded / hop + 1 : 0
    }

    /// The spectra of all frames.
    /// - Parameters: `real` and `imaginary` hold `frameCount(samples:) * binCount` values each.
    /// - Throws: `bufferSize`; `signalTooShort` when a signal cannot be reflected.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func forward(
        _ signal: UnsafeBufferPointer<Scalar>, real: UnsafeMutableBufferPointer<Scalar>,
        imaginary: UnsafeMutableBufferPointer<Scalar>
    ) throws(SpectralTransformError) {
        let frames = try check(samples: signal.count, real: real.count, imaginary: imaginary.count)
        guard frames > 0, let x = signal.baseAddress, let re = real.baseAddress,
            let im = imaginary.baseAddress
        else { return }
        let count = signal.count
        let width = window.count
        let time = fft.time.base
        window.withUnsafeBufferPointer { window in
            for frame in 0..<frames {
                let start = frame * hop - margin
                if start >= 0, start + width <= count, let weights = window.baseAddress {
                    // A pointer of its own: checked sums of indices would keep the loop from using
                    // vectors.
                    let source = x + start
                    for n in 0..<width { time[n] = weights[n] * source[n] }
                } else {
                    for n in 0..<width {
                        let source = sourceIndex(start + n, count: count)
                        time[n] = source < 0 ? 0 : window[n] * x[source]
                    }
                }
                for n in width..<max(width, fft.size) { time[n] = 0 }
                fft.transformTime()
                fft.copySpectrum(
                    real: re + frame * fft.binCount, imaginary: im + frame * fft.binCount)
            }
        }
    }

    /// Adds to `gradient` the adjoint applied to (`real`, `imaginary`): with y = forward(x), the
    /// gradient of a loss with respect to x given its gradient with respect to y.
    ///
    /// Derivation: Re X[k] = sum of w[n] x[n] cos(a k n), Im X[k] = -sum of w[n] x[n] sin(a k n),
    /// so the gradient of x[n] is w[n] times the real part of the sum over k = 0 ... N/2 of (gR[k]
    /// + i gI[k]) exp(i a k n). The inverse real transform counts every bin but 0 and N/2 twice
    /// (with its mirror image), hence their factor 1/2; the imaginary parts of bins 0 and N/2 are
    /// always zero and have no influence.
    /// - Parameter gradient: as many values as the signal has samples; not cleared.
    /// - Throws: `bufferSize`; `signalTooShort` when a signal of that length cannot be reflected.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    public func addAdjoint(
        real: UnsafeBufferPointer<Scalar>, imaginary: UnsafeBufferPointer<Scalar>,
        to gradient: UnsafeMutableBufferPointer<Scalar>
    ) throws(SpectralTransformError) {
        let frames = try check(
            samples: gradient.count, real: real.count, imaginary: imaginary.count)
        guard frames > 0, let g = gradient.baseAddress, let re = real.baseAddress,
            let im = imaginary.baseAddress
        else { return }
        let count = gradient.count
        let width = window.count
        let time = fft.time.base
        window.withUnsafeBufferPointer { window in
            for frame in 0..<frames {
                fft.setSpectrum(
                    real: re + frame * fft.binCount, imaginary: im + frame * fft.binCount, edges: 1,
                    inner: 0.5)
                fft.transformSpectrum()
                let start = frame * hop - margin
                if start >= 0, start + width <= count, let weights = window.baseAddress {
                    let target = g + start
                    for n in 0..<width { target[n] += weights[n] * time[n] }
                } else {
                    for n in 0..<width {
                        let target = sourceIndex(start + n, count: count)
                        if target >= 0 { g[target] += window[n] * time[n] }
                    }
                }
            }
        }
    }

    /// `forward` for arrays.
    public func forward(_ signal: [Scalar]) throws(SpectralTransformError) -> (
        real: [Scalar], imaginary: [Scalar]
    ) {
        var real = [Scalar](repeating: 0, count: frameCount(samples: signal.count) * binCount)
        var imaginary = real
        try real.withUnsafeMutableBufferPointer { (re) throws(SpectralTransformError) in
            try imaginary.withUnsafeMutableBufferPointer { (im) throws(SpectralTransformError) in
                try signal.withUnsafeBufferPointer { (x) throws(SpectralTransformError) in
                    try forward(x, real: re, imaginary: im)
                }
            }
        }
        return (real, imaginary)
    }

    /// The adjoint for arrays: the gradient with respect to a signal of `samples` samples.
    public func adjoint(real: [Scalar], imaginary: [Scalar], samples: Int)
        throws(SpectralTransformError) -> [Scalar]
    {
        var gradient = [Scalar](repeating: 0, count: max(samples, 0))
        try gradient.withUnsafeMutableBufferPointer { (g) throws(SpectralTransformError) in
            try real.withUnsafeBufferPointer { (re) throws(SpectralTransformError) in
                try imaginary.withUnsafeBufferPointer { (im) throws(SpectralTransformError) in
                    try addAdjoint(real: re, imaginary: im, to: g)
                }
            }
        }
        return gradient
    }

    /// The sample that stands at position `index`, or -1 for a zero.
    @inline(__always)
    private func sourceIndex(_ index: Int, count: Int) -> Int {
        if index >= 0, index < count { return index }
        guard padding == .reflect else { return -1 }
        return index < 0 ? -index : 2 * (count - 1) - index
    }

    private func check(samples: Int, real: Int, imaginary: Int) throws(SpectralTransformError)
        -> Int
    {
        let frames = frameCount(samples: samples)
        if padding == .reflect, samples > 0, samples <= margin {
            throw .signalTooShort(samples: samples, required: margin + 1)
        }
        guard real == frames * binCount else {
            throw .bufferSize(name: "real", count: real, required: frames * binCount)
        }
        guard imaginary == frames * binCount else {
            throw .bufferSize(name: "imaginary", count: imaginary, required: frames * binCount)
        }
        return frames
    }
}
