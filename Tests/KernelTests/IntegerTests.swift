import CKernels
import Foundation
import Testing

extension KernelTests {
    /// Integer kernels of the entropy model against plain 64-bit arithmetic: equal, on every path.
    @Suite struct IntegerTests {
        static func activations(_ count: Int, random: inout Random, limit: Int = 2047) -> [Int16] {
            (0..<count).map { _ in
                let v = Int(random.next() % UInt64(2 * limit + 1)) - limit
                return Int16(random.next() % 8 == 0 ? (v < 0 ? -limit : limit) : v)
            }
        }

        /// Any Int32, the ends more often than chance would have them.
        static func anyInteger(_ random: inout Random) -> Int32 {
            switch random.next() % 8 {
            case 0:
                [Int32.min, Int32.min + 1, -1, 0, 1, Int32.max - 1, Int32.max].randomElement(
                    using: &random) ?? 0
            case 1...4: Int32(truncatingIfNeeded: random.next()) >> Int32(random.next() % 28)
            default: Int32(truncatingIfNeeded: random.next())
            }
        }

        static func rounded(_ x: Int64, _ shift: Int) -> Int64 {
            shift > 0 ? (x + (1 << (shift - 1))) >> Int64(shift) : x
        }

        static func clamp(_ x: Int64, _ low: Int64, _ high: Int64) -> Int64 {
            min(max(x, low), high)
        }

        // Reads the table through the function itself at the knots, which `tanhAndSigmoid` checks
        // against libm.
        static func interpolated(_ x: Int64, _ f: (Int32) -> Int32, at zero: Int64) -> Int64 {
            let a = abs(clamp(x, -8191, 8191))
            let i = a >> 4
            let part = a & 15
            let low = Int64(f(Int32(i << 4)))
            let high = i < 511 ? Int64(f(Int32((i + 1) << 4))) : low
            let value = (low * (16 - part) + high * part + 8) >> 4
            return x < 0 ? 2 * zero - value : value
        }

