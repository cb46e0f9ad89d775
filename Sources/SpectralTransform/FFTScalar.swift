import CFFTW

/// A floating-point type for which FFTW has a transform: `Float` (library fftw3f) or `Double`
/// (fftw3).
///
/// The requirements are the bridge to the C library; call `RealFFT` instead. Spectra are
/// interleaved there: real, imaginary, real, ...
public protocol FFTScalar: BinaryFloatingPoint, Sendable {
    static func _planForward(
        _ size: Int32, _ time: UnsafeMutablePointer<Self>, _ spectrum: UnsafeMutablePointer<Self>
    ) -> OpaquePointer?
    static func _planInverse(
        _ size: Int32, _ spectrum: UnsafeMutablePointer<Self>, _ time: UnsafeMutablePointer<Self>
    ) -> OpaquePointer?
    static func _executeForward(
        _ plan: OpaquePointer, _ time: UnsafeMutablePointer<Self>,
        _ spectrum: UnsafeMutablePointer<Self>)
    static func _executeInverse(
        _ plan: OpaquePointer, _ spectrum: UnsafeMutablePointer<Self>,
        _ time: UnsafeMutablePointer<Self>)
}

/// `FFTW_ESTIMATE`: the plan is chosen from the size alone, without timing anything, so that it is
/// the same in each run.
private let estimate = UInt32(1 << 6)

extension Double: FFTScalar {
    public static func _planForward(
        _ size: Int32, _ time: UnsafeMutablePointer<Double>,
        _ spectrum: UnsafeMutablePointer<Double>
    ) -> OpaquePointer? {
        fftw_plan_dft_r2c_1d(
            size, time,
            UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftw_complex.self), estimate)
    }

    public static func _planInverse(
        _ size: Int32, _ spectrum: UnsafeMutablePointer<Double>,
        _ time: UnsafeMutablePointer<Double>
    ) -> OpaquePointer? {
        fftw_plan_dft_c2r_1d(
            size, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftw_complex.self),
            time, estimate)
    }

    public static func _executeForward(
        _ plan: OpaquePointer, _ time: UnsafeMutablePointer<Double>,
        _ spectrum: UnsafeMutablePointer<Double>
    ) {
        fftw_execute_dft_r2c(
            plan, time, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftw_complex.self)
        )
    }

    public static func _executeInverse(
        _ plan: OpaquePointer, _ spectrum: UnsafeMutablePointer<Double>,
        _ time: UnsafeMutablePointer<Double>
    ) {
        fftw_execute_dft_c2r(
            plan, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftw_complex.self), time
        )
    }
}

extension Float: FFTScalar {
    public static func _planForward(
        _ size: Int32, _ time: UnsafeMutablePointer<Float>, _ spectrum: UnsafeMutablePointer<Float>
    ) -> OpaquePointer? {
        fftwf_plan_dft_r2c_1d(
            size, time,
            UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self), estimate)
    }

    public static func _planInverse(
        _ size: Int32, _ spectrum: UnsafeMutablePointer<Float>, _ time: UnsafeMutablePointer<Float>
    ) -> OpaquePointer? {
        fftwf_plan_dft_c2r_1d(
            size, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self),
            time, estimate)
    }

    public static func _executeForward(
        _ plan: OpaquePointer, _ time: UnsafeMutablePointer<Float>,
        _ spectrum: UnsafeMutablePointer<Float>
    ) {
        fftwf_execute_dft_r2c(
            plan, time,
            UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self))
    }

    public static func _executeInverse(
        _ plan: OpaquePointer, _ spectrum: UnsafeMutablePointer<Float>,
        _ time: UnsafeMutablePointer<Float>
    ) {
        fftwf_execute_dft_c2r(
            plan, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self),
            time)
    }
}
