import CKernels

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
    public var size: Int { transform.size }
    /// Values per spectrum, size / 2 + 1.
    public var binCount: Int { size / 2 + 1 }
    /// Samples between frames.
    public let hop: Int
    /// At most `size` values.
    public let window: [Scalar]
    public let padding: Padding
    /// Samples by which frame 0 starts before the signal.
    public var margin: Int { padding == .none ? 0 : window.count / 2 }

    private let transform: FramedTransform<Scalar>

    /// - Parameters:
    ///   - size: transform size, even.
    ///   - hop: samples between frames, at least 1.
    ///   - window: 1 ... `size` values; without it the periodic Hann window of `size` samples.
    ///   - padding: what lies beyond the ends of the signal.
    /// - Throws: `unsupportedSize`, `unsupportedHop`, `unsupportedWindow`.
    public init(size: Int, hop: Int, window: [Scalar]? = nil, padding: Padding = .none)
        throws(SpectralTransformError)
    {
        try FramedTransform<Scalar>.check(size: size)
        guard hop >= 1 else { throw .unsupportedHop(hop) }
        let window = window ?? AnalysisWindow.hann(size).map { Scalar($0) }
        guard (1...size).contains(window.count) else {
            throw .unsupportedWindow(samples: window.count, size: size)
        }
        transform = FramedTransform(size: size, window: window, together: true)
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
    public func forward(
        _ signal: UnsafeBufferPointer<Scalar>, real: UnsafeMutableBufferPointer<Scalar>,
        imaginary: UnsafeMutableBufferPointer<Scalar>
    ) throws(SpectralTransformError) {
        let frames = try check(samples: signal.count, real: real.count, imaginary: imaginary.count)
        guard frames > 0, let x = signal.baseAddress, let re = real.baseAddress,
            let im = imaginary.baseAddress
        else { return }
        transform.forward(
            layout(samples: signal.count, frames: frames), x, real: re, imaginary: im)
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
    public func addAdjoint(
        real: UnsafeBufferPointer<Scalar>, imaginary: UnsafeBufferPointer<Scalar>,
        to gradient: UnsafeMutableBufferPointer<Scalar>
    ) throws(SpectralTransformError) {
        let frames = try check(
            samples: gradient.count, real: real.count, imaginary: imaginary.count)
        guard frames > 0, let g = gradient.baseAddress, let re = real.baseAddress,
            let im = imaginary.baseAddress
        else { return }
        transform.back(
            layout(samples: gradient.count, frames: frames), real: re, imaginary: im, edge: 1,
            inner: 0.5, adds: true, to: g)
    }

    /// `forward` for arrays.
    public func forward(_ signal: [Scalar]) throws(SpectralTransformError) -> (
        real: [Scalar], imaginary: [Scalar]
    ) {
        var real = [Scalar](repeating: 0, count: frameCount(samples: signal.count) * binCount)
        var imaginary = real
        try withBuffer(&real) { (re) throws(SpectralTransformError) in
            try withBuffer(&imaginary) { (im) throws(SpectralTransformError) in
                try withBuffer(signal) { (x) throws(SpectralTransformError) in
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
        try withBuffer(&gradient) { (g) throws(SpectralTransformError) in
            try withBuffer(real) { (re) throws(SpectralTransformError) in
                try withBuffer(imaginary) { (im) throws(SpectralTransformError) in
                    try addAdjoint(real: re, imaginary: im, to: g)
                }
            }
        }
        return gradient
    }

    private func layout(samples: Int, frames: Int) -> nwc_frames {
        nwc_frames(
            samples: samples, start: -margin, hop: hop, width: window.count, count: frames,
            reflects: padding == .reflect ? 1 : 0)
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
