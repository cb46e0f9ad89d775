import CMRLCodec
import Foundation
import NeuralNetwork
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
        let fixed = try configuration(speech, method: "backprop", passes: 1)
        let judge = try fixed.makeTrainer(TrainingData(train: speech.corpus()))
        for (own, other) in zip(
            judge.task.adapter.parameters.joined(), trainer.task.adapter.parameters.joined())
        {
            judge.store.set(own, trainer.store.array(other))
        }
        return try judge.advance().loss
    }

    /// Forward passes through the one network in memory measure what the graph does that gradients
    /// go through, wherever the adapter's numbers stand.
    @Test(arguments: ["bands", "scales", "tensor-train"])
    func passesMeasureWhatGradientsDo(kind: String) throws {
        let speech = try Speech()
        let data = TrainingData(train: try speech.corpus())
        var configuration = try Self.configuration(
            speech, method: "mezo", kind: kind, passes: 100)
        configuration.forward?.radius = 1e-5
        let byPasses = try configuration.makeTrainer(data)
        let byGradients = try Self.configuration(
            speech, method: "backprop", kind: kind, passes: 100
        ).makeTrainer(data)
        var random = RandomSource(seed: 3)
        for (a, b) in zip(
            byPasses.task.adapter.parameters.joined(),
            byGradients.task.adapter.parameters.joined())
        {
            let values = (0..<a.count).map { _ in Float(random.uniform(-2, 2)) }
            byPasses.store.set(a, values)
            byGradients.store.set(b, values)
        }
        let passed = try byPasses.advance().loss
        let whole = try byGradients.advance().loss
        #expect((passed - whole).magnitude < 2e-3 * whole, "\(passed), \(whole)")
        #expect(byPasses.store.count == byPasses.task.numberCount)
    }

    @Test(arguments: ["backprop", "mezo", "adazeta", "mazo", "fzoo", "quzo"])
    func resumesExactly(method: String) throws {
        let speech = try Speech()
        // Far enough that integers move, too.
        let configuration = try Self.configuration(
            speech, method: method, passes: 48, rate: method == "quzo" ? 600 : nil)
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
        #expect(method == "backprop" || adapter.lowerBound == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count < 64_000)
    }

    @Test(arguments: [("backprop", 40, 0.01), ("adazeta", 240, 0.25), ("quzo", 240, 16)])
    func theLossFalls(method: String, passes: Int, rate: Double) throws {
        let speech = try Speech()
        let configuration = try Self.configuration(
            speech, method: method, passes: passes, rate: rate)
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
        let numbers = try patch.numbers(of: model)
        let trained = checkpoint.average[trainer.task.adapter.range]
        #expect(numbers.contains { $0 != 0 })
        for (a, b) in zip(numbers, trained) {
            #expect((a - b).magnitude <= patch.step / 2 + 1e-6)
        }
    }
}
