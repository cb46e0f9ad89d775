import ForwardTuning
import Foundation
import SignalProcessing
import Testing

@Suite struct GridTunerTests {
    @Test func roundingHasTheNumberAsItsMean() {
        var random = SplitMix64(seed: 1)
        for x in [-2.25, -0.1, 0, 0.5, 3.75] {
            let rounded = (0..<20_000).map { _ in StochasticRounding.round(x, &random) }
            let mean = Double(rounded.reduce(0, +)) / 20_000
            #expect((mean - x).magnitude < 0.02)
            let possible = Set([Int(x.rounded(.down)), Int(x.rounded(.up))])
            #expect(Set(rounded).isSubset(of: possible))
        }
        #expect(StochasticRounding.round(.nan, &random) == 0)
    }

    /// E[u1 u2^T | u] = u u^T for two roundings, and with one for both the variances of rounding on
    /// the diagonal besides: f (1 - f) with f the fraction.
    @Test func twoRoundingsAreUnbiased() {
        let count = 5
        let direction: UInt64 = 42
        var u = [Double](repeating: 0, count: count)
        Direction.forEach(seed: direction, .normal, count: count, mask: nil) { u[$0] = Double($1) }
        let draws = 40_000
        func moments(shared: Bool) -> [Double] {
            var sums = [Double](repeating: 0, count: count * count)
            for draw in 0..<draws {
                var pair = [[Double]](repeating: Array(repeating: 0, count: count), count: 2)
                for number in 0..<2 {
                    let seed = UInt64(shared ? 2 * draw : 2 * draw + number)
                    GridTuner.rounded(
                        direction: direction, SplitMix64(seed: seed), radius: 1, count: count,
                        mask: nil
                    ) { pair[number][$0] = Double($1) }
                }
                for i in 0..<count {
                    for j in 0..<count {
                        sums[i * count + j] += pair[0][i] * pair[1][j] / Double(draws)
                    }
                }
            }
            return sums
        }
        let independent = moments(shared: false)
        let shared = moments(shared: true)
        for i in 0..<count {
            for j in 0..<count {
                let expected = u[i] * u[j]
                #expect((independent[i * count + j] - expected).magnitude < 0.03)
                let fraction = u[i] - u[i].rounded(.down)
                let excess = i == j ? fraction * (1 - fraction) : 0
                #expect((shared[i * count + j] - expected - excess).magnitude < 0.03)
            }
        }
        // The bias is no small thing.
        let bias = (0..<count).map { shared[$0 * count + $0] - u[$0] * u[$0] }
        #expect(bias.reduce(0, +) > 0.5, "\(bias)")
    }

    @Test(arguments: [8, 4]) func aNoisyBowlOfIntegers(bits: Int) {
        let minimum: Float = bits == 8 ? 40 : 5
        let bowl = Problems.Bowl(12, minimum: minimum)
        var tuner = GridTuner(
            Array(repeating: 0, count: 12), .init(bits: bits, queries: .constant(4)), seed: 1)
        var isInside = true
        for step in 0..<800 {
            _ = tuner.advance(rate: 0.1) { integers in
                isInside = isInside && integers.allSatisfy { abs(Int($0)) <= (bits == 8 ? 127 : 7) }
                return bowl.loss(integers.map { Float($0) }, step: step, noise: 1)
            }
        }
        #expect(isInside)
        for integer in tuner.integers {
            #expect((Float(integer) - minimum).magnitude <= 2, "\(tuner.integers)")
        }
    }

    @Test func itGoesOnExactly() throws {
        let bowl = Problems.Bowl(8, minimum: 30)
        func steps(_ tuner: inout GridTuner, _ range: Range<Int>) {
            for step in range {
                _ = tuner.advance(rate: 0.2) {
                    bowl.loss($0.map { Float($0) }, step: step, noise: 1)
                }
            }
        }
        var whole = GridTuner(
            Array(repeating: 0, count: 8), .init(queries: QuerySchedule(), guardSteps: 10), seed: 4)
        var parts = whole
        steps(&whole, 0..<150)
        steps(&parts, 0..<51)
        var resumed = try JSONDecoder().decode(GridTuner.self, from: JSONEncoder().encode(parts))
        try resumed.check(count: 8)
        steps(&resumed, 51..<150)
        #expect(resumed == whole)
        #expect(throws: TunerStateError.self) { try resumed.check(count: 7) }
    }
}
