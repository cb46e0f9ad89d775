import CMRLCodec
import Training
import Foundation
import NeuralNetwork
import Testing

/// Checkpoints as files, and what is refused before it goes into a network.
@Suite struct CheckpointTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// A state of two parameters behind some steps.
    static func state() throws -> TrainingState<CodecTrainingConfiguration> {
        let store = ParameterStore<Float>(seed: 1)
        _ = store.add("a", [3], values: [0.5, -0.25, 1])
        _ = store.add("b", [3], values: [1, 2, 3])
        let state = TrainingState(try TrainerTests.configuration(), store: store)
        state.step = 3
        return state
    }

    /// What is said about a checkpoint; nil = it is read.
    static func problem(_ change: (inout CodecCheckpoint) -> Void) throws -> String? {
        var checkpoint = try state().checkpoint()
        change(&checkpoint)
        do {
            try state().restore(try CodecCheckpoint(checkpoint.bytes(), path: "x"), path: "x")
            return nil
        } catch { return "\(error)" }
    }

    @Test func everyFlippedByteIsFound() throws {
        let bytes = try Self.state().checkpoint().bytes()
        #expect(try CodecCheckpoint(bytes, path: "x").state == Self.state().checkpoint().state)
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= UInt8(1 << (place % 8))
            #expect(throws: TrainingError.self, "byte \(place)") {
                try CodecCheckpoint(damaged, path: "x")
            }
        }
        for length in 0..<bytes.count {
            #expect(throws: TrainingError.self, "\(length) bytes") {
                try CodecCheckpoint(Array(bytes[..<length]), path: "x")
            }
        }
        var damaged = bytes
        damaged[bytes.count - 40] ^= 1
        do {
            _ = try CodecCheckpoint(damaged, path: "x")
        } catch { #expect("\(error)".hasPrefix("checkpoint x: damaged: SHA-256 begins ")) }
    }

    /// What the network computes is left out as long as nothing moved it, and comes back bit for
    /// bit.
    @Test func computedParametersAreLeftOut() throws {
        let configuration = try TrainerTests.configuration()
        let store = ParameterStore<Float>(seed: 1)
        _ = CodecNetwork(store, configuration.network)
        let state = TrainingState(configuration, store: store)
        state.step = 3
        let checkpoint = state.checkpoint()
        let bytes = try checkpoint.bytes()
        let hop = configuration.network.hop
        let whole = 16 * checkpoint.values.count
        #expect(bytes.count > whole - 16 * 4 * hop * hop && bytes.count < whole)
        let read = try CodecCheckpoint(bytes, path: "x")
        #expect(read.state == checkpoint.state && read.values == checkpoint.values)
        #expect(read.average == checkpoint.average)
        #expect(read.firstMoment == checkpoint.firstMoment)
        #expect(read.secondMoment == checkpoint.secondMoment)
        var moved = checkpoint
        let place = try #require(moved.values.firstIndex { $0 > 0.01 })
        moved.values[place] = moved.values[place].nextUp
        let kept = try CodecCheckpoint(moved.bytes(), path: "x")
        #expect(try moved.bytes().count > bytes.count && kept.values == moved.values)
    }

    /// Files of version 1 have no checksum; the checkpoint of the built-in model is one.
    @Test func versionOneIsRead() throws {
        let checkpoint = try Self.state().checkpoint()
        var older = try Array(checkpoint.bytes().dropLast(32))
        older[7] = UInt8(ascii: "1")
        let read = try CodecCheckpoint(older, path: "x")
        #expect(
            read.state == checkpoint.state && read.values == checkpoint.values
                && read.average == checkpoint.average)
        let shipped = try CodecCheckpoint(path: Self.root + "/Training/default/checkpoint.nwck")
        #expect(shipped.state.step == 52_250 && shipped.values.count == 774_416)
        let again = try CodecCheckpoint(shipped.bytes(), path: "x")
        #expect(again.state == shipped.state && again.secondMoment == shipped.secondMoment)
    }

    @Test func impossibleStatesAreRefused() throws {
        #expect(try Self.problem { _ in } == nil)
        #expect(
            try Self.problem { $0.state.step = -1 }
                == "checkpoint x: step is -1, possible are 0 ... 14")
        #expect(
            try Self.problem { $0.state.step = .max }
                == "checkpoint x: step is 9223372036854775807, possible are 0 ... 14")
        #expect(
            try Self.problem { $0.state.updates = .max }
                == "checkpoint x: updates is 9223372036854775807, possible are 0 ... 3")
        #expect(
            try Self.problem { $0.state.secondsTrained = -5 }?.contains("secondsTrained is -5.0")
                == true)
        #expect(
            try Self.problem { $0.state.configuration.network.hop = 0 }?.contains("hop is 0")
                == true)
        // Corpora have one channel.
        #expect(
            try Self.problem { $0.state.configuration.network.signal.channels = 2 }?.contains(
                "network.channels is 2, possible are 1 ... 1") == true)
        #expect(
            try Self.problem { $0.state.configuration.loss.lambda = -1 }?.contains(
                "loss.lambda is -1.0") == true)
        #expect(
            try Self.problem { $0.secondMoment[2] = .infinity }
                == "checkpoint x: number 2 of the second moment is inf")
        #expect(
            try Self.problem { $0.state.controls = [1] }
                == "checkpoint x: 1 controls, the configuration has 0")
    }

    /// Names and numbers of values of all parameters, in the order of the network; what is refused
    /// changes nothing.
    @Test func otherParametersAreRefused() throws {
        #expect(
            try Self.problem { $0.state.parameterNames.swapAt(0, 1) }?.contains(
                "parameter 0 is b of 3 numbers") == true)
        #expect(
            try Self.problem { $0.state.parameterCounts = [2, 4] }?.contains(
                "parameter 0 is a of 2 numbers") == true)
        #expect(
            try Self.problem { $0.state.parameterNames = ["a"] }?.contains("1 names of parameters")
                == true)
        var checkpoint = try Self.state().checkpoint()
        (checkpoint.state.parameterNames, checkpoint.state.parameterCounts) = (["a"], [6])
        checkpoint.values = [9, 9, 9, 9, 9, 9]
        let state = try Self.state()
        let before = state.store.values
        #expect(throws: TrainingError.self) { try state.restore(checkpoint, path: "x") }
        #expect(state.store.values == before && state.step == 3)
    }

    /// An export would otherwise trap, or write a scrambled model.
    @Test func exportComparesParameters() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let trainer = try TrainerTests.configuration().makeTrainer(TrainingData(train: corpus))
        func problem(_ change: (inout CodecCheckpoint) throws -> Void) rethrows -> String {
            var checkpoint = trainer.checkpoint()
            try change(&checkpoint)
            do {
                _ = try ModelExport(checkpoint: checkpoint, path: "x").run(corpus: corpus) { _ in }
                return "exported"
            } catch { return "\(error)" }
        }
        #expect(
            problem { $0.state.configuration.network.modules[0].hidden += 1 }.hasPrefix(
                "checkpoint x: "))
        let state = trainer.checkpoint().state
        let first = try #require(
            state.parameterNames.firstIndex(of: "module1.encoder.0.enter.weight"))
        let second = try #require(
            state.parameterNames.firstIndex(of: "module1.decoder.0.enter.weight"))
        #expect(state.parameterCounts[first] == state.parameterCounts[second])
        #expect(
            problem { $0.state.parameterNames.swapAt(first, second) }.contains(
                "parameter \(first) is module1.decoder.0.enter.weight"))
    }

    /// The old file stays until the new one is whole; nothing lies beside it.
    @Test func writing() throws {
        let speech = try Speech()
        let folder = speech.path + "/speech"
        let path = folder + "/c.nwck"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let state = try Self.state()
        try state.checkpoint().write(to: path)
        state.step = 5
        try state.checkpoint().write(to: path)
        #expect(try CodecCheckpoint(path: path).state.step == 5)
        #expect(
            try Set(FileManager.default.contentsOfDirectory(atPath: folder))
                == Set(names + ["c.nwck"]))
        #expect(throws: TrainingError.self) {
            try state.checkpoint().write(to: folder + "/absent/c.nwck")
        }
        #expect(throws: TrainingError.self) { try state.checkpoint().write(to: folder) }
        #expect(
            try Set(FileManager.default.contentsOfDirectory(atPath: folder))
                == Set(names + ["c.nwck"]))
    }
}
