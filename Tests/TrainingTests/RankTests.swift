import Foundation
import NeuralNetwork
import TestSupport
import Testing
import Training

/// Ranks that are threads, with queues between them.
private final class ThreadRanks: Ranks {
    /// What lies between all of them.
    final class Wires: @unchecked Sendable {
        private let condition = NSCondition()
        private var queues: [[Int]: [[UInt8]]] = [:]
        /// Messages until a rank is gone.
        private var lives: [Int: Int] = [:]
        private var gone: Set<Int> = []

        func lose(_ rank: Int, after messages: Int) { lives[rank] = messages }

        func send(_ bytes: [UInt8], from: Int, to: Int) throws {
            try condition.withLock {
                if let left = lives[from] {
                    lives[from] = left - 1
                    if left <= 0 {
                        gone.insert(from)
                        condition.broadcast()
                        throw RankLost(rank: from, reason: "killed")
                    }
                }
                queues[[from, to], default: []].append(bytes)
                condition.broadcast()
            }
        }

        func receive(from: Int, to: Int) throws -> [UInt8] {
            try condition.withLock {
                while queues[[from, to]]?.isEmpty ?? true {
                    if gone.contains(from) {
                        gone.insert(to)
                        condition.broadcast()
                        throw RankLost(rank: from, reason: "gone")
                    }
                    condition.wait()
                }
                return queues[[from, to], default: []].removeFirst()
            }
        }
    }

    let rank: Int
    let count: Int
    private let wires: Wires

    init(_ rank: Int, of count: Int, _ wires: Wires) {
        (self.rank, self.count, self.wires) = (rank, count, wires)
    }

    func send(_ bytes: UnsafeRawBufferPointer, to other: Int) throws {
        try wires.send(Array(bytes), from: rank, to: other)
    }

    func receive(_ bytes: UnsafeMutableRawBufferPointer, from other: Int) throws {
        let message = try wires.receive(from: other, to: rank)
        guard message.count == bytes.count else {
            throw RankLost(rank: other, reason: "\(message.count) bytes for \(bytes.count)")
        }
        bytes.copyBytes(from: message)
    }
}

@Suite("Several processes train as one")
struct RankTests {
    /// Runs as many ranks, each on a thread.
    private func ranks<Value: Sendable>(
        _ count: Int, wires: ThreadRanks.Wires = .init(),
        _ body: @escaping @Sendable (ThreadRanks) throws -> Value
    ) -> [Result<Value, any Error>] {
        Threads.run(count) { try body(ThreadRanks($0, of: count, wires)) }
    }

    @Test("Messages reach everybody, and all decide alike", arguments: 1...9)
    func exchange(_ count: Int) throws {
        for found in ranks(
            count,
            {
                let told = try $0.broadcast($0.leads ? [7, 8, 9] : [])
                let empty = try $0.broadcast([])
                let largest = try $0.agree(UInt8(($0.rank * 5) % count))
                try $0.compare("the number", "1")
                return (told, empty, largest)
            })
        {
            let (told, empty, largest) = try found.get()
            #expect(told == [7, 8, 9] && empty == [])
            #expect(largest == UInt8((0..<count).map { ($0 * 5) % count }.max() ?? 0))
        }
    }

