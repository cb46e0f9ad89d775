import CKernels

/// The discrete Fourier transform of real signals, any even size; quickest where the size has no
/// prime factors above 5.
///
/// Forward: X[k] = sum over n of x[n] exp(-2 pi i k n / N), k = 0 ... N/2 (`binCount` values, no
/// scaling). Inverse: exactly undone, so scaled by 1/N. Spectra are split: one array of real parts,
/// one of imaginary parts, each `[batch][binCount]`; signals are `[batch][size]`.
///
/// The same input gives the same bits in each call, thread and run, on every machine.
///
/// No memory is allocated after `init`. One object serves one thread at a time.
public final class RealFFT<Scalar: FFTScalar> {
    /// Samples per transform, N.
    public let size: Int
    /// Values per spectrum, N/2 + 1.
    public var binCount: Int { size / 2 + 1 }

    private let transform: FramedTransform<Scalar>

    /// - Parameter size: N, even, 2 ... 2^30.
    /// - Throws: `unsupportedSize`.
    public init(size: Int) throws(SpectralTransformError) {
        try FramedTransform<Scalar>.check(size: size)
        transform = FramedTransform(
            size: size, window: [Scalar](repeating: 1, count: size), together: false)
        self.size = size
    }

    /// Transforms every `size` samples of `signal`; its count must be a multiple of `size`.
    /// - Throws: `bufferSize` when the counts do not match.
    public func forward(
        _ signal: UnsafeBufferPointer<Scalar>, real: UnsafeMutableBufferPointer<Scalar>,
        imaginary: UnsafeMutableBufferPointer<Scalar>
    ) throws(SpectralTransformError) {
        let batch = try batchCount(
            signal: signal.count, real: real.count, imaginary: imaginary.count)
        guard batch > 0, let source = signal.baseAddress, let re = real.baseAddress,
            let im = imaginary.baseAddress
        else { return }
        for item in 0..<batch {
            transform.forward(
                frame, source + item * size, real: re + item * binCount,
                imaginary: im + item * binCount)
        }
    }

    /// The inverse of `forward`. The imaginary parts of bins 0 and N/2 are ignored, as those of a
    /// real signal are zero.
    /// - Throws: `bufferSize` when the counts do not match.
    public func inverse(
        real: UnsafeBufferPointer<Scalar>, imaginary: UnsafeBufferPointer<Scalar>,
        signal: UnsafeMutableBufferPointer<Scalar>
    ) throws(SpectralTransformError) {
        let batch = try batchCount(
            signal: signal.count, real: real.count, imaginary: imaginary.count)
        guard batch > 0, let target = signal.baseAddress, let re = real.baseAddress,
            let im = imaginary.baseAddress
        else { return }
        let scale = 1 / Scalar(size)
        for item in 0..<batch {
            transform.back(
                frame, real: re + item * binCount, imaginary: im + item * binCount, edge: scale,
                inner: scale, adds: false, to: target + item * size)
        }
    }

    private var frame: nwc_frames {
        nwc_frames(samples: size, start: 0, hop: size, width: size, count: 1, reflects: 0)
    }

    /// `forward` for arrays.
    public func forward(_ signal: [Scalar]) throws(SpectralTransformError) -> (
        real: [Scalar], imaginary: [Scalar]
    ) {
        let count = signal.count / size * binCount
        var real = [Scalar](repeating: 0, count: count)
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

    /// `inverse` for arrays.
    public func inverse(real: [Scalar], imaginary: [Scalar]) throws(SpectralTransformError)
        -> [Scalar]
    {
        var signal = [Scalar](repeating: 0, count: real.count / binCount * size)
        try withBuffer(&signal) { (x) throws(SpectralTransformError) in
            try withBuffer(real) { (re) throws(SpectralTransformError) in
                try withBuffer(imaginary) { (im) throws(SpectralTransformError) in
                    try inverse(real: re, imaginary: im, signal: x)
                }
            }
        }
        return signal
    }

    private func batchCount(signal: Int, real: Int, imaginary: Int) throws(SpectralTransformError)
        -> Int
    {
        let batch = signal / size
        guard signal == batch * size else {
            throw .bufferSize(name: "signal", count: signal, required: (batch + 1) * size)
        }
        guard real == batch * binCount else {
            throw .bufferSize(name: "real", count: real, required: batch * binCount)
        }
        guard imaginary == batch * binCount else {
            throw .bufferSize(name: "imaginary", count: imaginary, required: batch * binCount)
        }
        return batch
    }
}
