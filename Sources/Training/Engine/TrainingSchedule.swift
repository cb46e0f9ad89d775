import Foundation

/// A stretch of training with one set of trained parameters and one learning-rate schedule.
public protocol TrainingPhase: Codable, Sendable, Equatable {
    var name: String { get }
    var steps: Int { get }
    /// Parameters whose names begin with one of these are trained; nil = all but those that the
    /// task holds back.
    var train: [String]? { get }
    /// Learning rate at the start (after `warmup` steps) and at the end; cosine in between.
    var learningRate: Double { get }
    var finalLearningRate: Double { get }
    /// Steps of linear rise from 0; nil = 200.
    var warmup: Int? { get }
    /// Length of the cosine where the phase stops before its end; nil = `steps`.
    var scheduleSteps: Int? { get }
}

/// The part of a training configuration that does not depend on what is trained.
public protocol TrainingSchedule: Codable, Sendable, Equatable {
    associatedtype Phase: TrainingPhase
    var name: String { get }
    var seed: UInt64 { get }
    var phases: [Phase] { get }
    /// Items per step, and shards they are divided into.
    var batch: Int { get }
    var shards: Int { get }
    /// Largest global norm of a gradient.
    var clip: Double { get }
    var beta1: Double { get }
    var beta2: Double { get }
    var averageDecay: Double { get }
    var validateEvery: Int { get }
    var checkpointEvery: Int { get }
    /// Seconds of audio that a step sees.
    var secondsPerStep: Double { get }
    /// How steps are made of forward passes alone; nil = by gradients and Adam.
    var forward: ForwardSettings? { get }
    /// Checks what would otherwise overflow, trap or fail in the middle of a run.
    func validate() throws
    /// Parameters that no training moves, by name: checkpoints leave them out where they are just
    /// these.
    func computedParameters() -> [String: [Float]]
}

extension TrainingSchedule {
    public func computedParameters() -> [String: [Float]] { [:] }
    public var forward: ForwardSettings? { nil }
}

extension TrainingPhase {
    /// Learning rate at a step of the phase: linear warm-up, then a cosine from the first to the
    /// final rate.
    public func learningRate(offset: Int) -> Double {
        let warmup = warmup ?? 200
        if offset < warmup { return learningRate * Double(offset + 1) / Double(warmup) }
        let progress = Double(offset - warmup) / Double(max((scheduleSteps ?? steps) - warmup, 1))
        return finalLearningRate + (learningRate - finalLearningRate) * 0.5
            * (1 + cos(.pi * progress))
    }

    /// Checks everything that does not depend on what is trained.
    func validateSchedule() throws(ConfigurationProblem) {
        let steps = 0...mostSteps
        try ConfigurationProblem.check("phase \(name): steps", self.steps, steps)
        try ConfigurationProblem.check("phase \(name): warmup", warmup ?? 0, steps)
        try ConfigurationProblem.check("phase \(name): scheduleSteps", scheduleSteps ?? 0, steps)
        try ConfigurationProblem.check("phase \(name): learningRate", learningRate, 0...1e6)
        try ConfigurationProblem.check(
            "phase \(name): finalLearningRate", finalLearningRate, 0...1e6)
    }
}

/// Of a phase, so that the sum over all phases cannot overflow.
private let mostSteps = 1_000_000_000

extension TrainingSchedule {
    public var totalSteps: Int { phases.reduce(0) { $0 + $1.steps } }

    /// The phase of a step and the step's place in it; nil behind the last phase.
    public func phase(at step: Int) -> (index: Int, offset: Int)? {
        var rest = step
        for (index, phase) in phases.enumerated() {
            if rest < phase.steps { return (index, rest) }
            rest -= phase.steps
        }
        return nil
    }

    /// The phase of the last of `steps` steps; nil where there is no phase.
    func phase(afterSteps steps: Int) -> Phase? {
        phase(at: max(steps - 1, 0)).map { phases[$0.index] } ?? phases.last
    }

    /// Checks of everything that does not depend on what is trained.
    func validateSchedule() throws(ConfigurationProblem) {
        try ConfigurationProblem.check("shards", shards, 1...64)
        try ConfigurationProblem.check("batch", batch, shards...65_536)
        guard batch % shards == 0 else {
            throw ConfigurationProblem("batch \(batch) does not divide into \(shards) shards")
        }
        try ConfigurationProblem.check("validateEvery", validateEvery, 1...mostSteps)
        try ConfigurationProblem.check("checkpointEvery", checkpointEvery, 1...mostSteps)
        try ConfigurationProblem.check("beta1", beta1, 0...1)
        try ConfigurationProblem.check("beta2", beta2, 0...1)
        try ConfigurationProblem.check("averageDecay", averageDecay, 0...1)
        try ConfigurationProblem.check("clip", clip, 0...1e12)
        try ConfigurationProblem.check("number of phases", phases.count, 1...1000)
        for phase in phases { try phase.validateSchedule() }
    }
}
