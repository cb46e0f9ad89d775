import CMRLCodec
import Foundation
import GainFilter
import NeuralNetwork
import PerceptualLoss
import TestSupport
import Testing

import Training

/// A tiny post-filter behind a tiny codec, its loss and its discriminator.
@Suite struct PostFilterTrainingTests {
    private static func configuration(codec: String) throws -> PostFilterTrainingConfiguration {
        var network = GainFilterConfiguration()
        (network.size, network.hop, network.pitchSize, network.pitchBins) = (64, 32, 128, 8)
        (network.shortSize, network.shortHop, network.hidden) = (16, 8, 8)
        network.shortKnots = [0, 2, 5]
        let phases = #"""
            [{"name": "one", "steps": 20, "learningRate": 0.01, "finalLearningRate": 0.005,
              "warmup": 5},
             {"name": "two", "steps": 10, "train": ["filter.", "judge."], "learningRate": 0.003,
              "finalLearningRate": 0.001, "warmup": 5, "adversarial": 0.1, "matching": 0.1}]
            """#
        var result = PostFilterTrainingConfiguration(
            name: "tiny", seed: 3, network: network,
            phases: try JSONDecoder().decode(
                [PostFilterTrainingConfiguration.Phase].self, from: Data(phases.utf8)),
            augmentation: Augmentation())
        (result.codec, result.discriminator, result.segmentFrames) = (codec, 4, 90)
        (result.batch, result.versions, result.checkpointEvery) = (4, 1, 1000)
        (result.validationRateIndices, result.averageDecay) = ([60], 0.9)
        return result
    }

    @Test func trainsExportsAndFilters() throws {
        let speech = try Speech()
        let codec = speech.path + "/tiny.nwm"
        try Data(TinyModel.fileBytes()).write(to: URL(fileURLWithPath: codec))
        let configuration = try Self.configuration(codec: codec)
        let corpus = try speech.corpus()
        let data = TrainingData(train: corpus, validation: corpus)
        let folder = RunFolder(path: speech.path + "/run")
        let run = try TrainingRun(
            configuration.makeTask(data), folder: folder.path, resuming: false)
        let before = try #require(try run.validate().first)
        var judged: [Double] = []
        var rows: [Measurements] = []
        let end = try run.run {
            if let value = $0.measured["judge"] { judged.append(value) }
        } validated: {
            rows = $0
        }
        #expect(end == .complete && !judged.isEmpty && judged.allSatisfy(\.isFinite))
        let after = try #require(rows.first)
        let (old, new) = (try #require(before["detail"]), try #require(after["detail"]))
        #expect(new < old - 0.02, "\(old) -> \(new)")
        #expect(after["decoded_detail"] == before["decoded_detail"])

        let checkpoint = try TrainingCheckpoint<PostFilterTrainingConfiguration>(
            path: folder.checkpoint)
        let exported = try PostFilterTrainingConfiguration.export(
            checkpoint, path: folder.checkpoint, corpus: corpus
        ) { _ in }
        let filter = try PostFilter(bytes: exported.bytes)
        let model = try CodecModel(bytes: TinyModel.fileBytes()).adding(filter)
        #expect(model.id == filter.id && filter.parameterCount < checkpoint.average.count)
    }

    /// Parameters of the discriminator move only where a phase says so.
    @Test func theFirstPhaseHasNoJudge() throws {
        let speech = try Speech()
        let codec = speech.path + "/tiny.nwm"
        try Data(TinyModel.fileBytes()).write(to: URL(fileURLWithPath: codec))
        let trainer = try Self.configuration(codec: codec).makeTrainer(
            TrainingData(train: speech.corpus()))
        func judge() -> [Float] {
            trainer.store.parameters.filter { $0.name.hasPrefix("judge.") }.flatMap {
                trainer.store.array($0)
            }
        }
        let first = judge()
        for _ in 0..<20 { _ = try trainer.advance() }
        #expect(judge() == first)
        _ = try trainer.advance()
        #expect(judge() != first)
    }

    private static func signals() -> (x: [Double], y: [Double]) {
        var random = RandomSource(seed: 6)
        let x = (0..<2400).map { i in
            0.1 * sin(0.05 * Double(i)) + 0.05 * random.uniform(-1, 1)
        }
        return (x, x.map { 0.7 * $0 + 0.02 * random.uniform(-1, 1) })
    }

    @Test func gradientsOfDetail() throws {
        let (x, y) = Self.signals()
        let shape = Shape(2, 1200, 1)
        let loss = try SpectralDetailLoss<Double>()
        let result = try GradientCheck(step: 1e-7, stride: 37)([TestArray(shape, y)]) {
            graph, inputs in
            [try loss(graph.input(shape, x), inputs[0], graph)]
        }
        #expect(result.worst < 1e-3, "\(result)")
        let graph = Graph<Double>()
        let same = try loss(graph.input(shape, x), graph.input(shape, x), graph)
        #expect(same.data[0] == 0)
    }

    /// A change of level by g is |log g^2| / 4 in the first part, and 6 |1 - sqrt g| times the mean
    /// root of the magnitudes in the second.
    @Test func detailOfALevel() throws {
        let (x, _) = Self.signals()
        let shape = Shape(1, 2400, 1)
        let graph = Graph<Double>()
        let loss = try SpectralDetailLoss<Double>()
        let quiet = graph.input(shape, x.map { $0 * 0.5 })
        let value = try loss(graph.input(shape, x), quiet, graph).data[0]
        // White noise of 0.05 / sqrt 3 beside a line: roots of magnitudes near
        // (0.029 sqrt(3 / 8))^.5.
        let expected = log(4.0) / 4 + 6 * (1 - 0.5.squareRoot()) * 0.14
        #expect(abs(value - expected) < 0.08, "\(value), not \(expected)")
    }

    @Test func gradientsOfContrast() throws {
        let (x, y) = Self.signals()
        let shape = Shape(2, 1200, 1)
        let loss = try SpectralContrastLoss<Double>()
        let result = try GradientCheck(step: 1e-7, stride: 37)([TestArray(shape, y)]) {
            graph, inputs in
            let parts = loss.distances(
                try loss.features(graph.input(shape, x), graph),
                try loss.features(inputs[0], graph), graph)
            return [parts.time, parts.frequency, parts.standing]
        }
        #expect(result.worst < 1e-3, "\(result)")
    }

    /// Deviations frame by frame, bin by bin; a change of level by g moves the standing part alone,
    /// by |log g^2|.
    @Test func contrastOfALevel() throws {
        let (x, _) = Self.signals()
        let shape = Shape(1, 2400, 1)
        let graph = Graph<Double>()
        let loss = try SpectralContrastLoss<Double>()
        let own = try loss.features(graph.input(shape, x), graph)
        let quiet = try loss.features(graph.input(shape, x.map { $0 * 0.5 }), graph)
        let parts = loss.distances(own, quiet, graph)
        #expect(abs(parts.standing.data[0] - log(4)) < 0.01)
        #expect(parts.time.data[0] < 0.01 && parts.frequency.data[0] < 0.01)

        let frames = (2400 - 64) / 16 + 1
        let levels = (0..<frames).map { t in
            (4..<32).map { k in
                var (re, im) = (0.0, 0.0)
                for n in 0..<64 {
                    let a = 2 * Double.pi * Double(n) / 64
                    let value = x[t * 16 + n] * (0.5 - 0.5 * cos(a))
                    re += value * cos(a * Double(k))
                    im += value * sin(a * Double(k))
                }
                return log((re * re + im * im) / 64 + 3e-8)
            }
        }
        let times = (frames - 12) / 4 + 1
        var slow: [Double] = []
        for t in 0..<times {
            for k in 0..<28 {
                let near = (0..<12).map { levels[4 * t + $0][k] }
                let mean = near.reduce(0, +) / 12
                let variance = near.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 12
                slow.append((variance + 0.1).squareRoot())
            }
        }
        #expect(own.timeValues.count == slow.count)
        #expect(zip(own.timeValues, slow).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    /// Least squares of a discriminator against differences, and cut gradients.
    @Test func gradientsOfTheDiscriminator() throws {
        let (x, _) = Self.signals()
        let store = ParameterStore<Double>(seed: 4)
        let network = SpectrogramDiscriminator(store, width: 3)
        let transforms = try SpectrogramDiscriminator<Double>.transforms()
        let shape = Shape(1, 1200, 1)
        func check(learns: Bool, _ inputs: [TestArray], _ store: ParameterStore<Double>) throws
            -> GradientCheck.Result
        {
            try GradientCheck(step: 1e-7, stride: 211)(inputs, store: store) { graph, inputs in
                let y = inputs.first ?? graph.input(shape, Array(x[..<1200]))
                let opinions = try network(y, learns: learns, transforms, graph)
                return [network.distance(opinions, from: 1, graph)]
            }
        }
        let learnt = try check(learns: true, [], store)
        #expect(learnt.worst < 1e-3 && learnt.count > 20, "\(learnt)")
        let graph = Graph(store: store)
        let sound = graph.input(shape, Array(x[..<1200]), tracked: true)
        graph.backward(
            network.distance(
                try network(sound, learns: false, transforms, graph), from: 1, graph))
        #expect(graph.parameterGradients.allSatisfy { $0 == 0 })
        #expect(sound.gradientArray?.contains { $0 != 0 } == true)
    }
}
