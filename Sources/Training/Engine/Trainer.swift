import BLASBackend
import Dispatch
import NeuralNetwork

/// Steps of a task: draws a batch, sums the gradients of its shards, updates the weights.
///
/// The state after step n depends on the configuration and the data only (and on the processor's
/// rounding), not on time, threads or interruptions.
public final class Trainer<Task: TrainingTask> {
    public let task: Task
    let state: TrainingState<Task.Configuration>
    private let reducer: any GradientReducer
    let workers: [(share: BatchShare, graph: Graph<Float>, shard: Task.Shard)]

    /// - Parameters:
    ///   - backend: runs the matrix products; benchmarks pass one that also counts them
    ///   - reducer: sums the gradients
    /// - Throws: what is wrong with the configuration
    public init(
        _ task: Task, backend: any MatrixBackend = BLASBackend(),
        reducer: any GradientReducer = LocalReducer()
    ) throws {
        let configuration = task.configuration
        try configuration.validate()
        if configuration.forward != nil,
            try reducer.shards(of: configuration.shards).count < configuration.shards
        {
            throw TrainingError.badChoice(
                "training by forward passes runs in one process, not in several")
        }
        self.task = task
        self.reducer = reducer
        state = TrainingState(configuration, store: task.store, heldBack: task.heldBack)
        state.controls = task.controls.map(\.value)
        state.speech = task.data.train.identity
        let size = configuration.batch / configuration.shards
        workers = try reducer.shards(of: configuration.shards).map { shard in
            let share = BatchShare(
                shard: shard, items: shard * size..<(shard + 1) * size,
                fraction: Double(size) / Double(configuration.batch))
            return (share, Graph(store: task.store, backend: backend), try task.makeShard())
        }
    }

    public var configuration: Task.Configuration { task.configuration }
    public var store: ParameterStore<Float> { task.store }
    public var step: Int { state.step }
    /// Seconds spent in steps, over all sittings.
    public var secondsTrained: Double { state.secondsTrained }
    public var isFinished: Bool { step >= configuration.totalSteps }
    /// Numbers besides the weights that training moves.
    public var controls: [(name: String, value: Double)] {
        zip(task.controls, state.controls).map { ($0.name, $1) }
    }

    public func restore(
        _ checkpoint: TrainingCheckpoint<Task.Configuration>, path: String
    ) throws { try state.restore(checkpoint, path: path) }
    public func restore(from path: String) throws {
        try restore(TrainingCheckpoint(path: path), path: path)
    }
    public func checkpoint() -> TrainingCheckpoint<Task.Configuration> { state.checkpoint() }
    public func save(to path: String) throws { try checkpoint().write(to: path) }
    /// Takes another path through the data after a step that was not finite.
    public func perturbRandom(by count: UInt64) { state.perturbRandom(by: count) }
    /// Runs `body` with the averaged weights in the store.
    public func withAverage<R>(_ body: () throws -> R) rethrows -> R { try state.withAverage(body) }

    /// One optimiser step. Where it throws, the state is that before the step.
    /// - Returns: what the shards measured, the loss and the norm of its gradient
    public func advance() throws -> Measurements {
        guard let (index, offset) = configuration.phase(at: step) else { return Measurements() }
        let started = DispatchTime.now()
        state.enter(phase: index, offset: offset)
        let phase = configuration.phases[index]
        let moment = Moment(
            step: step, offset: offset, index: index, phase: phase, controls: state.controls)
        // A step that fails has not been: the state is that of the last one.
        let random = state.random
        var isDone = false
        defer { if !isDone { state.random = random } }
        let batch = try task.draw(moment, &state.random)
        if let forward = configuration.forward {
            let measured = try advance(forward, moment, batch)
            isDone = true
            task.steer(&state.controls, measured, phase: phase, step: step)
            count(since: started)
            return measured
        }
        let parts = try InTurns.run(workers.count, threads: workers.count) {
            Measurements()
        } _: { [workers] i, measured in
            let (share, graph, shard) = workers[i]
            graph.reset()
            graph.clearParameterGradients()
            graph.isRecording = true
            guard let loss = try shard.loss(batch, share, graph, &measured) else { return }
            measured.add("loss", Double(loss.data[0]) / share.fraction, weight: share.fraction)
            graph.backward(loss)
        }
        let gradients = workers.map(\.graph.parameterGradients)
        var measured = try reducer.reduce(gradients, parts)
        isDone = true
        guard let gradient = gradients.first else { return measured }
        measured.add(
            "gradient",
            state.optimiser.update(
                store, gradient: gradient, rate: phase.learningRate(offset: offset), configuration))
        state.step += 1
        task.steer(&state.controls, measured, phase: phase, step: step)
        count(since: started)
        return measured
    }

    private func count(since started: DispatchTime) {
        state.secondsTrained +=
            Double(DispatchTime.now().uptimeNanoseconds - started.uptimeNanoseconds) * 1e-9
    }
}
