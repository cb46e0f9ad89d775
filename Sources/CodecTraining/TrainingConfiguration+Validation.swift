import CMRLCodec
import Foundation

/// What is wrong with a value of a training configuration.
struct ConfigurationProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>)
        throws(ConfigurationProblem)
    {
        guard range.contains(value) else {
            throw ConfigurationProblem(
                "\(name) is \(value), possible are \(range.lowerBound) ... \(range.upperBound)")
        }
    }

    static func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>)
        throws(ConfigurationProblem)
    {
        guard range.contains(value) else {
            throw ConfigurationProblem(
                "\(name) is \(value), possible are \(range.lowerBound) ... \(range.upperBound)")
        }
    }
}

extension TrainingConfiguration {
    /// Checks what would otherwise overflow, trap or fail in the middle of a run.
    public func validate() throws {
        try network.validate()
        try validateSchedule(modules: network.modules.count)
        try loss.validate("loss")
        try ConfigurationProblem.check("segmentFrames", segmentFrames, 2...100_000)
        guard segmentFrames % network.framesPerBlock == 0 else {
            throw ConfigurationProblem(
                "segmentFrames is \(segmentFrames), must be a multiple of framesPerBlock, \(network.framesPerBlock)"
            )
        }
        try ConfigurationProblem.check("lowestRate", lowestRate, 0.1...1000)
        try ConfigurationProblem.check("highestRate", highestRate, lowestRate...1000)
        try ConfigurationProblem.check("lowestLevel", lowestLevel, -120...0)
        try ConfigurationProblem.check("highestLevel", highestLevel, lowestLevel...0)
    }
}

extension TrainingSchedule {
    /// Checks of everything that does not depend on what is trained.
    func validateSchedule(modules: Int) throws(ConfigurationProblem) {
        try ConfigurationProblem.check("shards", shards, 1...64)
        try ConfigurationProblem.check("batch", batch, shards...65_536)
        guard batch % shards == 0 else {
            throw ConfigurationProblem("batch \(batch) does not divide into \(shards) shards")
        }
        try ConfigurationProblem.check("validateEvery", validateEvery, 1...Self.mostSteps)
        try ConfigurationProblem.check("checkpointEvery", checkpointEvery, 1...Self.mostSteps)
        try ConfigurationProblem.check("beta1", beta1, 0...1)
        try ConfigurationProblem.check("beta2", beta2, 0...1)
        try ConfigurationProblem.check("averageDecay", averageDecay, 0...1)
        try ConfigurationProblem.check("clip", clip, 0...1e12)
        try ConfigurationProblem.check("number of phases", phases.count, 1...1000)
        for phase in phases { try phase.validate(modules: modules) }
    }

    /// Of a phase, so that the sum over all phases cannot overflow.
    static var mostSteps: Int { 1_000_000_000 }
}

extension TrainingConfiguration.Loss {
    /// What a model file may say that it was trained for, and the same for the terms that it does
    /// not name.
    func validate(_ name: String) throws(ConfigurationProblem) {
        let weights = [
            ("weightedSNR", weightedSNR), ("mel", mel), ("loudness", loudness ?? 0),
            ("prefix", prefix), ("lambda", lambda),
            ("priorityWeighting", priorityWeighting ?? 0),
            ("noiseModulation", noiseModulation ?? 0),
        ]
        for (key, weight) in weights {
            try ConfigurationProblem.check("\(name).\(key)", weight, EncodingObjective.weights)
        }
        try ConfigurationProblem.check("\(name).exponent", exponent, EncodingObjective.exponents)
        try ConfigurationProblem.check("\(name).lambdaSlope", lambdaSlope, EncodingObjective.slopes)
    }
}

extension TrainingConfiguration.Phase {
    func validate(modules: Int) throws(ConfigurationProblem) {
        let steps = 0...TrainingConfiguration.mostSteps
        try ConfigurationProblem.check("phase \(name): steps", self.steps, steps)
        try ConfigurationProblem.check("phase \(name): layers", layers, 1...modules)
        try ConfigurationProblem.check("phase \(name): warmup", warmup ?? 0, steps)
        try ConfigurationProblem.check("phase \(name): scheduleSteps", scheduleSteps ?? 0, steps)
        try ConfigurationProblem.check("phase \(name): learningRate", learningRate, 0...1e6)
        try ConfigurationProblem.check(
            "phase \(name): finalLearningRate", finalLearningRate, 0...1e6)
        try ConfigurationProblem.check("phase \(name): layerDistance", layerDistance ?? 0, 0...1)
        try loss?.validate("phase \(name): loss")
        guard let augmentation else { return }
        try ConfigurationProblem.check(
            "phase \(name): speedProbability", augmentation.speedProbability, 0...1)
        try ConfigurationProblem.check("phase \(name): speed", augmentation.speed, 0...4)
        try ConfigurationProblem.check(
            "phase \(name): noiseProbability", augmentation.noiseProbability, 0...1)
        try ConfigurationProblem.check(
            "phase \(name): lowestSNR", augmentation.lowestSNR, -200...200)
        try ConfigurationProblem.check(
            "phase \(name): highestSNR", augmentation.highestSNR, augmentation.lowestSNR...200)
    }
}
