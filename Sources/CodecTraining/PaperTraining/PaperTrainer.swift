import CMRLCodec
import Dispatch
import NeuralNetwork
import Synchronization

/// Trains a paper network: greedy, then joint (Docs/papers.md, D.2), with the entropy controller of
/// Docs/papers.md, C.
public final class PaperTrainer: ResumableTraining {
    public let configuration: PaperTrainingConfiguration
    public let network: PaperCascade<Float>
    private let state: TrainingState<PaperTrainingConfiguration>
    private let shards: [PaperShard]
    private let sampler: FrameSampler

    public init(_ configuration: PaperTrainingConfiguration, corpus: Corpus) throws {
        try configuration.validate()
        let store = ParameterStore<Float>(seed: configuration.seed)
        let network = PaperCascade(store, configuration.network)
        self.configuration = configuration
        self.network = network
        state = TrainingState(configuration, store: store)
        state.controls = configuration.entropy.targets.map { _ in
            max(configuration.entropy.initial, 0)
        }
        sampler = FrameSampler(corpus)
        shards = try (0..<configuration.shards).map { _ in
            try PaperShard(network, store, configuration)
        }
    }

    public var store: ParameterStore<Float> { state.store }
    public var step: Int { state.step }
    public var secondsTrained: Double { state.secondsTrained }
    /// Weight of every module's entropy.
    public var entropyWeights: [Double] { state.controls }

    public func restore(from path: String) throws {
        try state.restore(try TrainingCheckpoint(path: path), path: path)
    }
    public func save(to path: String) throws { try state.checkpoint().write(to: path) }
    public func perturbRandom(by count: UInt64) { state.perturbRandom(by: count) }
    public func withAverage<R>(_ body: () throws -> R) rethrows -> R { try state.withAverage(body) }

    /// One optimiser step.
    public func advance() throws -> PaperStepReport {
        guard let (index, offset) = configuration.phases.place(of: state.step) else {
            return PaperStepReport()
        }
        let started = DispatchTime.now()
        let phase = configuration.phases[index]
        state.enter(phase: index, offset: offset)
        let frames = sampler.draw(configuration.batch, &state.random)
        let perShard = configuration.batch / configuration.shards
        let quantisation: PaperQuantisation =
            state.step < configuration.unquantisedSteps
            ? .off : phase.hardSymbols == true ? .straightThrough : .soft
        let results = Mutex<[Result<PaperStepReport, any Error>]>(
            Array(repeating: .success(PaperStepReport()), count: shards.count))
        nonisolated(unsafe) let shards = shards
        let weights = state.controls
        let share = 1 / Double(shards.count)
        let size = perShard * PaperFraming.frame
        DispatchQueue.concurrentPerform(iterations: shards.count) { i in
            let result = Result {
                try shards[i].run(
                    Array(frames[i * size..<(i + 1) * size]), phase: phase,
                    quantisation: quantisation, weights: weights, share: share)
            }
            results.withLock { $0[i] = result }
        }
        var report = PaperStepReport()
        for result in results.withLock({ $0 }) { report = report + (try result.get()) }
        let gradient = shards[0].graph.parameterGradients
        for shard in shards.dropFirst() {
            Float.kernels.accScaled(
                shard.graph.parameterGradients.baseAddress, 1, gradient.baseAddress, gradient.count)
        }
        let rate = phase.learningRate(offset: offset)
        report.gradientNorm = state.optimiser.update(
            state.store, gradient: gradient, rate: rate, configuration)
        state.step += 1
        if state.step % configuration.entropy.every == 0 {
            for i in configuration.trainedModules(phase) where i < report.bits.count {
                state.controls[i] = configuration.entropy.next(
                    state.controls[i], entropy: report.bits[i], module: i)
            }
        }
        state.secondsTrained +=
            Double(DispatchTime.now().uptimeNanoseconds - started.uptimeNanoseconds) * 1e-9
        return report
    }
}
