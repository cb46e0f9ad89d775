import CKernels
import SignalProcessing
import Testing

/// Root of all kernel tests: they switch the SIMD path of the process, so none may run beside
/// another.
@Suite(.serialized) enum KernelTests {}

/// Runs `body` once on every SIMD path this machine has, the portable one first, and restores the
/// path.
func onEveryPath<T>(_ body: (nwc_simd) throws -> T) rethrows -> [T] {
    let before = nwc_simd_current()
    defer { nwc_simd_select(Int32(before.rawValue)) }
    var results: [T] = []
    for path in 0..<Int32(NWC_SIMD_COUNT) where nwc_simd_available(path) != 0 {
        #expect(nwc_simd_select(path) == 0)
        results.append(try body(nwc_simd_current()))
    }
    return results
}

/// The name of a path, for messages.
func name(_ path: nwc_simd) -> String { String(cString: nwc_simd_name(Int32(path.rawValue))) }

extension SplitMix64 {

    /// Uniform in -1..<1.
    mutating func uniform() -> Float { Float(Int32(truncatingIfNeeded: next() >> 32)) * 0x1p-31 }

    /// `count` values uniform in -scale..<scale.
    mutating func floats(_ count: Int, scale: Float = 1) -> [Float] {
        (0..<count).map { _ in uniform() * scale }
    }

    /// Any finite bit pattern: all exponents, denormal numbers and zeros of both signs included.
    mutating func anyFinite(_ count: Int) -> [Float] {
        (0..<count).map { _ in
            while true {
                let v = Float(bitPattern: UInt32(truncatingIfNeeded: next()))
                if v.isFinite { return v }
            }
        }
    }
}

/// Bit patterns, the only honest equality of floats here (-0 and NaN count).
func bits(_ x: [Float]) -> [UInt32] { x.map(\.bitPattern) }

/// Numbers at the edges of single precision and of the functions.
let extremes: [Float] = [
    0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude,
    -.leastNormalMagnitude,
    .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .infinity, -.infinity, .nan, 1, -1,
    0x1.fffffep-1, 0x1.000002p0,
    87, -87, 88.8, -88.8, 87.00001, 9.01, 9.02, -9.1, 0.34657, 0.17328, 0x1p20, 0x1.fffffep19,
    0x1p-24, 1e-3, 0.70710677, 1.4142135,
    0.5, 1.5, 2.5, 32767, 32768, -32768, 16_777_216,
]
