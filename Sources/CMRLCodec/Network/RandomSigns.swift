import NeuralNetwork

/// Signs that coefficients are multiplied by before the modules and again behind them.
///
/// A decoder can put energy where all symbols are zero. Trained on spectral distances alone it puts the same coefficients into every frame, which
/// measures of loudness like (nothing fluctuates) and which sounds like a buzz of the frame rate in place of noise. With random signs around the modules the
/// same output is noise, and nothing else changes: magnitudes, and so the entropy model, do not see them.
///
/// The signs of a block come from its coded envelope, which encoder and decoder both have: no state, the same from every key packet, different from
/// block to block.
package enum RandomSigns {
    /// - Parameter envelope: of a block, Q8
    package static func seed(envelope: [Int]) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5  // FNV-1a over the low 16 bits of each value
        for value in envelope {
            for byte in [UInt32(truncatingIfNeeded: value) & 255, UInt32(truncatingIfNeeded: value >> 8) & 255] { hash = (hash ^ byte) &* 0x0100_0193 }
        }
        return hash
    }

    /// True for the `i`-th coefficient of a block that changes its sign: a bit of the murmur3 finaliser of a counter.
    package static func changes(_ i: Int, seed: UInt32) -> Bool {
        var x = UInt32(truncatingIfNeeded: i) &* 0x9e37_79b9 &+ seed
        x = (x ^ (x >> 16)) &* 0x85eb_ca6b
        x = (x ^ (x >> 13)) &* 0xc2b2_ae35
        return (x ^ (x >> 16)) >> 31 == 1
    }

    package static func apply(to values: inout [Float], _ range: Range<Int>, seed: UInt32) {
        for (i, index) in range.enumerated() where changes(i, seed: seed) { values[index] = -values[index] }
    }

    /// Signs for training, where they need not come from the envelope.
    static func tensor<S: EngineScalar>(like c: Tensor<S>, seed: UInt64, _ graph: Graph<S>) -> Tensor<S> {
        graph.randomSigns(c.shape, seed: seed)
    }
}
