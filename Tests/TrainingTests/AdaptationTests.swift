import CMRLCodec
import Foundation
import TestSupport
import Testing
import Training

/// A tiny model adapted to a few seconds of generated voice.
@Suite struct AdaptationTests {
    private static func configuration(
        _ speech: Speech, method: String, kind: String = "bands", passes: Int, rate: Double? = nil
    ) throws -> AdaptationConfiguration {
        let path = speech.path + "/tiny.nwm"
        try Data(TinyModel.fileBytes()).write(to: URL(fileURLWithPath: path))
        var configuration = try AdaptationConfiguration(
            name: "tiny", model: path, kind: kind, rank: kind == "tensor-train" ? 2 : 0,
            method: method, queries: 2, passes: passes, seconds: 2, bits: 8, rate: rate)
        configuration.segmentFrames = 40
        return configuration
    }

    /// Loss of a fixed batch, however it is adapted.
    private static func loss(_ trainer: Trainer<AdaptationTask>, _ speech: Speech) throws -> Double
    {
        var fixed = try configuration(speech, method: "backprop", passes: 1)
        fixed.adapter = trainer.configuration.adapter
        let judge = try fixed.makeTrainer(TrainingData(train: speech.corpus()))
        judge.store.assign(trainer.store.values)
        return try judge.advance().loss
    }

    @Test(arguments: ["backprop", "mezo", "adazeta", "mazo", "fzoo", "quzo"])
    func resumesExactly(method: String) throws {
        let speech = try Speech()
        let configuration = try Self.configuration(speech, method: method, passes: 48)
        let data = TrainingData(train: try speech.corpus())
        let path = speech.path + "/checkpoint"
        let whole = try configuration.makeTrainer(data)
        let start = whole.store.values
        for _ in 0..<6 { _ = try whole.advance() }
        let first = try configuration.makeTrainer(data)
        for _ in 0..<4 { _ = try first.advance() }
        try first.save(to: path)
        let second = try configuration.makeTrainer(data)
        try second.restore(from: path)
        for _ in 4..<6 { _ = try second.advance() }
        let (a, b) = (second.checkpoint(), whole.checkpoint())
        #expect(a.values == b.values && a.average == b.average && a.values != start)
        #expect(a.state.random == b.state.random)
        // The model itself does not move, and is not in the file.
        let adapter = whole.task.adapter.range
        #expect(a.values[..<adapter.lowerBound] == start[..<adapter.lowerBound])
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count < 64_000)
    }

    @Test(arguments: ["backprop", "adazeta", "quzo"]) func theLossFalls(method: String) throws {
        let speech = try Speech()
        let configuration = try Self.configuration(
            speech, method: method, passes: method == "backprop" ? 40 : 240)
        let trainer = try configuration.makeTrainer(TrainingData(train: speech.corpus()))
        let before = try Self.loss(trainer, speech)
        while !trainer.isFinished { _ = try trainer.advance() }
        let after = try Self.loss(trainer, speech)
        #expect(after < before - 0.01, "\(before) -> \(after)")
    }

    /// What was trained is in the patch, as near as its steps are fine.
    @Test func aPatchHoldsWhatWasTrained() throws {
        let speech = try Speech()
        let configuration = try Self.configuration(
            speech, method: "backprop", kind: "tensor-train", passes: 10)
        let trainer = try configuration.makeTrainer(TrainingData(train: speech.corpus()))
        while !trainer.isFinished { _ = try trainer.advance() }
        let checkpoint = trainer.checkpoint()
        let patch = try AdaptationConfiguration.patch(checkpoint, path: "run")
        let model = try CodecModel(bytes: TinyModel.fileBytes(), keepsParameters: true)
        let numbers = try patch.numbers(of: model).flatMap { $0 }
        let trained = checkpoint.average[trainer.task.adapter.range]
        #expect(numbers.contains { $0 != 0 })
        for (a, b) in zip(numbers, trained) {
            #expect((a - b).magnitude <= patch.step / 2 + 1e-6)
        }
    }
}
