import CKernels
import SignalProcessing

/// Real transforms of windowed frames of one size, and the memory that they work in.
///
/// The common ground of `RealFFT` and `ShortTimeTransform`: callers check counts. Nothing is
/// allocated after `init`. One object serves one thread at a time.
final class FramedTransform<Scalar: FFTScalar> {
    let size: Int
    private let window: Buffer<Scalar>
    private let twiddles: Buffer<Scalar>
    private let split: Buffer<Scalar>
    private let radices: Buffer<Int>
    private let work: Buffer<Scalar>

    /// - Throws: `unsupportedSize`.
    static func check(size: Int) throws(SpectralTransformError) {
        guard size >= 2, size <= 1 << 30, size.isMultiple(of: 2) else {
            throw .unsupportedSize(size)
        }
    }

    /// - Parameters:
    ///   - size: N, checked
    ///   - window: 1 ... N values
    ///   - together: frames that may come in one call are worked on together; else calls are of one
    ///     frame each
    init(size: Int, window: [Scalar], together: Bool) {
        self.size = size
        self.window = Buffer(window)
        let radices = Self.radices(of: size / 2)
        self.radices = Buffer(radices)
        twiddles = Buffer(Self.twiddles(of: size / 2, radices: radices))
        split = Buffer((0..<size / 2).flatMap { Self.turn($0, of: size) })
        work = Buffer(
            repeating: 0, count: 2 * size * (together ? NWC_TRANSFORM_LANES : 1))
    }

    /// - Parameters:
    ///   - x: `frames.samples` values
    ///   - real, imaginary: `frames.count * (size / 2 + 1)` values
    func forward(
        _ frames: nwc_frames, _ x: UnsafePointer<Scalar>, real: UnsafeMutablePointer<Scalar>,
        imaginary: UnsafeMutablePointer<Scalar>
    ) {
        withUnsafePointer(to: plan) { plan in
            withUnsafePointer(to: frames) { frames in
                Scalar.frameTransforms.forward(
                    plan, frames, window.base, x, real, imaginary, work.base)
            }
        }
    }

    /// See `nwc_f32_frames_back`.
    func back(
        _ frames: nwc_frames, real: UnsafePointer<Scalar>, imaginary: UnsafePointer<Scalar>,
        edge: Scalar, inner: Scalar, adds: Bool, to x: UnsafeMutablePointer<Scalar>
    ) {
        withUnsafePointer(to: plan) { plan in
            withUnsafePointer(to: frames) { frames in
                Scalar.frameTransforms.back(
                    plan, frames, window.base, real, imaginary, edge, inner, adds ? 1 : 0, x,
                    work.base)
            }
        }
    }

    private var plan: nwc_fft_plan {
        nwc_fft_plan(
            size: size, passes: radices.count, radix: radices.base, twiddles: twiddles.base,
            split: split.base)
    }

    /// Fours first, which are quickest, then the prime factors that are left.
    private static func radices(of count: Int) -> [Int] {
        var rest = count
        var radices: [Int] = []
        func divide(by radix: Int) {
            while rest.isMultiple(of: radix) {
                radices.append(radix)
                rest /= radix
            }
        }
        for radix in [4, 2, 5, 3] { divide(by: radix) }
        var prime = 7
        while prime * prime <= rest {
            divide(by: prime)
            prime += 2
        }
        if rest > 1 { radices.append(rest) }
        return radices
    }

    private static func twiddles(of count: Int, radices: [Int]) -> [Scalar] {
        var result: [Scalar] = []
        var n = count
        for radix in radices {
            if ![2, 4, 5].contains(radix) {
                for k in 0..<radix { result += turn(k, of: radix) }
            }
            for p in 0..<n / radix {
                for j in 1..<radix { result += turn(p * j, of: n) }
            }
            n /= radix
        }
        return result
    }

    /// exp(-2 pi i k / count): real part, imaginary part.
    private static func turn(_ k: Int, of count: Int) -> [Scalar] {
        let point = UnitCircle.point(-k, of: count)
        return [Scalar(point.cosine), Scalar(point.sine)]
    }
}

/// Memory of fixed size at a 64-byte boundary.
final class Buffer<Element> {
    let base: UnsafeMutablePointer<Element>
    let count: Int

    init(repeating value: Element, count: Int) {
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
        base = raw.bindMemory(to: Element.self, capacity: count)
        base.initialize(repeating: value, count: count)
        self.count = count
    }

    convenience init(_ values: [Element]) where Element: Numeric {
        self.init(repeating: 0, count: values.count)
        for (index, value) in values.enumerated() { base[index] = value }
    }

    /// Elements are numbers: nothing to deinitialise.
    deinit { UnsafeMutableRawPointer(base).deallocate() }
}
