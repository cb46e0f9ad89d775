import CKernels
import SignalProcessing
import Testing

extension KernelTests {
    /// Element-wise parts of layers against plain loops, bit by bit.
    @Suite struct LayerTests {
        @Test func leakyReLU() {
            var random = SplitMix64(seed: 20)
            for n in [0, 1, 3, 15, 16, 17, 64, 101] {
                let x = (extremes.filter { !$0.isNaN } + random.floats(n)).suffix(n)
                let expected = x.map { $0 > 0 ? $0 : 0.2 * $0 }
                for y in onEveryPath({ _ in
                    var y = [Float](repeating: 9, count: n + 1)
                    nwc_leaky_relu(Array(x), 0.2, &y, n)
                    return y
                }) { #expect(bits(y) == bits(expected + [9])) }
            }
        }

        @Test func prelu() {
            var random = SplitMix64(seed: 21)
            for rows in [0, 1, 2, 5] {
                for channels in [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 96] {
                    let ldx = channels + 2
                    let ldy = channels + 1
                    let x = random.floats(max(rows, 1) * ldx, scale: 3)
                    let slope = random.floats(channels)
                    var expected = [Float](repeating: 9, count: max(rows, 1) * ldy)
                    for r in 0..<rows {
                        for c in 0..<channels {
                            expected[r * ldy + c] =
                                x[r * ldx + c] > 0 ? x[r * ldx + c] : slope[c] * x[r * ldx + c]
                        }
                    }
                    for y in onEveryPath({ _ in
                        var y = [Float](repeating: 9, count: max(rows, 1) * ldy)
                        nwc_prelu(rows, channels, x, ldx, slope, &y, ldy)
                        return y
                    }) { #expect(bits(y) == bits(expected), "rows \(rows) channels \(channels)") }
                }
            }
        }

        /// Noise and signs against the formula (Docs/format.md, 3.7), and their double-precision
        /// twins of gradient checks.
        @Test func noise() {
            for seed: UInt32 in [0, 1, 0x6e_7763, .max] {
                for n in [0, 1, 3, 4, 15, 16, 17, 333] {
                    let hashes = (0..<UInt32(n)).map { i -> UInt32 in
                        var x = i &* 0x9e37_79b9 &+ seed
                        x = (x ^ (x >> 16)) &* 0x85eb_ca6b
                        x = (x ^ (x >> 13)) &* 0xc2b2_ae35
                        return x ^ (x >> 16)
                    }
                    let uniform = hashes.map { Float($0 >> 8) * 0x1p-24 - 0.5 }
                    let signs = hashes.map { $0 >> 31 == 1 ? -1 : 1 as Float }
                    for (noise, sign) in onEveryPath({ _ in
                        var noise = [Float](repeating: 9, count: n + 1)
                        var sign = noise
                        nwc_uniform(&noise, seed, n)
                        nwc_signs(&sign, seed, n)
                        return (noise, sign)
                    }) {
                        #expect(bits(noise) == bits(uniform + [9]), "\(n)")
                        #expect(bits(sign) == bits(signs + [9]), "\(n)")
                    }
                    var twin = [Double](repeating: 9, count: n + 1)
                    nwc_f64_uniform(&twin, seed, n)
                    #expect(twin == uniform.map { Double($0) } + [9])
                    nwc_f64_signs(&twin, seed, n)
                    #expect(twin == signs.map { Double($0) } + [9])
                }
            }
        }
    }
}
