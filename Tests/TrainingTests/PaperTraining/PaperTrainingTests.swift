import CMRLCodec
import Training
import Foundation
import NeuralNetwork
import Testing

@Suite struct PaperTrainingTests {
    static func configuration(steps: Int = 12) throws -> PaperTrainingConfiguration {
        let module = PaperNetworkConfiguration.Module(
            layout: .gated, inputTaps: 9, codeTaps: 9, outputTaps: 9, wide: 8, narrow: 4,
            centroids: 8)
        func phase(_ name: String, _ layers: Int, _ train: String, _ steps: Int) throws
            -> CodecTrainingConfiguration.Phase
        {
            let json = """
                {"name": "\(name)", "layers": \(layers), "train": \(train), "steps": \(steps), \
                "learningRate": 2e-3, "finalLearningRate": 1e-3, "warmup": 1}
                """
            return try JSONDecoder().decode(
                CodecTrainingConfiguration.Phase.self, from: Data(json.utf8))
        }
        var result = PaperTrainingConfiguration(
            name: "test", seed: 7, network: PaperNetworkConfiguration(modules: [module, module]),
            phases: try [
                phase("one", 1, "null", steps), phase("two", 2, #"["module2"]"#, 4),
                phase("joint", 2, "null", 4),
            ], unquantisedSteps: 2,
            entropy: EntropyController(targets: [2.9, 2.9], initial: 2, change: 0.1, every: 2))
        (result.batch, result.checkpointEvery, result.validateEvery) = (4, 5, 100)
        return result
    }

    /// Stopped and resumed from files in the middle of each phase: bit for bit the weights of a run
    /// in one go.
    @Test(arguments: [1, 7, 14, 18]) func resumesExactly(_ stop: Int) throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let path = speech.path + "/checkpoint"
        let whole = try Self.configuration().makeTrainer(TrainingData(train: corpus))
        for _ in 0..<20 { _ = try whole.advance() }
        let first = try Self.configuration().makeTrainer(TrainingData(train: corpus))
        for _ in 0..<stop { _ = try first.advance() }
        try first.save(to: path)
        let second = try Self.configuration().makeTrainer(TrainingData(train: corpus))
        try second.restore(from: path)
        #expect(second.step == stop)
        for _ in stop..<20 { _ = try second.advance() }
        #expect(
            second.store.values == whole.store.values
                && second.checkpoint().state.controls == whole.checkpoint().state.controls)
        let weights = whole.controls.map(\.value)
        #expect(
            weights[0] < 2 && weights[0] > 0 && whole.controls.map(\.name) == ["tau1", "tau2"],
            "2.9 of 3 bits are more than a new network uses: the weight falls")
    }

    /// A checkpoint becomes a model file whose streams decode to their length and take about the
    /// rate that the file says.
    @Test func exportsAndCodes() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let trainer = try Self.configuration(steps: 30).makeTrainer(TrainingData(train: corpus))
        for _ in 0..<38 { _ = try trainer.advance() }
        var export = PaperExport(checkpoint: trainer.checkpoint(), path: "trainer")
        (export.statisticsSeconds, export.rateSeconds) = (16, 8)
        let exported = try export.run(corpus: corpus) { _ in }
        #expect(try export.run(corpus: corpus, threads: 1) { _ in }.bytes == exported.bytes)
        let model = try CodecModel(bytes: exported.bytes)
        #expect(model.family == .timeDomainCascade && model.name == "test")
        #expect(exported.about.count == 3, "\(exported.about)")
        let rates = try #require(model.fixedRates)
        #expect(rates.count == 2 && rates[0] < rates[1] && rates[1] < 2 * 3 * 8540)
        let clip = try #require(corpus.clips.first).floats
        let bytes = try model.encode([clip], rate: .indices([0, 0]), layers: 2)
        #expect(try model.decode(bytes).channels[0].count == clip.count)
        let kbps = Double(8 * bytes.count) * 16 / Double(clip.count)
        // Header and end weigh much in a short clip.
        #expect(kbps < 1.5 * rates[1] / 1000 + 1, "\(kbps) kbit/s, \(rates)")
        // Weights of another network are refused before anything is computed.
        var other = trainer.checkpoint()
        other.state.configuration.network.modules.removeLast()
        #expect(throws: TrainingError.self) {
            try PaperExport(checkpoint: other, path: "trainer").run(corpus: corpus) { _ in }
        }
    }

    /// Greedy phase: module 1 stays, module 2 moves; joint phase: both move. Steps behind the end
    /// change nothing.
    @Test func phasesTrainTheirModules() throws {
        let speech = try Speech()
        let trainer = try Self.configuration(steps: 3).makeTrainer(
            TrainingData(train: try speech.corpus()))
        func values(_ prefix: String) -> [Float] {
            trainer.store.parameters.filter { $0.name.hasPrefix(prefix) }.flatMap {
                trainer.store.array($0)
            }
        }
        let start = (values("module1"), values("module2"))
        for _ in 0..<3 { _ = try trainer.advance() }
        let one = (values("module1"), values("module2"))
        #expect(one.0 != start.0 && one.1 == start.1)
        for _ in 0..<4 { _ = try trainer.advance() }
        let two = (values("module1"), values("module2"))
        #expect(two.0 == one.0 && two.1 != one.1)
        for _ in 0..<4 { _ = try trainer.advance() }
        let joint = (values("module1"), values("module2"))
        #expect(joint.0 != two.0 && joint.1 != two.1)
        _ = try trainer.advance()
        #expect(trainer.step == 11 && values("module1") == joint.0)
    }

    /// A run in a folder learns, writes its curves and validates with hard symbols.
    @Test func runInAFolder() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let folder = speech.path + "/run"
        let configuration = try Self.configuration(steps: 52)
        var run: TrainingRun? = try TrainingRun(
            configuration.makeTask(TrainingData(train: corpus, validation: corpus)), folder: folder,
            resuming: false)
        let before = try #require(try run?.validate().first)
        var reports: [TrainingRun<PaperTask>.Progress] = []
        var rows: [Measurements] = []
        try run?.run {
            reports.append($0)
        } validated: {
            rows = $0
        }
        #expect(reports.map(\.step) == [50, 60] && rows.map { $0["layers"] } == [1, 2])
        func numbers(_ name: String) throws -> [Double] {
            try rows.map { try #require($0[name]) }
        }
        let snr = try #require(before["snr_db"])
        #expect(try numbers("snr_db")[0] > snr + 1, "\(before), \(rows)")
        let kbps = try numbers("kbps")
        #expect(
            try numbers("position_kbps")[0] <= kbps[0] && kbps[0] <= kbps[1]
                && kbps[1] < 2 * 3 * 8.54)
        let curve = try String(contentsOfFile: folder + "/curve.tsv", encoding: .utf8).split(
            separator: "\n"
        )
        .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        #expect(
            curve.count == 3 && curve.allSatisfy { $0.count == 15 } && curve[2][0] == "60"
                && curve[2][1] == "joint")
        // The folder is taken; resuming a finished run does nothing.
        #expect(throws: TrainingError.runExists(folder: folder)) {
            try TrainingRun(
                configuration.makeTask(TrainingData(train: corpus)), folder: folder,
                resuming: false)
        }
        run = nil  // and with it the lock of the folder
        let again = try TrainingRun(
            configuration.makeTask(TrainingData(train: corpus)), folder: folder,
            resuming: true)
        try again.run { _ in
            Issue.record("a finished run goes on")
        } validated: { _ in
        }
        let stored = try ConfigurationFile.read(folder + "/config.json")
        #expect(stored as? PaperTrainingConfiguration == configuration)
    }

    /// Not-a-number guard: without a checkpoint an error that says what and where.
    @Test func notFiniteStops() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let run = try TrainingRun(
            Self.configuration().makeTask(TrainingData(train: corpus)),
            folder: speech.path + "/run",
            resuming: false)
        run.trainer.store.assign(Array(repeating: 1e30, count: run.trainer.store.count))
        do {
            try run.run { _ in
            } validated: { _ in
            }
            Issue.record("no error")
        } catch TrainingError.notFinite(let step, let term) { #expect(step == 1 && term == "loss") }
    }

    @Test func controllerHasADeadBand() {
        let controller = EntropyController(
            targets: [2, 1], initial: 0, change: 0.1, every: 1, deadBand: 0.25)
        #expect(controller.next(0.5, entropy: 2.3, module: 0) == 0.6)
        #expect(
            controller.next(0.5, entropy: 2.2, module: 0) == 0.5
                && controller.next(0.5, entropy: 1.8, module: 0) == 0.5)
        #expect(controller.next(0.5, entropy: 1.7, module: 0) == 0.4)
        #expect(controller.next(0.05, entropy: 0.1, module: 1) == 0, "never negative")
        #expect(controller.next(0.5, entropy: .nan, module: 0) == 0.5)
    }

    @Test func histogramEntropy() {
        var histogram = SymbolHistogram(positions: 2, centroids: 4)
        histogram.add([0, 1, 0, 1, 0, 3, 0, 3])
        // Position 0 is always 0; position 1 is 1 or 3, equally often; together 1/2, 1/4, 1/4.
        #expect(abs(histogram.bits - 1.5) < 1e-12 && abs(histogram.bitsByPosition - 0.5) < 1e-12)
        var twice = histogram
        twice.merge(histogram)
        #expect(twice.counts == histogram.counts.map { 2 * $0 } && abs(twice.bits - 1.5) < 1e-12)
    }

    @Test func badConfigurationsAreRefused() throws {
        try Self.configuration().validate()
        func refused(_ change: (inout PaperTrainingConfiguration) -> Void) throws -> String {
            var configuration = try Self.configuration()
            change(&configuration)
            do { try configuration.validate() } catch { return "\(error)" }
            return "accepted"
        }
        #expect(
            try refused { $0.entropy.targets = [1] }.contains("1 entropy targets for 2 modules"))
        #expect(try refused { $0.batch = 5 }.contains("batch 5 does not divide into 2 shards"))
        #expect(try refused { $0.loss.time = -1 }.contains("loss.time is -1.0"))
        #expect(try refused { $0.entropy.every = 0 }.contains("entropy.every is 0"))
        #expect(
            try refused { $0.phases[0].layers = 3 }.contains(
                "phase one: layers is 3, possible are 1 ... 2"))
        #expect(try refused { $0.network.modules[0].centroids = 0 }.contains("centroids is 0"))
    }
}
