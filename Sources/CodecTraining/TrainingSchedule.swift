import Foundation

/// The part of a training configuration that does not depend on what is trained.
public protocol TrainingSchedule: Codable, Sendable, Equatable {
    var name: String { get }
    var seed: UInt64 { get }
    var phases: [TrainingConfiguration.Phase] { get }
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
    /// Checks what would otherwise overflow, trap or fail in the middle of a run.
    func validate() throws
}

extension TrainingConfiguration: TrainingSchedule {
    public var secondsPerStep: Double { Double(batch * segmentSamples) / Double(Corpus.sampleRate) }
}

extension TrainingSchedule {
    public var totalSteps: Int { phases.reduce(0) { $0 + $1.steps } }
}

extension TrainingConfiguration.Phase {
    /// Learning rate at a step of the phase: linear warm-up, then a cosine from the first to the
    /// final rate.
    public func learningRate(offset: Int) -> Double {
        let warmup = warmup ?? 200
        if offset < warmup { return learningRate * Double(offset + 1) / Double(warmup) }
        let progress = Double(offset - warmup) / Double(max((scheduleSteps ?? steps) - warmup, 1))
        return finalLearningRate + (learningRate - finalLearningRate) * 0.5
            * (1 + cos(.pi * progress))
    }
}

extension [TrainingConfiguration.Phase] {
    /// The phase of a step and the step's place in it; nil behind the last phase.
    func place(of step: Int) -> (index: Int, offset: Int)? {
        var rest = step
        for (index, phase) in enumerated() {
            if rest < phase.steps { return (index, rest) }
            rest -= phase.steps
        }
        return nil
    }
}
