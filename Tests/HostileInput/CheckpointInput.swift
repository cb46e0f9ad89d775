import CMRLCodec
import Training
import Foundation
import NeuralNetwork

/// A checkpoint of a training run, restored into a state of two parameters.
package enum CheckpointInput {
    static func outcome(_ bytes: [UInt8]) -> String {
        do {
            let checkpoint = try CodecCheckpoint(bytes, path: "input")
            let again = try CodecCheckpoint(checkpoint.bytes(), path: "written again")
            precondition(
                again.state == checkpoint.state && again.values == checkpoint.values
                    && again.average == checkpoint.average)
            let state = Self.state()
            try state.restore(checkpoint, path: "input")
            precondition(
                state.step == checkpoint.state.step && state.store.values == checkpoint.values)
            if let (phase, offset) = state.configuration.phase(at: state.step) {
                state.enter(phase: phase, offset: offset)
            }
            state.perturbRandom(by: 4)
            precondition(state.checkpoint().state.random != checkpoint.state.random)
            return
                """
                read: step \(state.step), \(checkpoint.values.count) values of \
                \(checkpoint.state.parameterNames.count) parameters
                """
        } catch { return "\(error)" }
    }

    /// A state behind a few steps of a run with a network of two parameters.
    package static func state() -> TrainingState<CodecTrainingConfiguration> {
        let phase =
            #"""
            {"name": "one", "steps": 9, "layers": 1, "train": ["a"], "learningRate": 0.001, \#
            "finalLearningRate": 0.0001}
            """#
        let configuration: CodecTrainingConfiguration
        do {
            let phases = [
                try JSONDecoder().decode(
                    CodecTrainingConfiguration.Phase.self, from: Data(phase.utf8))
            ]
            configuration = CodecTrainingConfiguration(
                name: "tiny", seed: 1, network: NetworkConfiguration(), phases: phases)
        } catch { fatalError("\(error)") }
        let store = ParameterStore<Float>(seed: 1)
        _ = store.add("a", [2], values: [0.5, -0.25])
        _ = store.add("b", [1, 3], values: [1, 2, 3])
        let state = TrainingState(configuration, store: store)
        state.step = 3
        return state
    }

    /// The same file with its own SHA-256, if it is of a version that has one.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 48, bytes.starts(with: Array("NWCCKPT2".utf8)) else { return bytes }
        let body = bytes.dropLast(32)
        return body + body.withUnsafeBytes { SHA256Digest.of($0) }
    }
}
