import Foundation
import NeuralNetwork
import Synchronization
import Testing
import Training

/// A task of one parameter whose losses are as told: what the engine does that no task sees.
private struct ToldTask: TrainingTask {
    struct Configuration: TaskConfiguration {
        struct Phase: TrainingPhase {
            var name = "told"
            var steps: Int
            var train: [String]?
            var learningRate = 0.1
            var finalLearningRate = 0.1
            var warmup: Int?
            var scheduleSteps: Int?
        }

        static var family: String? { "told" }
        static var settings: SettingGroup { SettingGroup("told", "", defaults: Self(), []) }
        var name = "told"
        var seed: UInt64 = 1
        var phases = [Phase(steps: 14)]
        var batch = 4
        var shards = 2
        var clip = 1.0
        var beta1 = 0.9
        var beta2 = 0.99
        var averageDecay = 0.9
        var validateEvery = 1000
        var checkpointEvery = 5
        var sampleRate: Int { 16000 }
        var leastSamples: Int { 0 }
        var secondsPerStep: Double { 1 }

        func validate() throws {}
        func makeTask(_ data: TrainingData) -> ToldTask {
            ToldTask(configuration: self, data: data) { _ in (1, 0) }
        }
        static func export(
            _ checkpoint: TrainingCheckpoint<Self>, path: String, corpus: Corpus,
            progress: (String) throws -> Void
        ) throws -> ExportedModel { throw TrainingError.badChoice("none") }
    }

    /// What was drawn so far.
    final class Record: Sendable {
        let draws = Mutex<[(step: Int, number: UInt64)]>([])
    }

    let configuration: Configuration
    let data: TrainingData
    let record = Record()
    let store = ParameterStore<Float>()
    let parameter: Parameter
    /// Value of the loss, and its slope, given how often was drawn.
    let told: @Sendable (Int) -> (value: Double, slope: Double)

    init(
        configuration: Configuration, data: TrainingData,
        told: @escaping @Sendable (Int) -> (value: Double, slope: Double)
    ) {
        (self.configuration, self.data, self.told) = (configuration, data, told)
        parameter = store.add("p", [1], constant: 0)
    }

    var columns: [Column] { [Column("value", "value %.1f")] }
    var validationColumns: [Column] { [] }

    func makeShard() -> Shard { Shard(parameter: parameter) }
    func draw(_ moment: Moment<Configuration.Phase>, _ random: inout RandomSource) -> [Double] {
        let number = random.next()
        let count = record.draws.withLock {
            $0.append((moment.step, number))
            return $0.count
        }
        let (value, slope) = told(count)
        return [value, slope]
    }
    func validate(steps: Int) -> [Measurements] { [] }
    func render(
        _ corpus: Corpus, _ choice: RenderChoice, steps: Int,
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements { Measurements() }

    struct Shard: TrainingShard {
        let parameter: Parameter

        func loss(
            _ batch: [Double], _ share: BatchShare, _ graph: Graph<Float>,
            _ measured: inout Measurements
        ) -> Tensor<Float>? {
            measured.add("value", batch[0], weight: share.fraction)
            return graph.affine(
                graph.affine(
                    graph.sum(graph.parameter(parameter)), scale: batch[1], shift: batch[0]),
                scale: share.fraction)
        }
    }
}

@Suite struct EngineTests {
    private func run(
        _ told: @escaping @Sendable (Int) -> (value: Double, slope: Double), _ speech: Speech,
        resuming: Bool = false
    ) throws -> TrainingRun<ToldTask> {
        try TrainingRun(
            ToldTask(
                configuration: ToldTask.Configuration(),
                data: TrainingData(train: speech.corpus()), told: told),
            folder: speech.path + "/run", resuming: resuming)
    }

    /// A step that is not finite goes back to the last checkpoint and on another way; the fourth
    /// time the run stops with step and term.
    @Test func notFiniteFallsBack() throws {
        let speech = try Speech()
        // Steps 6 and 7 are taken back: what they reported counts for nothing.
        let once = try run({ $0 == 8 ? (.nan, 0) : ($0 == 6 || $0 == 7 ? 100 : 1, 0) }, speech)
        var reports: [Double] = []
        #expect(try once.run { reports.append($0.measured.loss) } == .complete)
        #expect(once.trainer.isFinished && reports == [1], "the mean holds steps that stay only")
        let draws = once.trainer.task.record.draws.withLock { $0 }
        #expect(draws.map(\.step) == Array(0...7) + Array(5...13))
        #expect(draws[5].number != draws[8].number, "other data than before")
        let other = try Speech()
        let always = try run({ (1, ($0 - 8) % 3 == 0 && $0 >= 8 ? 1e30 : 0) }, other)
        #expect(throws: TrainingError.notFinite(step: 8, term: "gradient")) { try always.run() }
        #expect(
            always.trainer.task.record.draws.withLock { $0.map(\.step) }
                == Array(0...7) + [5, 6, 7, 5, 6, 7, 5, 6, 7])
    }

