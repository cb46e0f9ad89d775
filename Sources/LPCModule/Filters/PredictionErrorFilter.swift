/// A(z) as a stream: r[n] = x[n] + a1 x[n-1] + ... + ap x[n-p], with interpolated coefficients
/// (`subframes`) and memory across frames.
///
/// `SynthesisFilter` with the same frames gives the input back; rounding of the residual to single
/// precision is the only loss.
public struct PredictionErrorFilter: Sendable {
    private var stream: FilterStream

    /// - Parameters:
    ///   - order: of the line spectral frequencies, even, 2 ... 32
    ///   - hop: samples per frame
    ///   - subframes: steps of the interpolation, a divisor of `hop`; 1 = none
    /// - Throws: `invalidOrder`, `invalidSetting`.
    public init(order: Int = 16, hop: Int = 320, subframes: Int = 4) throws(LPCError) {
        stream = try FilterStream(order: order, hop: hop, subframes: subframes)
    }

    /// Takes samples and frames in any portions and returns the residual of all samples whose frame
    /// is known. The result does not depend on the portions, bit for bit.
    /// - Throws: `notFinite` (index in `samples`), `wrongCount` (order of a frame); nothing has
    ///   changed then.
    public mutating func step(_ samples: [Float], frames: [LineSpectralFrequencies] = [])
        throws(LPCError) -> [Float]
    {
        try stream.append(samples, frames)
        return stream.run(hold: false, Self.filter)
    }

    /// The samples that still wait, with the last frame held (without any frame: unchanged).
    public mutating func flush() -> [Float] { stream.run(hold: true, Self.filter) }

    /// Forgets signal and frames.
    public mutating func reset() { stream.reset() }

    /// `memory` holds the last p inputs, oldest first, and then room for the new ones.
    private static func filter(
        _ x: ArraySlice<Float>, _ a: [Double], _ memory: inout [Double], _ y: inout [Float]
    ) {
        let p = a.count
        for value in x { memory.append(Double(value)) }
        for n in p..<memory.count {
            var sum = memory[n]
            for k in 0..<p { sum += a[k] * memory[n - 1 - k] }
            y.append(Float(sum))
        }
    }
}