    @Test("What differs is said by the rank that differs, and ends all")
    func differences() {
        let found = ranks(4) { try $0.compare("the speech", $0.rank == 2 ? "b" : "a") }
        for (rank, result) in found.enumerated() {
            #expect(
                throws: TrainingError.ranksDiffer(
                    what: "the speech", rank: rank, here: rank == 2 ? "b" : "a",
                    leading: rank == 2 ? "a" : nil)
            ) { try result.get() }
        }
    }

    @Test("Shards are dealt out in neighbours, a power of two each")
    func shards() throws {
        let dealt = ranks(3) { try RankReducer($0).shards(of: 5) }
        #expect(try dealt.map { try $0.get() } == [0..<2, 2..<4, 4..<5])
        let whole = ranks(8) { try RankReducer($0).shards(of: 8) }
        #expect(try whole.map { try $0.get() } == (0..<8).map { $0..<$0 + 1 })
        for result in ranks(3, { try RankReducer($0).shards(of: 8) }) {
            #expect(
                throws: TrainingError.badChoice(
                    "8 shards (of the configuration) cannot be dealt out to 3 ranks: possible are "
                        + "1, 2, 4, 8")
            ) { try result.get() }
        }
    }

    /// Sums in another order would have other bits.
    @Test(
        "Sums and measurements are those of one process, bit for bit",
        arguments: [(8, 2), (8, 4), (8, 8), (5, 3), (6, 3), (7, 4), (1, 1)])
    func sums(_ shards: Int, _ count: Int) throws {
        @Sendable func gradients(_ range: Range<Int>) -> [UnsafeMutableBufferPointer<Float>] {
            range.map { shard in
                var random = RandomSource(seed: UInt64(shard))
                let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1000)
                for i in buffer.indices {
                    buffer[i] = Float(random.uniform(-1, 1) * pow(10, random.uniform(-6, 6)))
                }
                return buffer
            }
        }
        @Sendable func measured(_ range: Range<Int>) -> [Measurements] {
            range.map { shard in
                var measured = Measurements()
                measured.add("loss", 1 / Double(shard + 3), weight: 0.1)
                if shard % 2 == 0 { measured.add("even \(shard)", -0.0) }
                return measured
            }
        }
        let all = gradients(0..<shards)
        defer { for buffer in all { buffer.deallocate() } }
        let expected = LocalReducer().reduce(all, measured(0..<shards))
        let bits = all[0].map(\.bitPattern)
        for result in ranks(
            count,
            { ranks in
                let reducer = RankReducer(ranks)
                let range = try reducer.shards(of: shards)
                let own = gradients(range)
                defer { for buffer in own { buffer.deallocate() } }
                let found = try reducer.reduce(own, measured(range))
                return (own[0].map(\.bitPattern), found)
            })
        {
            let (sum, found) = try result.get()
            #expect(sum == bits && found == expected)
        }
    }

    private func configuration() throws -> CodecTrainingConfiguration {
        var configuration = try TrainerTests.configuration()
        (configuration.batch, configuration.shards) = (8, 8)
        return configuration
    }

    @Test("Weights, moments and random numbers do not depend on the number of ranks")
    func weights() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let configuration = try configuration()
        let single = try configuration.makeTrainer(TrainingData(train: corpus))
        for _ in 0..<14 { _ = try single.advance() }
        let expected = try single.checkpoint().comparable
        for count in [1, 2, 4, 8] {
            let found = ranks(count) { ranks in
                let trainer = try Trainer(
                    configuration.makeTask(TrainingData(train: corpus)),
                    reducer: RankReducer(ranks))
                for _ in 0..<14 { _ = try trainer.advance() }
                return try trainer.checkpoint().comparable
            }
            for result in found { #expect(try result.get() == expected, "\(count) ranks") }
        }
    }

    @Test("A lost rank ends the run with a checkpoint, and another number of ranks goes on")
    func lost() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let configuration = try configuration()
        let whole = speech.path + "/whole"
        try TrainingRun(
            configuration.makeTask(TrainingData(train: corpus)), folder: whole, resuming: false
        ).run()
        let expected = try Data(contentsOf: URL(fileURLWithPath: whole + "/checkpoint.nwck"))
        for messages in [30, 46, 64] {
            let folder = speech.path + "/run\(messages)"
            let wires = ThreadRanks.Wires()
            wires.lose(3, after: messages)
            let found = ranks(4, wires: wires) { ranks in
                try TrainingRun(
                    configuration.makeTask(TrainingData(train: corpus)), folder: folder,
                    resuming: false, ranks: ranks
                ).run()
            }
            var step: Int?
            do { _ = try found[0].get() } catch TrainingError.rankLost(_, let last, let path) {
                #expect(path == folder + "/checkpoint.nwck")
                step = last
            }
            let reached = try #require(step, "\(messages)")
            #expect(reached > 0 && reached < 14)
            let state = try TrainingCheckpoint<CodecTrainingConfiguration>(
                path: folder + "/checkpoint.nwck"
            ).state
            #expect(state.step == reached)
            for result in ranks(
                2,
                { ranks in
                    try TrainingRun(
                        configuration.makeTask(TrainingData(train: corpus)), folder: folder,
                        resuming: true, ranks: ranks
                    ).run()
                })
            { #expect(try result.get() == .complete) }
            let resumed = try TrainingCheckpoint<CodecTrainingConfiguration>(
                path: folder + "/checkpoint.nwck")
            let once = try TrainingCheckpoint<CodecTrainingConfiguration>(
                Array(expected), path: whole)
            #expect(try resumed.comparable == once.comparable)
        }
    }

    @Test("A wish to stop of one rank stops all behind the same step")
    func stopping() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let configuration = try configuration()
        let folder = speech.path + "/run"
        let found = ranks(4) { ranks in
            let run = try TrainingRun(
                configuration.makeTask(TrainingData(train: corpus)), folder: folder,
                resuming: false, ranks: ranks)
            var asked = 0
            let end = try run.run(
                isStopped: {
                    asked += 1
                    return ranks.rank == 2 && asked == 3
                })
            return (end, run.trainer.step)
        }
        for result in found { #expect(try result.get() == (.stopped, 3)) }
        #expect(RunFolder(path: folder).hasCheckpoint)
    }

    @Test("Other speech in one process is noticed before anything is trained")
    func otherSpeech() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        try FileManager.default.removeItem(atPath: speech.path + "/speech/0.wav")
        let other = try speech.corpus()
        let configuration = try configuration()
        let folder = speech.path + "/run"
        let found = ranks(2) { ranks in
            try TrainingRun(
                configuration.makeTask(TrainingData(train: ranks.leads ? corpus : other)),
                folder: folder, resuming: false, ranks: ranks
            ).run()
        }
        for result in found {
            do {
                _ = try result.get()
                Issue.record("not noticed")
            } catch TrainingError.ranksDiffer(let what, _, _, _) {
                #expect(what == "the training speech")
            }
        }
        #expect(!RunFolder(path: folder).hasCheckpoint)
    }
}

extension TrainingCheckpoint {
    /// Everything but the seconds that it took.
    fileprivate var comparable: [UInt8] {
        get throws {
            var copy = self
            copy.state.secondsTrained = 0
            return try copy.bytes()
        }
    }
}