    /// A wish to stop ends as the minutes do: with a report and a checkpoint of the last step.
    @Test func stopping() throws {
        let speech = try Speech()
        let first = try run({ _ in (1, 0.5) }, speech)
        var asked = 0
        var reports: [Int] = []
        let end = try first.run {
            reports.append($0.step)
        } isStopped: {
            asked += 1
            return asked == 3
        }
        #expect(end == .stopped && reports == [3] && first.remarks.isEmpty)
        #expect(throws: TrainingError.runExists(folder: speech.path + "/run")) {
            try run({ _ in (1, 0.5) }, speech)
        }
        // Two in one folder would overwrite each other's checkpoints.
        do {
            _ = try run({ _ in (1, 0.5) }, speech, resuming: true)
            Issue.record("two runs in a folder")
        } catch TrainingError.locked(_, let holder) {
            #expect(holder.hasPrefix("process \(getpid()) on "))
        }
        withExtendedLifetime(first) {}
    }

    @Test func resuming() throws {
        let speech = try Speech()
        var asked = 0
        func part(resuming: Bool, steps: Int) throws -> (TrainingRun<ToldTask>.End, [Float]) {
            let own = try run({ _ in (1, 0.5) }, speech, resuming: resuming)
            asked = 0
            let end = try own.run(
                isStopped: {
                    asked += 1
                    return asked == steps
                })
            return (end, own.trainer.store.values)
        }
        #expect(try part(resuming: false, steps: 4).0 == .stopped)
        #expect(try part(resuming: true, steps: 3).0 == .stopped)
        let (end, values) = try part(resuming: true, steps: 100)
        #expect(end == .complete && asked == 6)
        #expect(try part(resuming: true, steps: 100) == (.complete, values))
        let whole = try Speech()
        let once = try run({ _ in (1, 0.5) }, whole)
        try once.run()
        #expect(once.trainer.store.values == values)
    }

    /// Rows of the curve are means over half of the usual number of steps at least, wherever
    /// sittings end.
    @Test func rowsOfSittings() throws {
        let speech = try Speech()
        var configuration = ToldTask.Configuration()
        configuration.phases[0].steps = 207
        func sit(until last: Int, resuming: Bool = true) throws -> [Int] {
            var reports: [Int] = []
            let own = try TrainingRun(
                configuration.makeTask(TrainingData(train: speech.corpus())),
                folder: speech.path + "/run", resuming: resuming)
            try own.run {
                reports.append($0.step)
            } isStopped: {
                own.trainer.step == last
            }
            return reports
        }
        #expect(try sit(until: 3, resuming: false) == [3])
        #expect(try sit(until: 51) == [50, 51])
        #expect(try sit(until: 90) == [90])
        #expect(try sit(until: 300) == [150, 200, 207])
        let table = try TrainingTable(path: speech.path + "/run/curve.tsv")
        #expect(table.numbers("step") == [3, 50, 90, 150, 200, 207])
    }

    /// What a run without a checkpoint left is begun anew, and said; speech that has changed is
    /// said.
    @Test func remarks() throws {
        let speech = try Speech()
        try _ = run({ _ in (1, 0) }, speech)
        let again = try run({ _ in (1, 0) }, speech)
        #expect(again.remarks.count == 1 && again.remarks[0].contains("it starts over"))
        #expect(
            try TrainingTable(path: speech.path + "/run/curve.tsv").columns == [
                "step", "phase", "seconds", "loss", "gradient", "learning_rate", "audio_s_per_s",
                "value",
            ])
        try again.run()
    }

    @Test func otherSpeechIsTold() throws {
        let speech = try Speech()
        do {
            let first = try run({ _ in (1, 0) }, speech)
            try first.run()
        }
        #expect(try run({ _ in (1, 0) }, speech, resuming: true).remarks.isEmpty)
        try FileManager.default.removeItem(atPath: speech.path + "/speech/0.wav")
        let remarks = try run({ _ in (1, 0) }, speech, resuming: true).remarks
        #expect(
            remarks.count == 1
                && remarks[0].hasPrefix("other training speech than before: 2 clips, 18000 samples")
                && remarks[0].contains("before 3 clips, 27000 samples"))
    }

    /// A table that an older version began keeps its columns.
    @Test func olderTables() throws {
        let speech = try Speech()
        try run({ _ in (1, 0) }, speech).run()
        let path = speech.path + "/run/curve.tsv"
        try "step\tloss\tkept\tphase\n".write(toFile: path, atomically: true, encoding: .utf8)
        _ = try run({ _ in (1, 0) }, speech, resuming: true)
        #expect(try TrainingTable(path: path).columns == ["step", "loss", "kept", "phase"])
    }

    /// A tree over neighbours, whatever the number of shards.
    @Test(arguments: 1...9) func gradientsAreSummed(_ count: Int) {
        let buffers = (0..<count).map { shard in
            UnsafeMutableBufferPointer<Float>.allocate(capacity: 3)
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        for (shard, buffer) in buffers.enumerated() {
            for i in 0..<3 { buffer[i] = Float(shard * 10 + i) }
        }
        let measured = (0..<count).map { shard in
            var measured = Measurements()
            measured.add("shard", Double(shard))
            return measured
        }
        let all = LocalReducer().reduce(buffers, measured)
        #expect(all["shard"] == Double(count - 1) / 2)
        for i in 0..<3 {
            #expect(buffers[0][i] == Float((0..<count).reduce(0) { $0 + $1 * 10 + i }))
        }
        #expect(LocalReducer().shards(of: count) == 0..<count)
    }

    /// Means are weighted by what they were measured on.
    @Test func measurements() {
        var a = Measurements()
        a.add("x", 1, weight: 0.5)
        a.add("x", 3, weight: 0.5)
        a.add("y", 7, weight: 0.5)
        #expect(a["x"] == 2 && a["y"] == 7 && a["z"] == nil && a.names == ["x", "y"])
        var b = Measurements()
        b.add("z", 1)
        b.add("x", 8, weight: 2)
        a += b
        #expect(a["x"] == 6 && a["z"] == 1 && a.names == ["x", "y", "z"])
        a.set("y", 1)
        #expect(a["y"] == 1)
        let columns = [Column("y", "why %.1f"), Column("none", "%f"), Column("x", nil)]
        #expect(a.line(columns) == "why 1.0" && a.loss.isNaN)
    }
}
