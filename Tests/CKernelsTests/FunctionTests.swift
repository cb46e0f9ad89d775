import CKernels
import SignalProcessing
import Foundation
import Testing

extension KernelTests {
    /// tanh, sigmoid, exp, log, asinh against the double-precision functions of libm.
    @Suite struct FunctionTests {
        typealias Kernel = (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void

        struct Function: CustomTestStringConvertible, Sendable {
            let testDescription: String
            let kernel: @Sendable (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void
            /// Exact value; the input limits of the kernel included.
            let exact: @Sendable (Double) -> Double
            /// Where the 4 ulp hold.
            let range: ClosedRange<Float>

            func callAsFunction(_ x: [Float]) -> [Float] {
                var y = [Float](repeating: -77, count: x.count)
                kernel(x, &y, x.count)
                return y
            }
        }

        static let all = [
            Function(
                testDescription: "tanh", kernel: { nwc_tanh($0, $1, $2) }, exact: { tanh($0) },
                range: -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)),
            Function(
                testDescription: "sigmoid", kernel: { nwc_sigmoid($0, $1, $2) },
                exact: { 1 / (1 + exp(-min(max($0, -87), 87))) },
                range: -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)),
            Function(
                testDescription: "exp", kernel: { nwc_exp($0, $1, $2) },
                exact: { exp(min(max($0, -87), 87)) },
                range: -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)),
            Function(
                testDescription: "log", kernel: { nwc_log($0, $1, $2) },
                exact: { log(max($0, 0x1p-126)) },
                range: -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)),
            Function(
                testDescription: "asinh", kernel: { nwc_asinh($0, $1, $2) }, exact: { asinh($0) },
                range: -.greatestFiniteMagnitude...(.greatestFiniteMagnitude)
            ),
        ]

        /// Every float whose bits are a multiple of a stride (no power of two), a fine grid of the
        /// useful range, and the edges.
        static func inputs() -> [Float] {
            var x = extremes
            var pattern: UInt32 = 0
            while pattern < UInt32.max - 4099 {
                let v = Float(bitPattern: pattern)
                if v.isFinite { x.append(v) }
                pattern += 4099
            }
            var random = SplitMix64(seed: 7)
            for scale: Float in [1e-3, 0.1, 1, 10, 100] {
                x += random.floats(100_003, scale: scale)
            }
            x += random.floats(50_000, scale: 0.01).map { 1 + $0 }
            return x
        }

        /// Distance in units of the last place of a float of the size of the exact value.
        static func ulps(_ y: Float, _ exact: Double) -> Double {
            let size = max(abs(exact), Double(Float.leastNormalMagnitude))
            return abs(Double(y) - exact) / (exp2(floor(log2(size))) * 0x1p-23)
        }

        @Test(arguments: all) func accuracy(_ f: Function) {
            let x = Self.inputs().filter { $0.isFinite && f.range.contains($0) }
            let y = f(x)
            var worst = 0.0
            var at: Float = 0
            for (x, y) in zip(x, y) {
                let error = y.isFinite ? Self.ulps(y, f.exact(Double(x))) : .infinity
                if error > worst { (worst, at) = (error, x) }
            }
            print("\(f.testDescription): at most \(worst) ulp, at \(at)")
            #expect(worst <= 4)
        }

        @Test(arguments: all) func sameBitsOnEveryPath(_ f: Function) {
            let x = Self.inputs()
            let results = onEveryPath { _ in bits(f(x)) }
            for r in results { #expect(r == results[0]) }
        }

        @Test(arguments: all) func tailsAreLikeBodies(_ f: Function) {
            var random = SplitMix64(seed: 8)
            let source = extremes + random.floats(60, scale: 5)
            for result in onEveryPath({ _ in
                let whole = bits(f(source))
                for n in 0...40 {
                    for start in [0, 1, 5, 30] {
                        var y = [Float](repeating: 123, count: n + 2)
                        source.withUnsafeBufferPointer { x in
                            y.withUnsafeMutableBufferPointer { y in
                                guard let x = x.baseAddress, let y = y.baseAddress else { return }
                                f.kernel(x + start, y + 1, n)
                            }
                        }
                        guard y.first == 123, y.last == 123,
                            bits(Array(y.dropFirst().dropLast())) == Array(whole[start..<start + n])
                        else { return false }
                        // In place.
                        var z = Array(source[start..<start + n])
                        z.withUnsafeMutableBufferPointer {
                            f.kernel(UnsafePointer($0.baseAddress), $0.baseAddress, n)
                        }
                        guard bits(z) == Array(whole[start..<start + n]) else { return false }
                    }
                }
                return true
            }) { #expect(result) }
        }

        @Test func limits() {
            for ok in onEveryPath({ _ in
                let tanh = Self.all[0]
                let sigmoid = Self.all[1]
                let exp = Self.all[2]
                let log = Self.all[3]
                let asinh = Self.all[4]
                #expect(
                    bits(tanh([.infinity, -.infinity, 20, -20, 0, -0.0]))
                        == bits([1, -1, 1, -1, 0, -0.0]))
                #expect(bits(asinh([0, -0.0])) == bits([0, -0.0]))
                #expect(
                    asinh([.infinity]) == asinh([.greatestFiniteMagnitude])
                        && asinh([-.infinity]) == asinh([-.greatestFiniteMagnitude]))
                #expect(
                    exp([.infinity, 1e30, 87.5]) == exp([87, 87, 87])
                        && exp([-.infinity, -1e30, -87.5]) == exp([-87, -87, -87]))
                #expect(
                    exp([0, -0.0]) == [1, 1]
                        && sigmoid([0, -0.0, 40, .infinity]) == [0.5, 0.5, 1, 1])
                #expect(sigmoid([-.infinity]) == sigmoid([-87]) && sigmoid([-87])[0] > 0)
                #expect(
                    log([0, -0.0, -1, -.infinity, 1e-40])
                        == log([Float](repeating: .leastNormalMagnitude, count: 5)))
                #expect(log([1]) == [0] && log([.infinity]) == log([.greatestFiniteMagnitude]))
                for f in Self.all {
                    #expect(
                        bits(f([.nan, -.nan, Float(bitPattern: 0x7F80_0001)])) == [
                            0x7FC0_0000, 0x7FC0_0000, 0x7FC0_0000,
                        ])
                }
                // Odd functions are odd bit by bit; monotone where that matters for a quantiser.
                var random = SplitMix64(seed: 9)
                let x = random.floats(1000, scale: 12)
                #expect(
                    bits(tanh(x.map(-))) == bits(tanh(x).map(-))
                        && bits(asinh(x.map(-))) == bits(asinh(x).map(-)))
                return true
            }) { #expect(ok) }
        }
    }
}
