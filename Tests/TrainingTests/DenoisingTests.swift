import AudioFile
import Enhancement
import Foundation
import GainFilter
import NeuralNetwork
import Testing
import Training

/// A tiny denoiser: from noisy mixtures to a model file that runs.
@Suite struct DenoisingTests {
    private static func configuration() throws -> DenoiserTrainingConfiguration {
        var network = GainFilterConfiguration()
        (network.hidden, network.layers, network.pitchBins, network.bound) = (12, 0, 0, 4)
        let phase =
            #"""
            {"name": "one", "steps": 60, "learningRate": 0.01, "finalLearningRate": 0.001, \#
            "warmup": 5}
            """#
        var augmentation = Augmentation()
        (augmentation.noiseProbability, augmentation.lowestSNR, augmentation.highestSNR) = (1, 0, 6)
        var result = DenoiserTrainingConfiguration(
            name: "tiny", seed: 3, network: network,
            phases: [
                try JSONDecoder().decode(
                    DenoiserTrainingConfiguration.Phase.self, from: Data(phase.utf8))
            ], augmentation: augmentation)
        (result.segmentFrames, result.batch, result.checkpointEvery) = (60, 4, 1000)
        (result.validationSNRs, result.averageDecay) = ([3], 0.9)
        return result
    }

    /// White noise beside the voices.
    private static func data(_ speech: Speech) throws -> TrainingData {
        let folder = speech.path + "/noise"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        var random = RandomSource(seed: 5)
        let writer = try AudioWriter(
            path: folder + "/white.wav",
            settings: AudioWriter.Settings(
                container: .wav, encoding: .signed16, sampleRate: 16000, channels: 1))
        try writer.write(
            planar: [(0..<30_000).map { _ in Float(random.uniform(-0.1, 0.1)) }])
        try writer.finish()
        let corpus = try speech.corpus()
        return TrainingData(train: corpus, noise: try Corpus(folder: folder), validation: corpus)
    }

    @Test func trainsExportsAndRuns() throws {
        let speech = try Speech()
        let configuration = try Self.configuration()
        let data = try Self.data(speech)
        let folder = RunFolder(path: speech.path + "/run")
        let run = try TrainingRun(
            configuration.makeTask(data), folder: folder.path, resuming: false)
        let before = try #require(try run.validate().first)
        var losses: [Double] = []
        var rows: [Measurements] = []
        let end = try run.run {
            losses.append($0.measured.loss)
        } validated: {
            rows = $0
        }
        #expect(end == .complete && losses.count == 2 && losses[1] < losses[0] - 0.1, "\(losses)")
        let after = try #require(rows.first)
        func number(_ row: Measurements, _ name: String) throws -> Double {
            try #require(row[name])
        }
        #expect(try number(after, "snr_db") > 4, "\(after)")
        #expect(try number(after, "weighted") < number(before, "weighted") - 0.1)
        #expect(try number(after, "detail") < number(after, "noisy_detail") - 0.1)

        let type = try ConfigurationFile.family(ofCheckpoint: folder.checkpoint)
        #expect(type is DenoiserTrainingConfiguration.Type)
        let checkpoint = try TrainingCheckpoint<DenoiserTrainingConfiguration>(
            path: folder.checkpoint)
        let exported = try DenoiserTrainingConfiguration.export(
            checkpoint, path: folder.checkpoint, corpus: data.train
        ) { _ in }
        let model = try Denoiser(bytes: exported.bytes)
        var random = RandomSource(seed: 8)
        let clean = (0..<8010).map { Float(0.2 * sin(2 * .pi * 220 * Double($0) / 16000)) }
        let noisy = clean.map { $0 + Float(random.uniform(-0.1, 0.1)) }
        let output = model.process(noisy)
        let weaker = model.process(noisy, strength: 0.5)
        #expect(output.count == noisy.count && model.process([]).isEmpty)
        func error(_ x: [Float]) -> Float {
            zip(x, clean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        #expect(error(output) < 0.6 * error(noisy), "\(error(output)) of \(error(noisy))")
        let isBetween = weaker != output && error(weaker) < error(noisy)
        #expect(isBetween)
        let stream = DenoiserStream(model)
        var pieces: [Float] = []
        for start in stride(from: 0, to: noisy.count, by: 700) {
            pieces += stream.step(Array(noisy[start..<min(start + 700, noisy.count)]))
        }
        pieces += stream.finish()
        let isSame = pieces == output
        #expect(isSame)
        #expect(stream.energyKept > 0 && stream.energyRemoved > 0)
    }

    @Test func mistakes() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        let task = try Self.configuration().makeTask(TrainingData(train: corpus))
        #expect(throws: TrainingError.noNoise(phase: "one")) {
            try TrainingRun(task, folder: speech.path + "/run", resuming: false)
        }
        #expect(throws: TrainingError.self) { try Trainer(task).advance() }
        var configuration = try Self.configuration()
        configuration.augmentation.noiseProbability = 0
        #expect(throws: (any Error).self) { try configuration.validate() }
        configuration = try Self.configuration()
        configuration.network.hidden = 0
        #expect(throws: GainFilterError.configuration("hidden is 0, possible are 1...1024")) {
            try configuration.validate()
        }
        configuration = try Self.configuration()
        configuration.network.layers = 1
        #expect(throws: (any Error).self) { try configuration.validate() }
        #expect(throws: (any Error).self) {
            try Denoiser(
                bytes: [UInt8](
                    Data(
                        contentsOf: URL(
                            fileURLWithPath: CheckpointTests.root + "/TestVectors/codec/tiny.nwm")))
            )
        }
    }
}
