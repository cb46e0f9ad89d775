import Training
import Foundation
import NeuralNetwork

/// Whole training steps of a configuration (drawing segments, forward, backward, losses, optimiser)
/// against matrix products on as many threads.
struct TrainingStepBenchmark {
    let configuration: CodecTrainingConfiguration
    let corpus: Corpus

    /// - Parameters:
    ///   - path: a training configuration
    ///   - speech: folder with speech
    init(configuration path: String, speech: String) throws {
        configuration = try JSONDecoder().decode(
            CodecTrainingConfiguration.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        corpus = try Corpus(folder: speech, minimumSamples: configuration.segmentSamples / 2)
    }

    /// Multiply-adds of one step's matrix products, counted while they run. Element-wise work and
    /// Fourier transforms of the losses are not counted.
    func multiplyAdds() throws -> Int {
        let backend = CountingBackend()
        let trainer = try Trainer(
            CodecTask(configuration, TrainingData(train: corpus)), backend: backend)
        _ = try trainer.advance()
        return backend.counter.count.load(ordering: .relaxed)
    }

    func run(rounds: Int, steps: Int, reference: MatrixReference) throws -> [Row] {
        let work = Double(try multiplyAdds() * steps)
        let trainer = try configuration.makeTrainer(TrainingData(train: corpus))
        var costs = PairedCost()
        try costs.measure(rounds: rounds) {
            let start = Clock.now()
            for _ in 0..<steps { _ = try trainer.advance() }
            return Clock.cost(since: start)
        } reference: {
            reference.run()
        }
        let audio = Double(configuration.batch * configuration.segmentSamples * steps) / 16000
        print(
            """
            training step: \(Int(work) / steps / 1_000_000) million multiply-adds in matrix \
            products, \(configuration.shards) threads
            """
        )
        print(
            """
            audio-seconds per second: \(costs.subject.map { audio / $0.wall }.median) by \
            wall, \(costs.subject.map { audio / $0.processor }.median) a core
            """
        )
        return [
            Row(
                group: "training", name: "step of \(configuration.name)", costs: costs,
                subjectWork: work,
                referenceWork: MatrixReference.multiplyAdds * Double(reference.threads),
                unit: "GMAC/s", scale: 1e-9, target: 0.25)
        ]
    }
}
