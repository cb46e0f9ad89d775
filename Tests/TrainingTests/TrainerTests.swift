import CMRLCodec
import Training
import Foundation
import NeuralNetwork
import Testing

/// Training of the default codec: exact resume, files of a run, the not-a-number guard.
@Suite struct TrainerTests {
    static func configuration() throws -> CodecTrainingConfiguration {
        let module = NetworkConfiguration.Module(
            encoderBlocks: 1, decoderBlocks: 1, hidden: 6, context: 5, local: 3)
        var network = NetworkConfiguration(modules: [module, module])
        (network.bands, network.envelopeContext, network.rateKnots) = (8, 4, 3)
        func phase(_ name: String, _ json: String) throws -> CodecTrainingConfiguration.Phase {
            let rest =
                #""name": "\#(name)", "learningRate": 2e-3, "finalLearningRate": 1e-3, "warmup": 1"#
            return try JSONDecoder().decode(
                CodecTrainingConfiguration.Phase.self, from: Data("{\(json), \(rest)}".utf8))
        }
        var result = CodecTrainingConfiguration(
            name: "test", seed: 7, network: network,
            phases: try [
                phase("one", #""layers": 1, "steps": 6"#),
                phase(
                    "two", #""layers": 2, "steps": 4, "train": ["module2"], "hardSymbols": true"#),
                phase("joint", #""layers": 2, "steps": 4, "randomLayers": true"#),
            ])
        (result.segmentFrames, result.batch, result.checkpointEvery, result.validateEvery) = (
            18, 4, 5, 100
        )
        return result
    }

    /// Stopped and resumed from files in the middle of each phase: bit for bit the weights, moments
    /// and average of a run in one go.
    @Test(arguments: [1, 6, 8, 12]) func resumesExactly(_ stop: Int) throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let path = speech.path + "/checkpoint"
        var configuration = try Self.configuration()
        var augmentation = Augmentation()
        (augmentation.speedProbability, augmentation.speed, augmentation.noiseProbability) = (
            0.5, 0.1, 0.5
        )
        configuration.phases[2].augmentation = augmentation
        let whole = try configuration.makeTrainer(TrainingData(train: corpus, noise: corpus))
        let start = whole.store.values
        for _ in 0..<14 { _ = try whole.advance() }
        let first = try configuration.makeTrainer(TrainingData(train: corpus, noise: corpus))
        for _ in 0..<stop { _ = try first.advance() }
        try first.save(to: path)
        let second = try configuration.makeTrainer(TrainingData(train: corpus, noise: corpus))
        try second.restore(from: path)
        #expect(second.step == stop)
        for _ in stop..<14 { _ = try second.advance() }
        #expect(whole.store.values != start && second.isFinished)
        let (a, b) = (second.checkpoint(), whole.checkpoint())
        #expect(
            a.values == b.values && a.firstMoment == b.firstMoment
                && a.secondMoment == b.secondMoment && a.average == b.average)
        #expect(a.state.random == b.state.random && a.state.updates == b.state.updates)
    }

    /// Curves, checkpoint, configuration and validation lie in the folder; a taken folder is
    /// refused; resuming cuts curves behind the checkpoint.
    @Test func runInAFolder() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let folder = speech.path + "/run"
        var configuration = try Self.configuration()
        configuration.phases[0].steps = 60
        var run: TrainingRun? = try TrainingRun(
            configuration.makeTask(TrainingData(train: corpus, validation: corpus)), folder: folder,
            resuming: false)
        var steps: [Int] = []
        var rows: [Measurements] = []
        try run?.run {
            steps.append($0.step)
        } validated: {
            rows = $0
        }
        #expect(
            steps == [50, 68] && rows.map { $0["layers"] } == [1, 1, 1, 1, 1, 2, 2, 2]
                && rows.allSatisfy { $0["kbps"] ?? 0 > 0 && $0["snr_db"]?.isFinite == true })
        let curve = try TrainingTable(path: folder + "/curve.tsv")
        let validation = try TrainingTable(path: folder + "/validation.tsv")
        #expect(curve.numbers("step") == [50, 68] && curve.column("phase") == ["one", "joint"])
        #expect(
            curve.numbers("loss").allSatisfy { $0.isFinite }
                && validation.numbers("kbps").count == 8)
        #expect(throws: TrainingError.runExists(folder: folder)) {
            try TrainingRun(
                configuration.makeTask(TrainingData(train: corpus)), folder: folder,
                resuming: false)
        }
        let line =
            try String(contentsOfFile: folder + "/curve.tsv", encoding: .utf8) + "99\tlater\n"
            + "51\ttorn"
        try line.write(toFile: folder + "/curve.tsv", atomically: true, encoding: .utf8)
        let values = run?.trainer.store.values
        run = nil  // and with it the lock of the folder
        let again = try TrainingRun(
            configuration.makeTask(TrainingData(train: corpus)), folder: folder,
            resuming: true)
        #expect(again.trainer.isFinished && again.trainer.store.values == values)
        #expect(try TrainingTable(path: folder + "/curve.tsv").numbers("step") == [50, 68])
    }

    /// The best validated weights lie in a file of their own, also where a later sitting is worse.
    @Test func bestWeights() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let folder = speech.path + "/run"
        var configuration = try Self.configuration()
        (configuration.validateEvery, configuration.checkpointEvery) = (2, 2)
        let data = TrainingData(train: corpus, validation: corpus)
        let task = try configuration.makeTask(data)
        #expect(throws: TrainingError.self) {
            try TrainingRun(task, folder: folder, resuming: false, keepBest: "pesq")
        }
        #expect(throws: TrainingError.self) {
            try TrainingRun(
                configuration.makeTask(TrainingData(train: corpus)), folder: folder,
                resuming: false, keepBest: "loss")
        }
        #expect(!FileManager.default.fileExists(atPath: folder))
        var run: TrainingRun? = try TrainingRun(
            task, folder: folder, resuming: false, keepBest: "loss")
        var values: [Double] = []
        var kept: [Int] = []
        func value(_ rows: [Measurements]) -> Double {
            let used = rows.filter { $0["layers"] == 1 }.compactMap { $0["loss"] }
            return used.reduce(0, +) / Double(used.count)
        }
        try run?.run(
            validated: { values.append(value($0)) }, kept: { _ in kept.append(values.count - 1) },
            isStopped: { values.count == 3 })
        let best = values.indices.filter { values[$0] == values[...$0].min() }
        #expect(values.count == 3 && kept == best && kept.contains(0))
        let file = try CodecCheckpoint(path: folder + "/best.nwck")
        #expect(file.state.step == 2 * (best[best.count - 1] + 1))
        run = nil
        // A sitting that goes on knows how good the best was.
        let table = try String(contentsOfFile: folder + "/validation.tsv", encoding: .utf8)
        let lines = table.split(separator: "\n").map { $0.split(separator: "\t") }
        let column = try #require(lines[0].firstIndex(of: "loss"))
        let changed = lines.enumerated().map { index, cells in
            cells.enumerated().map { $0 == column && index > 0 ? "-1e9" : $1 }
                .joined(separator: "\t")
        }
        try (changed.joined(separator: "\n") + "\n").write(
            toFile: folder + "/validation.tsv", atomically: true, encoding: .utf8)
        let again = try TrainingRun(
            configuration.makeTask(data), folder: folder, resuming: true, keepBest: "loss")
        var more = 0
        try again.run(kept: { _ in more += 1 })
        #expect(again.trainer.isFinished && more == 0)
        let same = try CodecCheckpoint(path: folder + "/best.nwck")
        #expect(same.state.step == file.state.step)
    }

    /// Model files say what they were trained for: the built-in model's recipe gives the objective
    /// that files without one are taken to have.
    @Test func objectives() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let recipe = try JSONDecoder().decode(
            CodecTrainingConfiguration.self,
            from: Data(contentsOf: root.appendingPathComponent("Configs/default.json")))
        #expect(recipe.objective(afterSteps: recipe.totalSteps) == EncodingObjective())
        #expect(
            recipe.objective(afterSteps: 100).loudness == 0
                && recipe.objective(afterSteps: 100).lambda == recipe.loss.lambda)
        for index in [0, 90, 255] as [UInt8] {
            let rate = recipe.rate(position: Double(index) / 255)
            let loss = try #require(recipe.phases.last?.loss)
            #expect(
                abs(
                    EncodingObjective().lambda(rateIndex: index)
                        / (loss.lambda * pow(27 / rate, loss.lambdaSlope)) - 1) < 1e-9)
        }
        let speech = try Speech()
        let corpus = try speech.corpus()
        let trainer = try Self.configuration().makeTrainer(TrainingData(train: corpus))
        var export = ModelExport(checkpoint: trainer.checkpoint(), path: "trainer")
        (export.statisticsSeconds, export.curveSeconds) = (8, 4)
        export.objective?.mel = 0.125
        #expect(try CodecModel(bytes: export.run(corpus: corpus) { _ in }).objective.mel == 0.125)
        export.objective?.lambda = -1
        #expect(throws: CodecError.self) {
            try CodecModel(bytes: export.run(corpus: corpus) { _ in })
        }
    }

    /// With an envelope by linear prediction: the steps of the line spectral frequencies move,
    /// unless the phase leaves them out; nothing to export.
    @Test(arguments: [true, false]) func lineSpectra(_ collaborative: Bool) throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        var configuration = try Self.configuration()
        configuration.network.lineSpectrum = .init(order: 4, steps: [0.03, 0.04, 0.05, 0.06])
        if !collaborative {
            configuration.phases[0].train = [
                "envelope.context", "envelope.output", "envelope.lower", "exponent", "module1",
            ]
        }
        let trainer = try configuration.makeTrainer(TrainingData(train: corpus))
        let steps = trainer.task.network.envelope.coder.gain.rows
        let before = trainer.store.array(steps)
        for _ in 0..<4 { _ = try trainer.advance() }
        #expect((trainer.store.array(steps) != before) == collaborative)
        let export = ModelExport(checkpoint: trainer.checkpoint(), path: "trainer")
        #expect(throws: NetworkConfigurationError.noBitstream) {
            try export.run(corpus: corpus) { _ in }
        }
    }

    /// Finite weights whose decoded sound is not.
    private static func makeInfinite(_ trainer: Trainer<CodecTask>) {
        guard let parameter = trainer.store.parameter(named: "transform.synthesis") else { return }
        trainer.store.set(
            parameter, Array(repeating: .greatestFiniteMagnitude, count: parameter.count))
    }

    /// A run that falls back behind a line of its curves writes that line once.
    @Test func notFiniteCutsCurves() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let folder = speech.path + "/run"
        var configuration = try Self.configuration()
        (
            configuration.phases[0].steps, configuration.checkpointEvery,
            configuration.validateEvery
        ) = (60, 40, 45)
        let run = try TrainingRun(
            configuration.makeTask(TrainingData(train: corpus, validation: corpus)), folder: folder,
            resuming: false)
        var steps: [Int] = []
        try run.run { progress in
            steps.append(progress.step)
            if steps == [50] { Self.makeInfinite(run.trainer) }
        } validated: { _ in
        }
        #expect(steps == [50, 50, 68] && run.trainer.isFinished)
        #expect(try TrainingTable(path: folder + "/curve.tsv").numbers("step") == [50, 68])
        let validated = try TrainingTable(path: folder + "/validation.tsv").numbers("step")
        #expect(validated == Array(repeating: 45, count: 5) + Array(repeating: 68, count: 8))
    }

    /// The guard in a real run: without a checkpoint an error, and no weights that are not numbers.
    @Test func notFiniteStops() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let run = try TrainingRun(
            Self.configuration().makeTask(TrainingData(train: corpus)),
            folder: speech.path + "/run",
            resuming: false)
        Self.makeInfinite(run.trainer)
        do {
            try run.run { _ in
            } validated: { _ in
            }
            Issue.record("no error")
        } catch TrainingError.notFinite(let step, let term) {
            #expect(step == 1 && term == "gradient")
        }
        #expect(run.trainer.store.values.allSatisfy { $0.isFinite })
    }
}
