import CKernels
import SignalProcessing
import Testing

extension KernelTests {
    /// `nwc_gemm` against the definition: one scalar fused multiply-add a term, in ascending order,
    /// compared bit by bit.
    @Suite struct MatrixProductTests {
        struct Problem {
            var rows: Int
            var k: Int
            var n: Int
            var ldx: Int
            var ldy: Int
            var x: [Float]
            var w: [Float]
            var bias: [Float]
            var y: [Float]

            init(
                _ rows: Int, _ k: Int, _ n: Int, ldx: Int, ldy: Int, random: inout SplitMix64,
                values: (inout SplitMix64, Int) -> [Float]
            ) {
                (self.rows, self.k, self.n, self.ldx, self.ldy) = (rows, k, n, ldx, ldy)
                x = values(&random, max(rows - 1, 0) * ldx + k)
                w = values(&random, k * n)
                bias = values(&random, n)
                y = values(&random, max(rows, 1) * ldy)
            }

            var packed: [Float] {
                var packed = [Float](repeating: .nan, count: nwc_gemm_packed_count(k, n))
                nwc_gemm_pack(w, k, n, &packed)
                return packed
            }

            enum Start: CaseIterable { case zero, bias, accumulate }

            func run(
                _ start: Start, from row: Int = 0, count: Int? = nil, packed: [Float],
                into y: inout [Float]
            ) {
                x.withUnsafeBufferPointer { x in
                    y.withUnsafeMutableBufferPointer { y in
                        guard let x = x.baseAddress, let y = y.baseAddress else { return }
                        if start == .bias {
                            nwc_gemm(
                                count ?? rows, k, n, x + row * ldx, ldx, packed, bias, 0,
                                y + row * ldy, ldy)
                        } else {
                            nwc_gemm(
                                count ?? rows, k, n, x + row * ldx, ldx, packed, nil,
                                start == .accumulate ? 1 : 0, y + row * ldy, ldy)
                        }
                    }
                }
            }

            func reference(_ start: Start) -> [Float] {
                var y = y
                for r in 0..<rows {
                    for o in 0..<n {
                        var s = start == .zero ? 0 : start == .bias ? bias[o] : y[r * ldy + o]
                        for i in 0..<k { s = s.addingProduct(x[r * ldx + i], w[i * n + o]) }
                        y[r * ldy + o] = s
                    }
                }
                return y
            }
        }

        func check(_ p: Problem) {
            let packed = p.packed
            for start in Problem.Start.allCases {
                let expected = p.reference(start).map { $0.isNaN ? .nan : $0 }
                _ = onEveryPath { path in
                    var y = p.y
                    p.run(start, packed: packed, into: &y)
                    #expect(
                        bits(y.map { $0.isNaN ? .nan : $0 }) == bits(expected),
                        "\(name(path)) rows \(p.rows) k \(p.k) n \(p.n) ldx \(p.ldx) \(start)")
                }
            }
        }

        @Test func equalsTheDefinitionForAllSmallShapes() {
            var random = SplitMix64(seed: 1)
            for rows in Array(0...14) + [17, 25, 97, 101] {
                for n in [1, 2, 15, 16, 17, 31, 32, 33, 48, 64, 80, 95, 128, 144, 150] {
                    let k = [0, 1, 2, 3, 7, 20, 33].randomElement(using: &random) ?? 1
                    let ldx = [1, k, k + 3, max(k / 3, 1)].randomElement(using: &random) ?? 1
                    check(
                        Problem(
                            rows, k, n, ldx: ldx, ldy: n + Int(random.next() % 4), random: &random
                        ) { $0.floats($1) })
                }
            }
        }

        @Test func equalsTheDefinitionForLayerShapes() {
            var random = SplitMix64(seed: 2)
            for (rows, k, n, ldx) in [
                (100, 288, 192, 96), (2, 288, 192, 96), (1, 640, 160, 640), (211, 5 * 64, 64, 64),
                (33, 9, 20, 1), (64, 1, 100, 1),
            ] {
                check(
                    Problem(rows, k, n, ldx: ldx, ldy: n, random: &random) {
                        $0.floats($1, scale: 2)
                    })
            }
        }

        @Test func equalsTheDefinitionForAnyFiniteNumbers() {
            var random = SplitMix64(seed: 3)
            for (rows, k, n) in [(13, 9, 33), (7, 2, 100), (26, 40, 18), (12, 17, 160)] {
                // All exponents: overflow to infinity, denormal results, infinity minus infinity.
                check(Problem(rows, k, n, ldx: k, ldy: n, random: &random) { $0.anyFinite($1) })
                // Products and sums near the denormal range and massive cancellation.
                check(
                    Problem(rows, k, n, ldx: k, ldy: n, random: &random) { r, c in
                        r.floats(c).map { $0 * 0x1p-70 }
                    })
                check(
                    Problem(rows, k, n, ldx: k, ldy: n, random: &random) { r, c in
                        (0..<c).map { _ in
                            Float(Int(r.next() % 5) - 2) * (1 + Float(r.next() % 3) * 0x1p-23)
                        }
                    })
            }
        }

        @Test func doesNotDependOnTheSplitOfRows() {
            var random = SplitMix64(seed: 4)
            let p = Problem(131, 60, 70, ldx: 20, ldy: 70, random: &random) { $0.floats($1) }
            let packed = p.packed
            _ = onEveryPath { path in
                for start in Problem.Start.allCases {
                    var whole = p.y
                    p.run(start, packed: packed, into: &whole)
                    for seed in 0..<20 {
                        var splits = SplitMix64(seed: UInt64(seed))
                        var y = p.y
                        var row = 0
                        while row < p.rows {
                            let count = min(1 + Int(splits.next() % UInt64(seed + 1)), p.rows - row)
                            p.run(start, from: row, count: count, packed: packed, into: &y)
                            row += count
                        }
                        #expect(bits(y) == bits(whole), "\(name(path)) seed \(seed)")
                    }
                }
            }
        }

        @Test func agreesWithDoublePrecision() {
            var random = SplitMix64(seed: 5)
            let p = Problem(40, 500, 50, ldx: 100, ldy: 50, random: &random) { $0.floats($1) }
            var y = p.y
            p.run(.bias, packed: p.packed, into: &y)
            for r in 0..<p.rows {
                for o in 0..<p.n {
                    var sum = Double(p.bias[o])
                    var magnitude = abs(sum)
                    for i in 0..<p.k {
                        let term = Double(p.x[r * p.ldx + i]) * Double(p.w[i * p.n + o])
                        sum += term
                        magnitude += abs(term)
                    }
                    // k roundings of 2^-24 relative to sums no larger than the sum of magnitudes.
                    #expect(
                        abs(Double(y[r * p.ldy + o]) - sum) <= Double(p.k) * 0x1p-24 * magnitude)
                }
            }
        }

        @Test func packedLayout() {
            #expect(nwc_gemm_packed_count(3, 17) == 96)
            #expect(nwc_gemm_packed_count(0, 5) == 0)
            #expect(nwc_gemm_packed_count(.max, 2) == 0)
            #expect(nwc_gemm_packed_count(2, .max) == 0)
            let w = (0..<51).map(Float.init)
            var packed = [Float](repeating: .nan, count: 96)
            nwc_gemm_pack(w, 3, 17, &packed)
            for i in 0..<3 {
                for o in 0..<32 {
                    #expect(packed[(o / 16) * 48 + i * 16 + o % 16] == (o < 17 ? w[i * 17 + o] : 0))
                }
            }
        }
    }
}
