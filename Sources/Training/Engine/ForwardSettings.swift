import ForwardTuning
import NeuralNetwork

/// How a training makes its steps of forward passes alone.
public struct ForwardSettings: Codable, Sendable, Equatable {
    public enum Method: String, Codable, Sendable, CaseIterable {
        case mezo, adazeta, mazo, fzoo, quzo
    }

    public var method = Method.adazeta
    /// Distance at which losses are evaluated; on a grid in its steps.
    public var radius = 1.5
    /// Directions of a step, where their number grows the least.
    public var queries = 2
    public var mostQueries = 15
    public var queryFactor = 0.85
    public var queryExponent = 0.4
    /// Of an integer on the grid, and what 1 means.
    public var bits = 8
    public var gridStep = 0.125
    public var guardSteps = 20
    public var decay = 0.0
    /// Part of the values that a mask lets move.
    public var share = 0.1

    public init() {}

    func validate() throws(ConfigurationProblem) {
        try ConfigurationProblem.check("forward.radius", radius, 1e-6...1e3)
        try ConfigurationProblem.check("forward.queries", queries, 1...1000)
        try ConfigurationProblem.check("forward.mostQueries", mostQueries, queries...1000)
        try ConfigurationProblem.check("forward.queryFactor", queryFactor, 0...1000)
        try ConfigurationProblem.check("forward.queryExponent", queryExponent, 0...4)
        try ConfigurationProblem.check(
            "forward.bits", bits, GridTuner.Configuration.bitCounts)
        try ConfigurationProblem.check("forward.gridStep", gridStep, 1e-3...16)
        try ConfigurationProblem.check("forward.guardSteps", guardSteps, 0...1_000_000)
        try ConfigurationProblem.check("forward.decay", decay, 0...1e3)
        try ConfigurationProblem.check("forward.share", share, 0.001...1)
    }

    /// Steps that so many forward passes suffice for, at least 1.
    func steps(passes: Int) -> Int {
        var steps = 0
        var used = 0
        while used < passes {
            let queries = schedule.queries(step: steps)
            used += method == .fzoo ? max(queries, 2) + 1 : 2 * queries
            steps += 1
        }
        return max(steps, 1)
    }

    /// What was found on speech (Docs/experiments.md): for the method that it has, the directions
    /// of a step, and with so many its size.
    static func usualQueries(_ method: Method) -> Int { method == .fzoo ? 8 : 2 }
    var usualRate: Double {
        switch method {
        case .fzoo: 0.15
        // A step of the grid and its slope are so many times those of numbers.
        case .quzo: 16 / (gridStep * gridStep)
        case .mezo, .adazeta, .mazo: 16
        }
    }

    var schedule: QuerySchedule {
        method == .adazeta
            ? QuerySchedule(
                factor: queryFactor, exponent: queryExponent, least: queries, most: mostQueries)
            : .constant(queries)
    }
}

/// The tuner of a training by forward passes: of real numbers, or of integers on a grid.
enum Tuner: Codable, Sendable, Equatable {
    case real(ForwardTuner)
    case grid(GridTuner)

    init(_ settings: ForwardSettings, _ values: [Float], seed: UInt64, mask: [Bool]?) {
        guard settings.method == .quzo else {
            self = .real(
                ForwardTuner(
                    values,
                    .init(
                        method: settings.method == .fzoo ? .oneSided : .twoSided,
                        radius: settings.radius, decay: settings.decay,
                        queries: settings.schedule, guardSteps: settings.guardSteps),
                    seed: seed, mask: mask))
            return
        }
        let step = Float(settings.gridStep)
        self = .grid(
            GridTuner(
                values.map { Int8(max(-127, min(127, ($0 / step).rounded()))) },
                .init(
                    bits: settings.bits, radius: settings.radius, queries: settings.schedule,
                    guardSteps: settings.guardSteps),
                seed: seed, mask: mask))
    }

    mutating func advance(
        rate: Double, gridStep: Double, _ loss: ([Float]) throws -> Double
    ) rethrows -> ForwardTuner.Report {
        switch self {
        case .real(var tuner):
            defer { self = .real(tuner) }
            return try tuner.advance(rate: rate, loss)
        case .grid(var tuner):
            defer { self = .grid(tuner) }
            return try tuner.advance(rate: rate) {
                try loss($0.map { Float($0) * Float(gridStep) })
            }
        }
    }

    func values(gridStep: Double) -> [Float] {
        switch self {
        case .real(let tuner): tuner.values
        case .grid(let tuner): tuner.integers.map { Float($0) * Float(gridStep) }
        }
    }

    var evaluations: Int {
        switch self {
        case .real(let tuner): tuner.evaluations
        case .grid(let tuner): tuner.evaluations
        }
    }

    var factor: Double {
        switch self {
        case .real(let tuner): tuner.guarding.factor
        case .grid(let tuner): tuner.guarding.factor
        }
    }

    /// Checks what a checkpoint says.
    /// - Parameters:
    ///   - count: values that are tuned
    ///   - settings: of the run
    func check(count: Int, settings: ForwardSettings?, path: String) throws(TrainingError) {
        do throws(TunerStateError) {
            switch self {
            case .real(let tuner): try tuner.check(count: count)
            case .grid(let tuner): try tuner.check(count: count)
            }
        } catch { throw .badCheckpoint(path: path, reason: "tuner: \(error)") }
        let isGrid = if case .grid = self { true } else { false }
        guard let settings, isGrid == (settings.method == .quzo) else {
            throw .badCheckpoint(path: path, reason: "a tuner that its configuration has not")
        }
    }
}
