import Foundation
import LPCModule
import NeuralNetwork
import Testing

/// The encoder's choice of symbols.
@Suite struct SearchTests {
    /// Adds up bits.
    struct Counter: LineSpectralChannel {
        var bits = 0.0
        mutating func pass(_ difference: Int, table: Int) -> Int {
            bits += LineSpectralCosts.logistic.bits(difference, table: table)
            return difference
        }
    }

    /// What a choice costs: sum of squared distortion + lambda * bits, by the decoder's own
    /// arithmetic.
    static func objective(
        _ model: LineSpectralSymbolModel, _ frames: [LineSpectralFrequencies], _ symbols: [[Int]],
        lambda: Double
    ) -> Double {
        var state = model.makeState()
        var channel = Counter()
        var sum = 0.0
        let measure = SpectralDistortion(points: 64)
        for (frame, chosen) in zip(frames, symbols) {
            var chosen = chosen
            let d = measure(
                frame.predictor, model.pass(&chosen, state: &state, channel: &channel).predictor)
            sum += d * d
        }
        return sum + lambda * channel.bits
    }

    /// With enough survivors no choice of symbols is better than the one that the search finds.
    @Test func findsTheBestOfAll() throws {
        var random = RandomSource(seed: 8)
        for trellis in [false, true] {
            let (quantiser, store) = ContextTests.quantiser(
                order: 2, step: 0.48, localUnits: 1, spread: 0.2)
            var model = try LineSpectralSymbolModel(quantiser, store, trellis: trellis)
            model.search.lambda = 0.5
            model.search.survivors = 100_000
            model.search.candidates = 9
            for _ in 0..<2 {
                let frames = try (0..<2).map { _ in
                    try Make.predictor(&random, order: 2, limit: 0.7).lineSpectralFrequencies()
                }
                let range = -1...10
                let all: [[Int]] = range.flatMap { (a: Int) -> [[Int]] in range.map { [a, $0] } }
                var best = Double.infinity
                for first in all {
                    for second in all {
                        best = min(
                            best, Self.objective(model, frames, [first, second], lambda: 0.5))
                    }
                }
                let found = Self.objective(
                    model, frames, try model.symbols(of: frames, costs: .logistic), lambda: 0.5)
                #expect(
                    found <= best * (1 + 1e-9), "trellis \(trellis): \(found), best of all \(best)")
            }
        }
    }

    /// Without a weight on bits and on a grid the search rounds to nearest, where values need no
    /// separation.
    @Test func withoutWeightItRounds() throws {
        let (quantiser, store) = ContextTests.quantiser(adaptive: false)
        var model = try LineSpectralSymbolModel(quantiser, store, trellis: false)
        model.search.trueDistortion = false
        var random = RandomSource(seed: 4)
        let frames = try (0..<100).map { _ in
            try Make.predictor(&random, limit: 0.4).lineSpectralFrequencies()
        }.filter { $0.smallestGap > 0.045 }
        #expect(frames.count > 20)
        for (frame, symbols) in zip(frames, try model.symbols(of: frames, costs: .logistic)) {
            for (value, symbol) in zip(frame.values, symbols) {
                #expect(abs(value - 0.03 * Double(symbol)) < 0.0151)
            }
        }
    }

    /// A part as long as one likes.
    @Test func longParts() throws {
        let store = ParameterStore<Float>(seed: 2)
        let quantiser = LineSpectralQuantiser(store, "lsf", order: 2, units: 2)
        let model = try LineSpectralSymbolModel(quantiser, store)
        let frame = try LineSpectralFrequencies(flat: 2)
        #expect(
            try model.symbols(of: Array(repeating: frame, count: 40_000), costs: .logistic).count
                == 40_000)
    }

    @Test func weighsBitsAgainstDistortion() throws {
        let frames = try PredictionFilterTests.frames(Make.speech(16000))
        for trellis in [false, true] {
            // Near the start of training: each value is predicted from the one before.
            let (quantiser, store) = ContextTests.quantiser(adaptive: false, spread: 0.01)
            var model = try LineSpectralSymbolModel(quantiser, store, trellis: trellis)
            let plain = try model.symbols(of: frames, costs: .logistic)
            model.search.lambda = 0.2
            let weighed = try model.symbols(of: frames, costs: .logistic)
            model.search.survivors = 1
            model.search.candidates = 1
            let greedy = try model.symbols(of: frames, costs: .logistic)
            let objectives = [plain, weighed, greedy].map {
                Self.objective(model, frames, $0, lambda: 0.2)
            }
            #expect(objectives[1] < objectives[0] && objectives[1] < objectives[2], "\(objectives)")
            #expect(
                Self.objective(model, frames, plain, lambda: 0)
                    < Self.objective(model, frames, weighed, lambda: 0))
        }
    }

    /// Sensitivities are mean squared differences of the envelope.
    @Test func sensitivitiesAreDifferences() throws {
        var random = RandomSource(seed: 3)
        let frame = try Make.predictor(&random).lineSpectralFrequencies()
        let points = 64
        let result = LineSpectralEnvelope(order: 16, points: points).sensitivities(frame.values)
        for i in 0..<16 {
            let sides = try [-1e-5, 1e-5].map { step in
                var values = frame.values
                values[i] += step
                return try LineSpectralFrequencies(values).predictor.envelopeDecibels(
                    points: points)
            }
            let slopes = zip(sides[0], sides[1]).map { ($1 - $0) / 2e-5 }
            let expected = slopes.reduce(0) { $0 + $1 * $1 } / Double(points)
            #expect(abs(result[i] - expected) < 1e-4 * expected)
        }
    }

    @Test func costsOfLogisticTablesAddUpToOne() throws {
        let limit = LineSpectralTableLayout.limit
        for table in 0..<LineSpectralTableLayout.tables {
            let sum = (-limit...limit).reduce(0) {
                $0 + pow(2, -LineSpectralCosts.logistic.bits($1, table: table))
            }
            // What is missing is beyond the limit.
            #expect(sum < 1.0005 && sum > 0.25)
        }
        let far =
            LineSpectralCosts.logistic.bits(limit + 5, table: 0)
            - LineSpectralCosts.logistic.bits(limit + 1, table: 0)
        #expect(far == 4, "two more bits of prefix and of excess: \(far)")
        #expect(
            throws: LPCError.wrongCount(
                name: "tables", expected: LineSpectralTableLayout.tables, found: 1)
        ) {
            try LineSpectralCosts(bits: [[1]])
        }
    }
}
