import Synchronization

/// The forward and the inverse FFTW plan of one size and scalar type.
///
/// Plans are made once per size, under one lock (FFTW's planner is not thread-safe), and live as
/// long as the process.
///
/// `@unchecked Sendable` is proven by FFTW's manual, "Thread safety": a finished plan is read-only
/// and `fftw_execute_dft_*` may run it from several threads at once. Nothing here changes after
/// `init`.
final class FFTPlans<Scalar: FFTScalar>: @unchecked Sendable {
    let size: Int
    let forward: OpaquePointer
    let inverse: OpaquePointer

    private init(size: Int) throws(SpectralTransformError) {
        let time = AlignedBuffer<Scalar>(count: size)
        let spectrum = AlignedBuffer<Scalar>(count: size + 2)
        guard let forward = Scalar._planForward(Int32(size), time.base, spectrum.base),
            let inverse = Scalar._planInverse(Int32(size), spectrum.base, time.base)
        else { throw .noPlan(size: size) }
        self.size = size
        self.forward = forward
        self.inverse = inverse
    }

    /// The plans of a size, made at the first call.
    static func shared(size: Int) throws(SpectralTransformError) -> FFTPlans<Scalar> {
        guard size >= 2, size <= 1 << 30, size.isMultiple(of: 2) else {
            throw .unsupportedSize(size)
        }
        let key = PlanKey(size: size, scalar: ObjectIdentifier(Scalar.self))
        return try planCache.withLock {
            (cache) throws(SpectralTransformError) -> FFTPlans<Scalar> in
            if let found = cache[key] as? FFTPlans<Scalar> { return found }
            let made = try FFTPlans<Scalar>(size: size)
            cache[key] = made
            return made
        }
    }
}

private struct PlanKey: Hashable, Sendable {
    let size: Int
    let scalar: ObjectIdentifier
}

private let planCache = Mutex<[PlanKey: any Sendable]>([:])

/// Memory of `count` scalars at a 64-byte boundary, zero at first: FFTW's SIMD code needs the
/// alignment with which it planned, and a fixed alignment keeps the rounding the same from call to
/// call.
final class AlignedBuffer<Scalar: FFTScalar> {
    let base: UnsafeMutablePointer<Scalar>
    let count: Int

    init(count: Int) {
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Scalar>.stride, alignment: 64)
        base = raw.bindMemory(to: Scalar.self, capacity: count)
        base.initialize(repeating: 0, count: count)
        self.count = count
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
}
