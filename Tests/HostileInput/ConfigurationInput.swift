import Training
import Foundation

/// A training configuration, and what a run derives from it first.
enum ConfigurationInput {
    static func outcome(_ bytes: [UInt8]) -> String {
        do {
            switch try AnyTrainingConfiguration(Data(bytes), path: "input") {
            case .standard(let configuration):
                use(configuration)
                return
                    "read: \(configuration.totalSteps) steps, \(configuration.network.parameterCount) parameters, \(configuration.segmentSamples) samples"
            case .paper(let configuration):
                use(configuration)
                return "read: \(configuration.totalSteps) steps of a paper network"
            }
        } catch { return "\(error)" }
    }

    private static func use(_ configuration: some TrainingSchedule) {
        precondition(configuration.secondsPerStep > 0 && configuration.totalSteps >= 0)
        for phase in configuration.phases where phase.steps > 0 {
            precondition(phase.learningRate(offset: phase.steps - 1).isFinite)
        }
    }
}
