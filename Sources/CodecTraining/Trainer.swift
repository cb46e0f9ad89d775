import BLASBackend
import CMRLCodec
import Dispatch
import Foundation
import NeuralNetwork
import Synchronization

/// Runs a training configuration: draws segments, steps, validates, writes curves and checkpoints into a folder.
///
/// The state after step n depends on the configuration and the data only (and on the processor's rounding), not on time, threads or interruptions.
public final class Trainer {
    public let configuration: TrainingConfiguration
    public let store: ParameterStore<Float>
    public let network: CodecNetwork<Float>
    public private(set) var step = 0
    public private(set) var secondsTrained = 0.0
    private var random: RandomSource
    private let optimiser: Optimiser
    private let shards: [TrainingShard]
    private let corpus: Corpus
    private var phaseIndex: Int?

    /// - Parameter backend: runs the matrix products; benchmarks pass one that also counts them.
    public init(_ configuration: TrainingConfiguration, corpus: Corpus, backend: any MatrixBackend = BLASBackend()) throws {
        try configuration.network.validate()
        self.configuration = configuration
        self.corpus = corpus
        let store = ParameterStore<Float>(seed: configuration.seed)
        self.store = store
        let network = CodecNetwork(store, configuration.network)
        self.network = network
        random = RandomSource(seed: configuration.seed ^ 0x5eed)
        optimiser = Optimiser(values: store.values)
        shards = try (0..<configuration.shards).map { _ in try TrainingShard(network, store, configuration, backend: backend) }
    }

    /// Parameters in all, and those that a model file needs (a transform that stays as computed is not counted).
    public var parameterCount: Int { store.count }

    public var isFinished: Bool { step >= configuration.totalSteps }

    public func restore(_ checkpoint: Checkpoint, path: String) throws {
        let names = store.parameters.map(\.name), counts = store.parameters.map(\.count)
        guard checkpoint.state.parameterNames == names, checkpoint.state.parameterCounts == counts else {
            throw TrainingError.badCheckpoint(path: path, reason: "its parameters are not those of the configuration")
        }
        store.assign(checkpoint.values)
        optimiser.firstMoment.assign(checkpoint.firstMoment)
        optimiser.secondMoment.assign(checkpoint.secondMoment)
        optimiser.average.assign(checkpoint.average)
        optimiser.updates = checkpoint.state.updates
        step = checkpoint.state.step
        random = checkpoint.state.random
        secondsTrained = checkpoint.state.secondsTrained
        // The phase that the next step belongs to is entered without clearing the optimiser unless that step is its first.
        if let phase = configuration.phase(at: step), phase.offset > 0 { enter(phase: phase.index) }
    }

    public func checkpoint() -> Checkpoint {
        let state = Checkpoint.State(
            configuration: configuration, step: step, random: random, updates: optimiser.updates, secondsTrained: secondsTrained,
            parameterNames: store.parameters.map(\.name), parameterCounts: store.parameters.map(\.count))
        return Checkpoint(state: state, values: store.values, optimiser: optimiser)
    }

    /// Takes another path through the data after a step that was not finite.
    func perturbRandom(by count: UInt64) { for _ in 0..<count { _ = random.next() } }

    private func enter(phase index: Int) {
        phaseIndex = index
        let prefixes = configuration.phases[index].train
        store.setFrozen(true) { _ in true }
        store.setFrozen(false) { parameter in
            prefixes.map { $0.contains { parameter.name.hasPrefix($0) } } ?? !parameter.name.hasPrefix("transform")
        }
    }

    /// One optimiser step.
    public func advance() throws -> StepReport {
        guard let (index, offset) = configuration.phase(at: step) else { return StepReport() }
        let started = DispatchTime.now()
        if index != phaseIndex {
            enter(phase: index)
            if offset == 0 { optimiser.restart() }
        }
        let phase = configuration.phases[index]
        let segments = configuration.drawSegments(corpus, &random)
        let layers = phase.randomLayers == true ? 1 + random.below(phase.layers) : phase.layers
        let positions = (0..<configuration.batch).map { _ in drawPositions(layers) }
        let seed = random.next(), hard = phase.hardSymbols == true
        let perShard = configuration.batch / configuration.shards
        let results = Mutex<[Result<StepReport, any Error>]>(Array(repeating: .success(StepReport()), count: shards.count))
        nonisolated(unsafe) let shards = shards
        DispatchQueue.concurrentPerform(iterations: shards.count) { i in
            let result = Result {
                try shards[i].run(
                    segments, first: i * perShard, count: perShard, positions: positions, layers: layers, hard: hard, seed: seed &+ UInt64(i) &* 0x9e37_79b9)
            }
            results.withLock { $0[i] = result }
        }
        var report = StepReport()
        for result in results.withLock({ $0 }) { report = report + (try result.get()) }
        let gradient = shards[0].graph.parameterGradients
        for shard in shards.dropFirst() {
            Float.kernels.accScaled(shard.graph.parameterGradients.baseAddress, 1, gradient.baseAddress, gradient.count)
        }
        report.gradientNorm = optimiser.update(
            store, gradient: gradient, rate: configuration.learningRate(phase: phase, offset: offset), configuration)
        step += 1
        secondsTrained += Double(DispatchTime.now().uptimeNanoseconds - started.uptimeNanoseconds) * 1e-9
        return report
    }

    /// A position for every module: uniform for one; for several each at least 0.1 above the one below.
    private func drawPositions(_ layers: Int) -> [Double] {
        var result: [Double] = [], low = 0.0
        for layer in 0..<layers {
            let high = 1 - 0.12 * Double(layers - 1 - layer)
            let value = random.uniform(low, max(low, high))
            result.append(value)
            low = min(value + 0.1, 1)
        }
        return result
    }

    /// Runs `body` with the averaged weights in the store.
    public func withAverage<R>(_ body: () throws -> R) rethrows -> R {
        let kept = store.values
        store.assign(optimiser.average.array)
        defer { store.assign(kept) }
        return try body()
    }
}
