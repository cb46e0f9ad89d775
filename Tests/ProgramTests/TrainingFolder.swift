import Foundation
import TestSupport

/// A folder with speech to train on and the configuration of a small network, for tests of
/// nwc-train.
enum TrainingFolder {
    /// - Parameters:
    ///   - seconds: of speech, in `speech/a.wav`
    ///   - steps: in one phase
    ///   - modules: of the network; their phase trains the first
    ///   - checkpointEvery: steps
    /// - Returns: a folder with `small.json` and `speech`
    static func make(seconds: Double, steps: Int, modules: Int, checkpointEvery: Int) throws
        -> TestFolder
    {
        let folder = try TestFolder()
        try FileManager.default.createDirectory(
            at: folder.url("speech"), withIntermediateDirectories: true)
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: seconds)]).data, "speech/a.wav")
        let module =
            #"""
            {"context": 4, "decoderBlocks": 1, "encoderBlocks": 1, "hidden": 6, "local": 3, \#
            "noiseFilling": true}
            """#
        let configuration = """
            {"name": "small", "seed": 1, "segmentFrames": 50, "batch": 2, "shards": 2, \
            "lowestRate": 3, "highestRate": 50, "lowestLevel": -42,
             "highestLevel": -14, "clip": 0.3, "beta1": 0.9, "beta2": 0.99, "averageDecay": 0.99, \
            "validateEvery": 1000000,
             "checkpointEvery": \(checkpointEvery),
             "loss": {"weightedSNR": 1, "mel": 0.3, "prefix": 0.3, "exponent": 0.6, "lambda": \
            0.03, "lambdaSlope": 0.5},
             "network": {"hop": 160, "framesPerBlock": 2, "bands": 8, "envelopeContext": 4, \
            "rateKnots": 3,
              "modules": [\(Array(repeating: module, count: modules).joined(separator: ", "))]},
             "phases": [{"name": "one", "steps": \(steps), "layers": 1, "learningRate": 0.001, \
            "finalLearningRate": 0.0001}]}
            """
        try folder.write(Data(configuration.utf8), "small.json")
        return folder
    }
}
