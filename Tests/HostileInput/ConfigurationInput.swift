import Training
import Foundation

/// A training configuration, and what a run derives from it first.
enum ConfigurationInput {
    static func outcome(_ bytes: [UInt8]) -> String {
        do {
            let configuration = try ConfigurationFile.parse(Data(bytes), path: "input")
            use(configuration)
            guard let codec = configuration as? CodecTrainingConfiguration else {
                return "read: \(configuration.totalSteps) steps of a paper network"
            }
            return
                """
                read: \(codec.totalSteps) steps, \(codec.network.parameterCount) parameters, \
                \(codec.segmentSamples) samples
                """
        } catch { return "\(error)" }
    }

    private static func use(_ configuration: some TrainingSchedule) {
        precondition(configuration.secondsPerStep > 0 && configuration.totalSteps >= 0)
        for phase in configuration.phases where phase.steps > 0 {
            precondition(phase.learningRate(offset: phase.steps - 1).isFinite)
        }
    }
}
