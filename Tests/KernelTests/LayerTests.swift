import CKernels
import Testing

extension KernelTests {
    /// Element-wise parts of layers against plain loops, bit by bit.
    @Suite struct LayerTests {
        @Test func leakyReLU() {
            var random = Random(20)
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
            var random = Random(21)
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
    }
}
