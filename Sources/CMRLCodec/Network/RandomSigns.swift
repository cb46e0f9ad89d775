import CKernels

/// Signs that coefficients are multiplied by before the modules and again behind them.
///
/// A decoder can put energy where all symbols are zero. Trained on spectral distances alone it puts
/// the same coefficients into every frame, which measures of loudness like (nothing fluctuates) and
/// which sounds like a buzz of the frame rate in place of noise. With random signs around the
/// modules the same output is noise, and nothing else changes: magnitudes, and so the entropy
/// model, do not see them.
///
/// The signs of a block come from its coded envelope, which encoder and decoder both have: no
/// state, the same from every key packet, different from block to block.
package enum RandomSigns {
    /// - Parameter envelope: of a block, Q8
    package static func seed(envelope: [Int]) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5  // FNV-1a over the low 16 bits of each value
        for value in envelope {
            for byte in [
                UInt32(truncatingIfNeeded: value) & 255,
                UInt32(truncatingIfNeeded: value >> 8) & 255,
            ] { hash = (hash ^ byte) &* 0x0100_0193 }
        }
        return hash
    }

    /// -1 or 1 for each coefficient of a block in turn, as training draws them
    /// (`Graph.randomSigns`).
    package static func fill(_ signs: UnsafeMutablePointer<Float>, _ count: Int, seed: UInt32) {
        nwc_signs(signs, seed, count)
    }

    /// The same as an array.
    package static func signs(_ count: Int, seed: UInt32) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            if let base = buffer.baseAddress { fill(base, count, seed: seed) }
            filled = count
        }
    }
}
