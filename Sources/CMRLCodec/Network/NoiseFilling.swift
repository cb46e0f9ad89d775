import CKernels

/// The noise that decoders fill in: a hash of the coefficient's number since the last key packet,
/// the same everywhere.
package enum NoiseFilling {
    package static let seed: UInt64 = 0x6e_77_63
    /// sqrt(12): unit variance from a uniform distribution of width 1.
    package static let scale = 3.4641016151377544

    /// Noise of unit variance for consecutive frames, as training has it (`Graph.uniformNoise`).
    /// - Parameters:
    ///   - rows: `frames` rows of `width` values
    ///   - first: number of the first frame since the last key packet
    ///   - width: coefficients of a frame
    static func fill(
        _ rows: UnsafeMutablePointer<Float>, first: UInt32, frames: Int, width: Int
    ) {
        for t in 0..<frames {
            let number = first &+ UInt32(truncatingIfNeeded: t)
            let place = number &* UInt32(truncatingIfNeeded: width) &* 0x9e37_79b9
            nwc_uniform(
                rows + t * width, UInt32(truncatingIfNeeded: seed ^ (seed >> 32)) &+ place, width)
        }
        let factor = Float(scale)
        for i in 0..<frames * width { rows[i] *= factor }
    }
}
