import BLASBackend
import CMRLCodec
import Dispatch
import Foundation
import NeuralNetwork
import Synchronization

/// Runs a training configuration: draws segments, steps, validates, writes curves and checkpoints
/// into a folder.
///
/// The state after step n depends on the configuration and the data only (and on the processor's
/// rounding), not on time, threads or interruptions.
public final class Trainer: ResumableTraining {
    public let configuration: TrainingConfiguration
    public let store: ParameterStore<Float>
    public let network: CodecNetwork<Float>
    private let state: TrainingState<TrainingConfiguration>
    private let shards: [TrainingShard]
    private let corpus: Corpus
    private let noise: Corpus?

    public var step: Int { state.step }
    public var secondsTrained: Double { state.secondsTrained }

    /// - Parameters:
    ///   - noise: background noise, for phases whose augmentation asks for it
    ///   - backend: runs the matrix products; benchmarks pass one that also counts them
    public init(
        _ configuration: TrainingConfiguration, corpus: Corpus, noise: Corpus? = nil,
        backend: any MatrixBackend = BLASBackend()
    ) throws {
        try configuration.validate()
        self.noise = noise
        self.configuration = configuration
        self.corpus = corpus
        let store = ParameterStore<Float>(seed: configuration.seed)
        self.store = store
        let network = CodecNetwork(store, configuration.network)
        self.network = network
        // A lapped transform that stays as computed is trained only where a phase says so.
        state = TrainingState(configuration, store: store, excluded: "transform")
        shards = try (0..<configuration.shards).map { _ in
            try TrainingShard(network, store, configuration, backend: backend)
        }
    }

    /// Parameters in all, and those that a model file needs (a transform that stays as computed is
    /// not counted).
    public var parameterCount: Int { store.count }

    public var isFinished: Bool { step >= configuration.totalSteps }

    public func restore(_ checkpoint: Checkpoint, path: String) throws {
        try state.restore(checkpoint, path: path)
    }
    public func restore(from path: String) throws {
        try restore(try Checkpoint(path: path), path: path)
    }
    public func checkpoint() -> Checkpoint { state.checkpoint() }
    public func save(to path: String) throws { try checkpoint().write(to: path) }
    public func perturbRandom(by count: UInt64) { state.perturbRandom(by: count) }

    /// One optimiser step.
    public func advance() throws -> StepReport {
        guard let (index, offset) = configuration.phase(at: state.step) else { return StepReport() }
        let started = DispatchTime.now()
        state.enter(phase: index, offset: offset)
        let phase = configuration.phases[index]
        if phase.needsNoise, noise == nil { throw TrainingError.noNoise(phase: phase.name) }
        let segments = configuration.drawSegments(
            corpus, noise: noise, phase.augmentation, &state.random)
        let layers =
            phase.randomLayers == true ? 1 + state.random.below(phase.layers) : phase.layers
        let positions = (0..<configuration.batch).map { _ in
            drawPositions(layers, distance: phase.layerDistance)
        }
        let seed = state.random.next()
        let hard = phase.hardSymbols == true
        let loss = phase.loss ?? configuration.loss
        let perShard = configuration.batch / configuration.shards
        let signs = configuration.randomSigns(phase: index)
        let results = Mutex<[Result<StepReport, any Error>]>(
            Array(repeating: .success(StepReport()), count: shards.count))
        nonisolated(unsafe) let shards = shards
        DispatchQueue.concurrentPerform(iterations: shards.count) { i in
            let result = Result {
                try shards[i].run(
                    segments, first: i * perShard, count: perShard, positions: positions,
                    layers: layers, hard: hard,
                    randomSigns: signs, loss: loss,
                    seed: seed &+ UInt64(i) &* 0x9e37_79b9)
            }
            results.withLock { $0[i] = result }
        }
        var report = StepReport()
        for result in results.withLock({ $0 }) { report = report + (try result.get()) }
        let gradient = shards[0].graph.parameterGradients
        for shard in shards.dropFirst() {
            Float.kernels.accScaled(
                shard.graph.parameterGradients.baseAddress, 1, gradient.baseAddress, gradient.count)
        }
        report.gradientNorm = state.optimiser.update(
            store, gradient: gradient,
            rate: configuration.learningRate(phase: phase, offset: offset), configuration)
        state.step += 1
        state.secondsTrained +=
            Double(DispatchTime.now().uptimeNanoseconds - started.uptimeNanoseconds) * 1e-9
        return report
    }

    /// A position for every module: uniform for one; for several each at least 0.1 above the one
    /// below, or the top one uniform and every other `distance` below the next.
    private func drawPositions(_ layers: Int, distance: Double?) -> [Double] {
        if let distance {
            let top = state.random.uniform(0, 1)
            return (0..<layers).map { max(0, top - Double(layers - 1 - $0) * distance) }
        }
        var result: [Double] = []
        var low = 0.0
        for layer in 0..<layers {
            let high = 1 - 0.12 * Double(layers - 1 - layer)
            let value = state.random.uniform(low, max(low, high))
            result.append(value)
            low = min(value + 0.1, 1)
        }
        return result
    }

    /// Runs `body` with the averaged weights in the store.
    public func withAverage<R>(_ body: () throws -> R) rethrows -> R { try state.withAverage(body) }
}
