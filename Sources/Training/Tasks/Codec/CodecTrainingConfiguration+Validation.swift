import CMRLCodec

extension CodecTrainingConfiguration {
    /// Checks what would otherwise overflow, trap or fail in the middle of a run.
    public func validate() throws {
        try network.validate()
        // Corpora are read as one channel.
        try ConfigurationProblem.check("network.channels", network.signal.channels, 1...1)
        try validateSchedule()
        for phase in phases { try phase.validate(modules: network.modules.count) }
        try loss.validate("loss")
        try compression?.validate()
        try ConfigurationProblem.check("segmentFrames", segmentFrames, 2...100_000)
        guard segmentFrames % network.framesPerBlock == 0 else {
            throw ConfigurationProblem(
                """
                segmentFrames is \(segmentFrames), must be a multiple of framesPerBlock, \
                \(network.framesPerBlock)
                """
            )
        }
        try ConfigurationProblem.check("lowestRate", lowestRate, 0.1...1000)
        try ConfigurationProblem.check("highestRate", highestRate, lowestRate...1000)
        try ConfigurationProblem.check("lowestLevel", lowestLevel, -120...0)
        try ConfigurationProblem.check("highestLevel", highestLevel, lowestLevel...0)
    }
}

extension CodecTrainingConfiguration.Loss {
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

extension CodecTrainingConfiguration.Phase {
    /// Checks what the schedule does not.
    func validate(modules: Int) throws(ConfigurationProblem) {
        try ConfigurationProblem.check("phase \(name): layers", layers, 1...modules)
        try ConfigurationProblem.check("phase \(name): layerDistance", layerDistance ?? 0, 0...1)
        try loss?.validate("phase \(name): loss")
        try augmentation?.validate("phase \(name): ")
    }
}
