import Foundation
import LPCModule
import NeuralNetwork
import Testing

@Suite struct TrellisTests {
    /// Every state is entered from two states, by branches of different subsets, and left by two.
    @Test func branches() {
        var entered: [Int: [Int]] = [:]
        for state in 0..<LineSpectralTrellis.states {
            let next = (0..<2).map { LineSpectralTrellis.next(state, symbol: $0) }
            #expect(next[0] != next[1])
            for (symbol, to) in next.enumerated() {
                // Subset: half steps of the value, modulo 4.
                entered[to, default: []].append(2 * symbol + LineSpectralTrellis.offset(state))
                #expect(
                    LineSpectralTrellis.next(state, symbol: symbol - 2) == to
                        && LineSpectralTrellis.next(state, symbol: symbol + 4) == to)
            }
        }
        #expect(entered.count == LineSpectralTrellis.states)
        for (state, subsets) in entered {
            #expect(subsets.count == 2 && Set(subsets).count == 2, "state \(state): \(subsets)")
        }
    }

    /// Error of uniform noise at step 1: 1/12 for rounding, about 1 dB less for the trellis
    /// (Marcellin and Fischer: 0.99 dB with 4 states at most rates, 1.10 with 8).
    @Test func gainOverRounding() {
        let count = 20_000
        var random = RandomSource(seed: 1)
        var cost = [Double](repeating: .infinity, count: LineSpectralTrellis.states)
        cost[0] = 0
        for _ in 0..<count {
            let x = random.uniform(-500, 500)
            var next = [Double](repeating: .infinity, count: cost.count)
            for (state, sum) in cost.enumerated() where sum < .infinity {
                let offset = Double(LineSpectralTrellis.offset(state)) / 2
                let nearest = Int((x - offset).rounded())
                for symbol in nearest - 1...nearest + 1 {
                    let error = x - offset - Double(symbol)
                    let to = LineSpectralTrellis.next(state, symbol: symbol)
                    next[to] = min(next[to], sum + error * error)
                }
            }
            cost = next
        }
        let gain = 10 * log10((1.0 / 12) / ((cost.min() ?? 0) / Double(count)))
        #expect(gain > 1 && gain < 1.25, "\(gain) dB")
    }
}
