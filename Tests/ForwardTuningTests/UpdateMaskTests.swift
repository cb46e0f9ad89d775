import ForwardTuning
import Testing

@Suite struct UpdateMaskTests {
    @Test func smallWeights() {
        #expect(
            UpdateMask.smallest([3, -1, 0.5, -4], share: 0.5) == [false, true, true, false])
        #expect(UpdateMask.smallest([1, 2], share: 0) == [false, false])
    }

    /// With a curvature on the diagonal alone the global score is g^2 / 2h, the greedy one
    /// (rate - rate^2 h / 2) g^2.
    @Test func scoresOfASimpleCurvature() throws {
        let importance = TaskImportance(greedy: 2, magnitude: 0.5, rate: 0.1, damping: 0)
        let scores = try #require(
            importance.scores(
                weights: [1, -2], gradient: [3, 4], curvature: [2, 0, 0, 8], rows: 1, columns: 2))
        let expected = [
            9.0 / 4 + 2 * (0.1 - 0.005 * 2) * 9 + 0.5, 16.0 / 16 + 2 * (0.1 - 0.005 * 8) * 16 + 1,
        ]
        for (a, b) in zip(scores, expected) { #expect((a - b).magnitude < 1e-9) }
        #expect(
            importance.scores(
                weights: [1, 2], gradient: [1, 1], curvature: [1, 2, 2, 1], rows: 1, columns: 2)
                == nil)
        #expect(
            importance.scores(weights: [1], gradient: [1, 1], curvature: nil, rows: 1, columns: 2)
                == nil)
    }

    /// A weight whose work another can do is worth less than its gradient says: the inverse knows.
    @Test func theGlobalScoreKnowsOfOtherWeights() throws {
        let importance = TaskImportance(greedy: 0, damping: 0)
        // Weights 0 and 1 see nearly the same input, weight 2 one of its own.
        let curvature = [1, 0.95, 0, 0.95, 1, 0, 0, 0, 1.0]
        let scores = try #require(
            importance.scores(
                weights: [0, 0, 0], gradient: [1, 1, 0.8], curvature: curvature, rows: 1,
                columns: 3))
        #expect(scores[2] > 5 * scores[0])
    }

    @Test func noTaskDrownsAnother() {
        // The second task's losses are a thousand times larger; both get their best weight.
        let mask = UpdateMask.important(
            [[8, 1, 1, 0], [0, 1000, 1000, 8000]], rows: 1, columns: 4, perRow: 2)
        #expect(mask == [true, false, false, true])
    }

    /// Two tasks that agree on a few weights and fight over the others: moving the important ones
    /// alone gets further with the same forward passes, and what is masked stays.
    @Test func conflictingTasks() throws {
        let count = 60
        // Weights 0 ..< 6 help both; the others are pulled apart and gain little.
        func loss(_ x: [Float], sign: Float) -> Double {
            var sum = 0.0
            for i in 0..<count {
                let distance = i < 6 ? x[i] - 1 : 0.3 * (x[i] - sign)
                sum += Double(distance * distance) / 2
            }
            return sum
        }
        let start = [Float](repeating: 0, count: count)
        let gradients = [Float(1), -1].map { sign in
            TaskImportance.gradient(at: start, radius: 1e-2, queries: 300, seed: 5) {
                loss($0, sign: sign)
            }
        }
        let shared = TaskImportance.collinearity(
            Array(gradients[0][..<6]), Array(gradients[1][..<6]))
        let contested = TaskImportance.collinearity(
            Array(gradients[0][6...]), Array(gradients[1][6...]))
        #expect(shared > 0.8 && contested < shared - 0.5, "\(shared), \(contested)")
        let importance = TaskImportance()
        let scores = try gradients.map { gradient in
            try #require(
                importance.scores(
                    weights: start, gradient: gradient, curvature: nil, rows: 1, columns: count))
        }
        let mask = UpdateMask.important(scores, rows: 1, columns: count, perRow: 6)
        #expect(mask.prefix(6).allSatisfy { $0 })
        func run(_ mask: [Bool]?) -> [Float] {
            var tuner = ForwardTuner(start, .init(radius: 1e-2), seed: 6, mask: mask)
            // Each with the longest step that is stable for its number of weights.
            let rate = 0.5 / Double(mask?.count { $0 } ?? count)
            for _ in 0..<150 {
                _ = tuner.advance(rate: rate) { loss($0, sign: 1) + loss($0, sign: -1) }
            }
            return tuner.values
        }
        let masked = run(mask)
        let all = run(nil)
        func both(_ x: [Float]) -> Double { loss(x, sign: 1) + loss(x, sign: -1) }
        let lowest = both((0..<count).map { $0 < 6 ? 1 : 0 })
        #expect(both(masked) - lowest < 0.1 * (both(all) - lowest))
        for i in 6..<count { #expect(masked[i] == 0) }
    }
}
