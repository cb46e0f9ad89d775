/// The discrete Fourier transform of real signals, any even size, by FFTW.
///
/// Forward: X[k] = sum over n of x[n] exp(-2 pi i k n / N), k = 0 ... N/2 (`binCount` values, no
/// scaling). Inverse: exactly undone, so scaled by 1/N. Spectra are split: one array of real parts,
/// one of imaginary parts, each `[batch][binCount]`; signals are `[batch][size]`.
///
/// The same input gives the same bits in each call, thread and run on one machine: plans depend on
/// the size alone and work on memory of fixed alignment inside this object. (Another processor type
/// may round differently: FFTW picks its SIMD code at run time.)
///
/// No memory is allocated after `init`. One object serves one thread at a time; objects are cheap,
/// since all of one size share their plans.
public final class RealFFT<Scalar: FFTScalar> {
    /// Samples per transform, N.
    public let size: Int
    /// Values per spectrum, N/2 + 1.
    public var binCount: Int { size / 2 + 1 }

    let plans: FFTPlans<Scalar>
    /// N samples.
    let time: AlignedBuffer<Scalar>
    /// N + 2 values: real and imaginary parts interleaved.
    let spectrum: AlignedBuffer<Scalar>

    /// - Parameter size: N, even, 2 ... 2^30.
    /// - Throws: `unsupportedSize`, `noPlan`.
    public init(size: Int) throws(SpectralTransformError) {
        plans = try FFTPlans<Scalar>.shared(size: size)
        self.size = size
        time = AlignedBuffer(count: size)
        spectrum = AlignedBuffer(count: size + 2)
    }

    /// Transforms every `size` samples of `signal`; its count must be a multiple of `size`.
    /// - Throws: `bufferSize` when the counts do not match.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
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
            time.base.update(from: source + item * size, count: size)
            transformTime()
            copySpectrum(real: re + item * binCount, imaginary: im + item * binCount)
        }
    }

    /// The inverse of `forward`. The imaginary parts of bins 0 and N/2 are ignored, as those of a
    /// real signal are zero.
    /// - Throws: `bufferSize` when the counts do not match.
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
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
            setSpectrum(
                real: re + item * binCount, imaginary: im + item * binCount, edges: scale,
                inner: scale)
            transformSpectrum()
            (target + item * size).update(from: time.base, count: size)
        }
    }

    /// `forward` for arrays.
    public func forward(_ signal: [Scalar]) throws(SpectralTransformError) -> (
        real: [Scalar], imaginary: [Scalar]
    ) {
        let count = signal.count / size * binCount
        var real = [Scalar](repeating: 0, count: count)
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

    /// `inverse` for arrays.
    public func inverse(real: [Scalar], imaginary: [Scalar]) throws(SpectralTransformError)
        -> [Scalar]
    {
        var signal = [Scalar](repeating: 0, count: real.count / binCount * size)
        try signal.withUnsafeMutableBufferPointer { (x) throws(SpectralTransformError) in
            try real.withUnsafeBufferPointer { (re) throws(SpectralTransformError) in
                try imaginary.withUnsafeBufferPointer { (im) throws(SpectralTransformError) in
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

// The pieces that `ShortTimeTransform` shares. `@inline(__always)`: they run inside specialised
// loops.
extension RealFFT {
    @inline(__always)
    func transformTime() { Scalar._executeForward(plans.forward, time.base, spectrum.base) }

    /// Destroys the spectrum buffer.
    @inline(__always)
    func transformSpectrum() { Scalar._executeInverse(plans.inverse, spectrum.base, time.base) }

    @inline(__always)
    func copySpectrum(real: UnsafeMutablePointer<Scalar>, imaginary: UnsafeMutablePointer<Scalar>) {
        let source = spectrum.base
        for bin in 0..<(size / 2 + 1) {
            real[bin] = source[2 * bin]
            imaginary[bin] = source[2 * bin + 1]
        }
    }

    /// Loads a spectrum, bins 0 and N/2 multiplied by `edges`, all others by `inner`.
    @inline(__always)
    func setSpectrum(
        real: UnsafePointer<Scalar>, imaginary: UnsafePointer<Scalar>, edges: Scalar, inner: Scalar
    ) {
        let target = spectrum.base
        let last = size / 2
        for bin in 0...last {
            target[2 * bin] = real[bin] * inner
            target[2 * bin + 1] = imaginary[bin] * inner
        }
        target[0] = real[0] * edges
        target[1] = 0
        target[2 * last] = real[last] * edges
        target[2 * last + 1] = 0
    }
}
