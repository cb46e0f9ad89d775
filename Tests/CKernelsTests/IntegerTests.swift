import CKernels
import SignalProcessing
import Foundation
import Testing

extension KernelTests {
    /// Integer kernels of the entropy model against plain 64-bit arithmetic: equal, on every path.
    @Suite struct IntegerTests {
        static func activations(_ count: Int, random: inout SplitMix64, limit: Int = 2047)
            -> [Int16]
        {
            (0..<count).map { _ in
                let v = Int(random.next() % UInt64(2 * limit + 1)) - limit
                return Int16(random.next() % 8 == 0 ? (v < 0 ? -limit : limit) : v)
            }
        }

        /// Any Int32, the ends more often than chance would have them.
        static func anyInteger(_ random: inout SplitMix64) -> Int32 {
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

        /// Linear interpolation between the values of f, which maps to Q11, at multiples of 1 / 64
        /// (these rounded and limited to `most`), Q10 -> Q11.
        static func interpolated(_ x: Int32, most: Double, _ f: (Double) -> Double) -> Int64 {
            func knot(_ i: Int64) -> Int64 {
                Int64(min((f(Double(i) / 64) * 2048).rounded(), most))
            }
            let a = abs(clamp(Int64(x), -8191, 8191))
            let part = a & 15
            return (knot(a >> 4) * (16 - part) + knot((a >> 4) + 1) * part + 8) >> 4
        }

        static func tanhQ(_ x: Int32) -> Int64 {
            let y = interpolated(x, most: 2047) { tanh($0) }
            return x < 0 ? -y : y
        }

        static func sigmoidQ(_ x: Int32) -> Int64 {
            let y = interpolated(x, most: 2048) { 1 / (1 + exp(-$0)) }
            return x < 0 ? 2048 - y : y
        }

        @Test func gemv() {
            var random = SplitMix64(seed: 30)
            for (rows, cols) in [
                (0, 5), (1, 0), (1, 1), (2, 31), (3, 32), (4, 33), (5, 64), (7, 100), (9, 160),
                (17, 3), (64, 10), (65, 7), (128, 256), (336, 112), (13, 511), (6, 512),
            ] {
                for extreme in [false, true] {
                    var w = [Int16](repeating: 0, count: nwc_gemv_i16_size(rows, cols))
                    var x = [Int16](repeating: 0, count: (cols + 1) / 2 * 2)
                    x.replaceSubrange(
                        0..<cols,
                        with: extreme
                            ? [Int16](repeating: -2047, count: cols)
                            : Self.activations(cols, random: &random))
                    var expected: [Int32] = []
                    for r in 0..<rows {
                        let row =
                            extreme
                            ? [Int16](repeating: r % 2 == 0 ? 2047 : -2047, count: cols)
                            : Self.activations(cols, random: &random)
                        for (c, value) in row.enumerated() {
                            w[nwc_gemv_i16_place(cols, r, c)] = value
                        }
                        expected.append(
                            Int32(zip(row, x).reduce(Int64(0)) { $0 + Int64($1.0) * Int64($1.1) }))
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
            var random = SplitMix64(seed: 31)
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

        @Test func hyperbolicTangent() {
            var random = SplitMix64(seed: 32)
            let all =
                Array(Int32(-9000)...9000) + [.min, .min + 1, .max]
                + (0..<99).map { _ in Self.anyInteger(&random) }
            let values = all.map { Int16(Self.tanhQ($0)) }
            for (x, y) in zip(all, values) {
                let exact = tanh(Double(min(max(x, -8191), 8191)) / 1024) * 2048
                #expect(abs(Double(y) - exact) <= 1.05, "\(x)")
            }
            for n in Array(0...40) + [all.count] {
                for y in onEveryPath({ _ in
                    var y = [Int16](repeating: 9, count: n + 1)
                    nwc_tanh_q(n, Array(all.suffix(n)), &y)
                    return y
                }) { #expect(y == values.suffix(n) + [9], "\(n)") }
            }
        }

        @Test func recurrentStep() {
            var random = SplitMix64(seed: 33)
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
                        let r = Self.sigmoidQ(gi[i] + gh[i])
                        let z = Self.sigmoidQ(gi[hidden + i] + gh[hidden + i])
                        let candidate =
                            Int64(gi[2 * hidden + i])
                            + ((r * Int64(gh[2 * hidden + i]) + 1024) >> 11)
                        let n = Self.tanhQ(Int32(candidate))
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
            var random = SplitMix64(seed: 34)
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
