import AudioFile
import Foundation
import Testing
import Training

/// Checkpoints in `TestVectors/training`, written before the engine and its tasks were apart: they
/// are read, and training goes on to the weights that it came to then.
@Suite struct CheckpointVectorTests {
    private static let vectors = CheckpointTests.root + "/TestVectors"

    /// The speech that they were trained on.
    private static func data(_ folder: String) throws -> TrainingData {
        for name in ["1", "2"] {
            let bytes = try Data(
                contentsOf: URL(fileURLWithPath: "\(vectors)/codec/stereo-2-layers-\(name).s16"))
            let samples = stride(from: 0, to: bytes.count, by: 2).map {
                Float(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)) / 32768
            }
            let settings = AudioWriter.Settings(
                container: .wav, encoding: .signed16, sampleRate: 16000, channels: 1)
            let writer = try AudioWriter(path: "\(folder)/\(name).wav", settings: settings)
            try writer.write(planar: [samples])
            try writer.finish()
        }
        let corpus = try Corpus(folder: folder)
        return TrainingData(train: corpus, noise: corpus)
    }

    /// Goes on from step 7 to step 12.
    /// - Parameter version: of the file
    private func resume<C: TaskConfiguration>(
        _ name: String, version: UInt8, _ type: C.Type, controls: [Double]
    ) throws {
        let folder = NSTemporaryDirectory() + "nwc-vectors-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let data = try Self.data(folder)
        var bytes = try [UInt8](
            Data(contentsOf: URL(fileURLWithPath: "\(Self.vectors)/training/\(name).nwck")))
        if version == 1 {
            bytes.removeLast(32)
            bytes[7] = UInt8(ascii: "1")
        }
        let checkpoint = try TrainingCheckpoint<C>(bytes, path: name)
        let trainer = try checkpoint.state.configuration.makeTrainer(data)
        try trainer.restore(checkpoint, path: name)
        #expect(trainer.step == 7)
        while !trainer.isFinished { _ = try trainer.advance() }
        let expected = try Data(
            contentsOf: URL(fileURLWithPath: "\(Self.vectors)/training/\(name)-step12.f32"))
        // The transform, which comes first and does not move, is not in the file.
        let values = trainer.store.values.suffix(expected.count / 4)
        let start = checkpoint.values.suffix(expected.count / 4)
        var moved = 0.0
        var apart = 0.0
        for (i, (value, before)) in zip(values, start).enumerated() {
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(expected[4 * i + $1]) << (8 * $1) }
            let other = Float(bitPattern: bits)
            moved += Double((other - before) * (other - before))
            apart += Double((other - value) * (other - value))
        }
        // Exactly 0 on the kind of processor that they were made on; others round differently.
        #expect(moved > 0 && apart < 1e-4 * moved, "\(apart) of \(moved)")
        for (control, expected) in zip(trainer.controls, controls) {
            #expect(abs(control.value - expected) < 1e-9)
        }
        #expect(trainer.controls.count == controls.count && trainer.step == 12)
    }

    @Test(arguments: [1, 2] as [UInt8]) func codec(version: UInt8) throws {
        try resume("codec", version: version, CodecTrainingConfiguration.self, controls: [])
    }

    @Test(arguments: [1, 2] as [UInt8]) func paper(version: UInt8) throws {
        try resume(
            "paper", version: version, PaperTrainingConfiguration.self, controls: [0.47, 0.425])
    }
}
