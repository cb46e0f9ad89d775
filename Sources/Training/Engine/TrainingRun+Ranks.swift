import BLASBackend
import Foundation
import NeuralNetwork

/// What a run is with other processes at its side.
extension TrainingRun {
    /// The folder's checkpoint, which rank 0 reads for all.
    static func last(_ folder: RunFolder, _ ranks: (any Ranks)?) throws
        -> TrainingCheckpoint<Task.Configuration>
    {
        var bytes = ranks?.leads ?? true ? try CheckpointFile.read(folder.checkpoint) : []
        if let ranks { bytes = try ranks.broadcast(bytes) }
        return try TrainingCheckpoint(bytes, path: folder.checkpoint)
    }

    /// Everything that decides about the weights must be the same in all processes.
    /// - Throws: `TrainingError.ranksDiffer`
    func compareRanks() throws {
        guard let ranks else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let configuration = try encoder.encode(trainer.configuration)
        let data = trainer.task.data
        try ranks.compare("the configuration", String(decoding: configuration, as: UTF8.self))
        try ranks.compare("the training speech", "\(data.train.identity)")
        try ranks.compare("the noise", data.noise.map { "\($0.identity)" } ?? "none")
        try ranks.compare("the matrix products of", BLASBackend.version)
        try compareWeights()
    }

    /// Other processors or libraries may round otherwise: never unnoticed.
    /// - Throws: `TrainingError.ranksDiffer`
    func compareWeights() throws {
        guard let ranks else { return }
        let digest = trainer.store.values.withUnsafeBytes { SHA256Digest.of($0) }
        let text = digest.prefix(8).map { String(format: "%02x", $0) }.joined()
        try ranks.compare("the weights of step \(trainer.step)", text)
    }

    /// What all processes do when some want to end.
    func agree(_ wish: End?) throws -> End? {
        guard let ranks else { return wish }
        let number: UInt8 =
            switch wish {
            case .outOfTime: 1
            case .stopped: 2
            case .complete, nil: 0
            }
        switch try ranks.agree(number) {
        case 0: return nil
        case 1: return .outOfTime
        default: return .stopped
        }
    }
}
