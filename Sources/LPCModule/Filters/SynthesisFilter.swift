/// 1 / A(z) as a stream: y[n] = r[n] - a1 y[n-1] - ... - ap y[n-p], with interpolated coefficients
/// and memory across frames.
///
/// The counterpart of `PredictionErrorFilter`. Additions and multiplications of doubles in a fixed
/// order: the same bits on every machine.
public struct SynthesisFilter: Sendable {
    private var stream: FilterStream

    /// See `PredictionErrorFilter.init`.
    public init(order: Int = 16, hop: Int = 320, subframes: Int = 4) throws(LPCError) {
        stream = try FilterStream(order: order, hop: hop, subframes: subframes)
    }

    /// Takes residual samples and frames in any portions and returns the signal of all samples
    /// whose frame is known.
    /// - Throws: `notFinite` (index in `residual`), `wrongCount` (order of a frame); nothing has
    ///   changed then.
    public mutating func step(_ residual: [Float], frames: [LineSpectralFrequencies] = [])
        throws(LPCError) -> [Float]
    {
        try stream.append(residual, frames)
        return stream.run(hold: false, Self.filter)
    }

    /// The samples that still wait, with the last frame held (without any frame: unchanged).
    public mutating func flush() -> [Float] { stream.run(hold: true, Self.filter) }

    /// Forgets signal and frames.
    public mutating func reset() { stream.reset() }

    /// `memory` holds the last p outputs, oldest first, and then room for the new ones.
    private static func filter(
        _ r: ArraySlice<Float>, _ a: [Double], _ memory: inout [Double], _ y: inout [Float]
    ) {
        let p = a.count
        for value in r {
            var sum = Double(value)
            let n = memory.count
            for k in 0..<p { sum -= a[k] * memory[n - 1 - k] }
            memory.append(sum)
            y.append(Float(sum))
        }
    }
}