        @Test func gemv() {
            var random = Random(30)
            for (rows, cols) in [
                (0, 5), (1, 0), (1, 1), (2, 31), (3, 32), (4, 33), (5, 64), (7, 100), (9, 160),
                (128, 256), (336, 112), (13, 511), (6, 512),
            ] {
                for extreme in [false, true] {
                    let stride = (cols + 31) / 32 * 32
                    var w = [Int16](repeating: 0, count: rows * stride)
                    var x = [Int16](repeating: 0, count: stride)
                    x.replaceSubrange(
                        0..<cols,
                        with: extreme
                            ? [Int16](repeating: -2047, count: cols)
                            : Self.activations(cols, random: &random))
                    for r in 0..<rows {
                        let row =
                            extreme
                            ? [Int16](repeating: r % 2 == 0 ? 2047 : -2047, count: cols)
                            : Self.activations(cols, random: &random)
                        w.replaceSubrange(r * stride..<r * stride + cols, with: row)
                    }
                    let expected = (0..<rows).map { r in
                        Int32(
                            (0..<cols).reduce(Int64(0)) {
                                $0 + Int64(w[r * stride + $1]) * Int64(x[$1])
                            })
                    }
                    for y in onEveryPath({ _ in
                        var y = [Int32](repeating: 77, count: rows + 1)
                        nwc_gemv_i16(rows, cols, w, x, &y)
                        return y
                    }) { #expect(y == expected + [77], "\(rows) x \(cols)") }
                }
            }
        }

        @Test func roundShift() {
            var random = Random(31)
            for n in Array(0...40) + [1000, 20_001] {
                let y = (0..<n).map { _ in Self.anyInteger(&random) }
                let bias = (0..<n).map { _ in Self.anyInteger(&random) }
                let shift = (0..<n).map { _ in UInt8(random.next() % 31) }
                for limit in [0, 8191, 16383, 65535, Int32.max] {
                    let expected = (0..<n).map {
                        Int32(
                            Self.clamp(
                                Self.rounded(Int64(y[$0]) + Int64(bias[$0]), Int(shift[$0])),
                                -Int64(limit), Int64(limit)))
                    }
                    for result in onEveryPath({ _ in
                        var z = y + [5]
                        nwc_round_shift(n, &z, bias, shift, limit)
                        return z
                    }) { #expect(result == expected + [5], "\(n) limit \(limit)") }
                }
            }
        }

        @Test func roundShiftOfEveryShiftAtTheEnds() {
            let ends: [Int32] = [
                .min, .min + 1, -(1 << 30), -3, -2, -1, 0, 1, 2, 3, 1 << 30, .max - 1, .max,
            ]
            for s in UInt8(0)...30 {
                for a in ends {
                    let expected = ends.map {
                        Int32(
                            Self.clamp(
                                Self.rounded(Int64(a) + Int64($0), Int(s)), -Int64(Int32.max),
                                Int64(Int32.max)))
                    }
                    for y in onEveryPath({ _ in
                        var y = [Int32](repeating: a, count: ends.count)
                        nwc_round_shift(
                            ends.count, &y, ends, [UInt8](repeating: s, count: ends.count), .max)
                        return y
                    }) { #expect(y == expected, "\(a) shift \(s)") }
                }
            }
        }

        @Test func tanhAndSigmoid() {
            for x in Int32(-9000)...9000 {
                let q = Double(min(max(x, -8191), 8191)) / 1024
                let t = nwc_tanh_q(x)
                let s = nwc_sigmoid_q(x)
                #expect(abs(Double(t) - tanh(q) * 2048) <= 1.05 && abs(t) <= 2047, "tanh \(x)")
                #expect(
                    abs(Double(s) - 2048 / (1 + exp(-q))) <= 1.05 && s >= 0 && s <= 2048,
                    "sigmoid \(x)")
                #expect(nwc_tanh_q(-x) == -t && nwc_sigmoid_q(-x) == 2048 - s)
                #expect(nwc_tanh_q(x + 1) >= t && nwc_sigmoid_q(x + 1) >= s)
                if x % 16 != 0, abs(x) < 8176 {
                    #expect(Int64(t) == Self.interpolated(Int64(x), nwc_tanh_q, at: 0))
                    #expect(Int64(s) == Self.interpolated(Int64(x), nwc_sigmoid_q, at: 1024))
                }
            }
            #expect(nwc_tanh_q(.min) == nwc_tanh_q(-8191) && nwc_tanh_q(.max) == nwc_tanh_q(8191))
            #expect(
                nwc_sigmoid_q(.min) == nwc_sigmoid_q(-8191)
                    && nwc_sigmoid_q(.max) == nwc_sigmoid_q(8191))
        }

        @Test func tanhOfArrays() {
            var random = Random(32)
            let all =
                Array(Int32(-8300)...8300) + [.min, .max]
                + (0..<99).map { _ in Self.anyInteger(&random) }
            for n in Array(0...40) + [all.count] {
                let x = Array(all.suffix(n))
                let expected = x.map { Int16(nwc_tanh_q($0)) }
                for y in onEveryPath({ _ in
                    var y = [Int16](repeating: 9, count: n + 1)
                    nwc_tanh_q_array(n, x, &y)
                    return y
                }) { #expect(y == expected + [9], "\(n)") }
            }
        }

        @Test func recurrentStep() {
            var random = Random(33)
            for hidden in Array(0...20) + [31, 32, 33, 64, 96, 112, 333] {
                for limit in [2000, 16383, 1 << 19] {
                    let gi = (0..<3 * hidden).map { _ in
                        Int32(random.next() % UInt64(2 * limit + 1)) - Int32(limit)
                    }
                    let gh = (0..<3 * hidden).map { _ in
                        Int32(random.next() % UInt64(2 * limit + 1)) - Int32(limit)
                    }
                    let start = Self.activations(hidden, random: &random)
                    let expected = (0..<hidden).map { i -> Int16 in
                        let r = Int64(nwc_sigmoid_q(gi[i] + gh[i]))
                        let z = Int64(nwc_sigmoid_q(gi[hidden + i] + gh[hidden + i]))
                        let candidate =
                            Int64(gi[2 * hidden + i])
                            + ((r * Int64(gh[2 * hidden + i]) + 1024) >> 11)
                        let n = Int64(nwc_tanh_q(Int32(candidate)))
                        return Int16(
                            Self.clamp(
                                ((2048 - z) * n + z * Int64(start[i]) + 1024) >> 11, -2047, 2047))
                    }
                    for h in onEveryPath({ _ in
                        var h = start + [123]
                        nwc_gru_step_q(hidden, gi, gh, &h)
                        return h
                    }) { #expect(h == expected + [123], "\(hidden)") }
                }
            }
        }

        @Test func localCorrection() {
            var random = Random(34)
            for count in Array(0...20) + [127, 128] {
                for trial in 0..<20 {
                    let x =
                        trial == 0
                        ? [Int16](repeating: 2047, count: count)
                        : Self.activations(count, random: &random)
                    let w =
                        trial == 0
                        ? [Int16](repeating: -2047, count: count * 16)
                        : Self.activations(count * 16, random: &random)
                    let bias = (0..<16).map { _ in Int32(truncatingIfNeeded: random.next()) >> 2 }
                    let out = Self.activations(16, random: &random)
                    let shiftIn = trial % 15
                    let shiftOut = trial % 21
                    var sum: Int64 = 0
                    for u in 0..<16 {
                        let inner = (0..<count).reduce(Int64(bias[u])) {
                            $0 + Int64(w[$1 * 16 + u]) * Int64(x[$1])
                        }
                        sum += Self.clamp(Self.rounded(inner, shiftIn), 0, 2047) * Int64(out[u])
                    }
                    let expected = Int32(Self.rounded(sum, shiftOut))
                    for y in onEveryPath({ _ in
                        nwc_local_correction(
                            count, x, w, bias, out, Int32(shiftIn), Int32(shiftOut))
                    }) {
                        #expect(y == expected, "\(count) \(shiftIn) \(shiftOut)")
                    }
                }
            }
        }
    }
}
