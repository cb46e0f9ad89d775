import CMRLCodec
import Foundation
import NeuralNetwork
import TestSupport
import Testing
import Training

/// Compression as a run: from a model to a smaller one.
@Suite struct CompressionRunTests {
    /// A model with matrices that are large enough, and a configuration for it.
    private static func configuration(
        _ path: String, steps: Int = 12, _ change: (inout CompressionSettings) -> Void
    ) throws -> CodecTrainingConfiguration {
        let model = path + "/start.nwm"
        try Data(
            TinyModel.fileBytes(changesTransform: false) { $0.modules[0].hidden = 24 }
        ).write(to: URL(fileURLWithPath: model))
        var network = TinyModel.configuration
        network.modules[0].hidden = 24
        // A part of the model.
        network.modules = Array(network.modules.prefix(1))
        let phases = """
            [{"name": "one", "steps": \(steps), "layers": 1, "learningRate": 0.001,
              "finalLearningRate": 0.0005, "warmup": 2}]
            """
        var result = CodecTrainingConfiguration(
            name: "packed", seed: 5, network: network,
            phases: try JSONDecoder().decode(
                [CodecTrainingConfiguration.Phase].self, from: Data(phases.utf8)))
        var settings = CompressionSettings()
        settings.model = model
        change(&settings)
        result.compression = settings
        (result.segmentFrames, result.batch, result.averageDecay) = (80, 4, 0.5)
        (result.checkpointEvery, result.validateEvery) = (1000, 1000)
        return result
    }

    private static func changes(_ method: CompressionSettings.Method)
        -> (inout CompressionSettings) -> Void
    {
        {
            ($0.method, $0.bits) = (method, 3)
            ($0.snapEvery, $0.sparsityEvery, $0.sparsity) = (5, 3, 0.6)
            if method == .straightThrough { $0.targetKilobytes = 1 }
            $0.distillation = 0.1
        }
    }

    @Test(arguments: CompressionSettings.Method.allCases)
    func makesASmallModel(method: CompressionSettings.Method) throws {
        let speech = try Speech()
        let configuration = try Self.configuration(speech.path, Self.changes(method))
        let corpus = try speech.corpus()
        let folder = RunFolder(path: speech.path + "/run")
        let run = try TrainingRun(
            configuration.makeTask(TrainingData(train: corpus, validation: corpus)),
            folder: folder.path, resuming: false)
        var rows: [Measurements] = []
        var last = Measurements()
        #expect(
            try run.run {
                last = $0.measured
            } validated: {
                rows = $0
            } == .complete)
        #expect(rows.first?["mel"]?.isFinite == true && last["taught"]?.isFinite == true)
        let checkpoint = try TrainingCheckpoint<CodecTrainingConfiguration>(
            path: folder.checkpoint)
        let exported = try CodecTrainingConfiguration.export(
            checkpoint, path: folder.checkpoint, corpus: corpus
        ) { _ in }
        let file = try WeightFile(exported.bytes)
        let matrices = run.trainer.store.parameters.filter {
            $0.count >= 1024 && !$0.name.hasPrefix("compression")
                && !$0.name.hasPrefix("transform")
        }
        #expect(matrices.count >= 4)
        for parameter in matrices {
            let packed = try file.packedWeights(parameter.name, parameter.shape)
            let different = Set(packed.integers)
            let zeros = packed.values.filter { $0 == 0 }.count
            #expect(different.count <= 9 && different.count > 2, "\(parameter.name)")
            #expect(zeros >= parameter.count * 59 / 100, "\(parameter.name): \(zeros)")
        }
        let model = try CodecModel(bytes: exported.bytes)
        let signal = SpeechLikeSignal.samples(seconds: 1, seed: 8)
        let stream = try model.encode([signal], rate: .indices([100]), layers: 1)
        #expect(try model.decode(stream).channels[0].count == signal.count)
        // What validation saw is what the file holds.
        let weights = try #require(run.trainer.task.compression).packed(run.trainer.store)
        #expect(weights.count == matrices.count)
    }

    /// A run that is stopped and goes on ends where one without a stop ends.
    @Test(arguments: CompressionSettings.Method.allCases)
    func resumesExactly(method: CompressionSettings.Method) throws {
        let speech = try Speech()
        let configuration = try Self.configuration(speech.path, Self.changes(method))
        let data = TrainingData(train: try speech.corpus())
        let whole = try configuration.makeTrainer(data)
        for _ in 0..<12 { _ = try whole.advance() }
        let first = try configuration.makeTrainer(data)
        for _ in 0..<10 { _ = try first.advance() }
        let path = speech.path + "/stopped.nwck"
        try first.save(to: path)
        let second = try configuration.makeTrainer(data)
        try second.restore(from: path)
        for _ in 0..<2 { _ = try second.advance() }
        #expect(second.store.values == whole.store.values)
        #expect(second.controls.map(\.value) == whole.controls.map(\.value))
    }

    /// Nothing has moved: what eight bits leave is the model, but for rounding.
    @Test func startsAsTheModel() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        var configuration = try Self.configuration(speech.path) { $0.bits = 8 }
        let data = TrainingData(train: corpus, validation: corpus)
        let packed = try #require(
            try configuration.makeTask(data).validate(steps: 0).first?["mel"])
        configuration.compression?.bits = 2
        let coarse = try #require(
            try configuration.makeTask(data).validate(steps: 0).first?["mel"])
        let task = try configuration.makeTask(data)
        configuration.compression = nil
        let plain = try configuration.makeTask(data)
        for parameter in plain.store.parameters {
            let own = try #require(task.store.parameter(named: parameter.name))
            plain.store.set(parameter, task.store.array(own))
        }
        let mel = try #require(try plain.validate(steps: 0).first?["mel"])
        #expect(abs(packed - mel) < 0.01 * mel, "\(packed) \(mel)")
        #expect(abs(coarse - mel) > 3 * abs(packed - mel), "\(coarse) \(packed) \(mel)")
    }

    @Test func refusesAnotherNetwork() throws {
        let speech = try Speech()
        var configuration = try Self.configuration(speech.path) { _ in }
        configuration.network.modules[0].hidden = 20
        let data = TrainingData(train: try speech.corpus())
        #expect {
            try configuration.makeTask(data)
        } throws: {
            "\($0)".contains("has no module1.encoder.0.enter.weight of shape")
        }
        configuration.compression?.model = speech.path + "/absent"
        #expect {
            try configuration.makeTask(data)
        } throws: {
            "\($0)".contains("absent is no built-in model, and no file")
        }
    }

    @Test func refusesSettingsThatDoNotFit() throws {
        for (change, word): (@Sendable (inout CompressionSettings) -> Void, String) in [
            ({ $0.bits = 9 }, "compression.bits is 9"),
            ({ $0.exceptions = [.init(parameters: "x", bits: 1)] }, "bits of x is 1"),
            (
                {
                    $0.method = .gq
                    $0.targetKilobytes = 3
                }, "method gq does not know"
            ), ({ $0.sharpness = [1] }, "sharpness has 1 values"),
            ({ $0.sparsity = 1 }, "compression.sparsity is 1"),
        ] {
            var settings = CompressionSettings()
            change(&settings)
            #expect {
                try settings.validate()
            } throws: {
                "\($0)".contains(word)
            }
        }
    }
}
