import ForwardTuning
import Foundation
import Testing

@Suite struct ForwardTunerTests {
    @Test func queriesGrowAsTheScheduleSays() {
        let schedule = QuerySchedule(
            factor: 0.85, exponent: 0.4, least: 1, most: 15, stepsPerEpoch: 10)
        // Epochs 1, 10, 100, 1000, 100000: 0.85 e^0.4 = 0.85, 2.14, 5.36, 13.5, 85.
        let steps = [0, 9, 90, 990, 9990, 999_990]
        #expect(steps.map(schedule.queries(step:)) == [1, 1, 2, 5, 13, 15])
        #expect([0, 1000].map(QuerySchedule.constant(3).queries(step:)) == [3, 3])
        #expect(QuerySchedule(factor: .infinity, exponent: 1).queries(step: 0) == 15)
    }

    @Test(arguments: Direction.Distribution.allCases)
    func directionsAreMadeAnewFromTheirSeeds(distribution: Direction.Distribution) {
        func components(_ seed: UInt64) -> [Float] {
            var direction = Direction(seed: seed, distribution)
            return (0..<20_000).map { _ in direction.next() ?? .nan }
        }
        let first = components(3)
        #expect(first == components(3))
        #expect(first != components(4))
        let mean = first.reduce(0, +) / 20_000
        let variance = first.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(mean.magnitude < 0.03)
        #expect((variance - 1).magnitude < 0.03)
        if distribution == .signs { #expect(first.allSatisfy { $0.magnitude == 1 }) }
    }

    /// The mean of g z over directions is the gradient (MeZO, SPSA).
    @Test func theEstimateIsTheGradient() {
        let bowl = Problems.Bowl(6, condition: 4)
        let x: [Float] = [0, 2, -1, 0.5, 3, 1]
        let estimate = TaskImportance.gradient(
            at: x, radius: 1e-2, queries: 20_000, seed: 9, bowl.loss)
        for (found, expected) in zip(estimate, bowl.gradient(x)) {
            #expect((found - expected).magnitude < 0.1, "\(found), \(expected)")
        }
    }

    @Test(arguments: ForwardTuner.Method.allCases) func aNoisyBowl(method: ForwardTuner.Method) {
        let bowl = Problems.Bowl(20, condition: 5)
        var tuner = ForwardTuner(
            Array(repeating: 0, count: 20),
            .init(method: method, radius: 1e-2, queries: .constant(4)), seed: 1)
        let before = bowl.loss(tuner.values)
        for step in 0..<600 {
            let rate = method == .twoSided ? 0.08 : 0.04 * (1 - Double(step) / 600)
            _ = tuner.advance(rate: rate) { bowl.loss($0, step: step, noise: 0.2) }
        }
        #expect(bowl.loss(tuner.values) < before / 100, "\(bowl.loss(tuner.values)), \(before)")
        #expect(tuner.evaluations == (method == .twoSided ? 8 : 5) * 600)
    }

    /// Steps of FZOO have lengths that do not depend on the scale of the loss.
    @Test func oneSidedStepsDoNotDependOnTheScale() {
        let bowl = Problems.Bowl(10)
        let found = [1.0, 1024].map { scale in
            var tuner = ForwardTuner(
                Array(repeating: 0, count: 10),
                .init(method: .oneSided, radius: 1e-2, queries: .constant(8)), seed: 1)
            for _ in 0..<20 { _ = tuner.advance(rate: 0.05) { scale * bowl.loss($0) } }
            return tuner.values
        }
        for (a, b) in zip(found[0], found[1]) { #expect((a - b).magnitude < 1e-5) }
        #expect(bowl.loss(found[0]) < bowl.loss(Array(repeating: 0, count: 10)))
    }

    /// AdaZeta: at the same number of forward passes a number of queries that grows ends below a
    /// constant one, which stays at the noise of its estimate.
    @Test func growingQueriesEndLower() {
        let bowl = Problems.Bowl(40)
        func end(_ queries: QuerySchedule) -> Double {
            var tuner = ForwardTuner(
                Array(repeating: 0, count: 40), .init(radius: 1e-2, queries: queries), seed: 1)
            var last: [Double] = []
            while tuner.evaluations < 8000 {
                let step = tuner.step
                _ = tuner.advance(rate: 0.02) { bowl.loss($0, step: step, noise: 4) }
                if tuner.evaluations > 7000 { last.append(bowl.loss(tuner.values)) }
            }
            return last.reduce(0, +) / Double(last.count)
        }
        let constant = end(.constant(1))
        let growing = end(
            QuerySchedule(factor: 1, exponent: 0.6, least: 1, most: 20, stepsPerEpoch: 10))
        #expect(growing < 0.7 * constant, "\(growing), \(constant)")
    }

    /// A step that is far too long: without the guard the loss grows without end, with it the step
    /// shrinks until it falls.
    @Test func theGuardStopsDivergence() {
        let bowl = Problems.Bowl(30)
        func run(_ guardSteps: Int) -> ForwardTuner {
            var tuner = ForwardTuner(
                Array(repeating: 0, count: 30),
                .init(radius: 1e-2, guardSteps: guardSteps), seed: 2)
            for step in 0..<1500 {
                _ = tuner.advance(rate: 0.5) { bowl.loss($0, step: step, noise: 0.1) }
            }
            return tuner
        }
        let before = bowl.loss(Array(repeating: 0, count: 30))
        let guarded = run(10)
        #expect(bowl.loss(guarded.values) < before / 10)
        #expect(guarded.guarding.retreats > 0 && guarded.guarding.factor < 1)
        // Losses that are no numbers are never taken in.
        #expect(!(bowl.loss(run(0).values) < before))
    }

    @Test func aLossThatIsNoNumberIsGoneBackFrom() {
        var tuner = ForwardTuner([1, 2], .init(), seed: 1)
        let report = tuner.advance(rate: 1) { _ in .nan }
        #expect(report.wentBack)
        #expect(tuner.values == [1, 2])
        #expect(tuner.guarding.factor == 0.5)
    }

    @Test func logisticRegression() {
        let problem = Problems.Logistic(count: 120, dimensions: 6)
        let lowest = problem.lowest()
        var tuner = ForwardTuner(
            Array(repeating: 0, count: 7),
            .init(
                radius: 1e-2,
                queries: QuerySchedule(
                    factor: 1, exponent: 0.4, least: 1, most: 10, stepsPerEpoch: 20)),
            seed: 3)
        for step in 0..<1500 {
            let first = step * 20 % 120
            _ = tuner.advance(rate: 0.1) { problem.loss($0, first..<first + 20) }
        }
        let found = problem.loss(tuner.values, 0..<120)
        #expect(found < lowest * 1.05, "\(found), lowest \(lowest), at first \(log(2.0))")
        #expect(found >= lowest - 1e-6)
    }

    /// Interrupted anywhere and written down, it goes on as if nothing had been.
    @Test func itGoesOnExactly() throws {
        let bowl = Problems.Bowl(8)
        func steps(_ tuner: inout ForwardTuner, _ range: Range<Int>) {
            for step in range {
                _ = tuner.advance(rate: 0.7) { bowl.loss($0, step: step, noise: 1) }
            }
        }
        var whole = ForwardTuner(
            Array(repeating: 0, count: 8), .init(queries: QuerySchedule(), guardSteps: 5), seed: 4)
        var parts = whole
        steps(&whole, 0..<200)
        steps(&parts, 0..<73)
        var resumed = try JSONDecoder().decode(
            ForwardTuner.self, from: JSONEncoder().encode(parts))
        try resumed.check(count: 8)
        steps(&resumed, 73..<200)
        #expect(resumed == whole)
        #expect(whole.guarding.retreats > 0)
        #expect {
            try resumed.check(count: 9)
        } throws: {
            "\($0)" == "8 values instead of 9"
        }
    }
}
