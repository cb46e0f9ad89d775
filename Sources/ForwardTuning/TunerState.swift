/// Why a tuner that was read from a file cannot go on.
public struct TunerStateError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

extension ForwardTuner {
    /// Checks a state that was decoded.
    /// - Parameter count: values that it must have
    public func check(count: Int) throws(TunerStateError) {
        try Self.check(
            counts: [
                values.count, guarding.kept.count, guarding.start.count, mask?.count ?? count,
            ], count, step, evaluations, configuration.queries)
        guard values.allSatisfy(\.isFinite), configuration.radius > 0,
            configuration.radius.isFinite, configuration.decay.isFinite
        else { throw TunerStateError(description: "values, radius or decay are no numbers") }
    }

    static func check(
        counts: [Int], _ count: Int, _ step: Int, _ evaluations: Int, _ queries: QuerySchedule
    ) throws(TunerStateError) {
        if let other = counts.first(where: { $0 != count }) {
            throw TunerStateError(description: "\(other) values instead of \(count)")
        }
        let numbers = 0...1_000_000_000_000
        guard numbers.contains(step), numbers.contains(evaluations),
            (1...1_000_000).contains(queries.least), (1...1_000_000).contains(queries.most)
        else {
            throw TunerStateError(
                description:
                    """
                    step \(step), \(evaluations) evaluations, \(queries.least) ... \
                    \(queries.most) queries
                    """)
        }
    }
}

extension GridTuner {
    /// Checks a state that was decoded.
    /// - Parameter count: integers that it must have
    public func check(count: Int) throws(TunerStateError) {
        try ForwardTuner.check(
            counts: [
                integers.count, guarding.kept.count, guarding.start.count, mask?.count ?? count,
            ], count, step, evaluations, configuration.queries)
        let largest = configuration.largest
        guard Self.Configuration.bitCounts.contains(configuration.bits),
            configuration.radius > 0, configuration.radius.isFinite,
            integers.allSatisfy({ Int($0).magnitude <= largest })
        else {
            throw TunerStateError(
                description:
                    """
                    integers beyond \(largest), \(configuration.bits) bits, radius \
                    \(configuration.radius)
                    """)
        }
    }
}
