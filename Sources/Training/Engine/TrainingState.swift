import NeuralNetwork

/// What moves during training: weights, optimiser, random numbers, step.
package final class TrainingState<Schedule: TrainingSchedule> {
    package let configuration: Schedule
    package let store: ParameterStore<Float>
    let optimiser: Optimiser
    package var random: RandomSource
    package var step = 0
    var secondsTrained = 0.0
    /// Numbers besides the weights that training moves.
    var controls: [Double] = []
    /// Where training by forward passes stands; nil = it has not begun, or trains otherwise.
    var tuner: Tuner?
    /// The last loss of it that was a number.
    var lastLoss = 0.0
    /// The training speech.
    var speech: Corpus.Identity?
    private var phaseIndex: Int?
    private let heldBack: String?

    /// - Parameter heldBack: prefix of the names of parameters that are trained only where a phase
    ///   names them
    package init(_ configuration: Schedule, store: ParameterStore<Float>, heldBack: String? = nil) {
        self.configuration = configuration
        self.store = store
        self.heldBack = heldBack
        random = RandomSource(seed: configuration.seed ^ 0x5eed)
        optimiser = Optimiser(values: store.values)
    }

    /// - Parameter path: for messages
    /// - Throws: `TrainingError.badCheckpoint` when it belongs to another network; nothing is
    ///   changed then
    package func restore(_ checkpoint: TrainingCheckpoint<Schedule>, path: String)
        throws(TrainingError)
    {
        try checkpoint.check(parameters: store.parameters, path: path)
        let controls = checkpoint.state.controls ?? []
        guard controls.count == self.controls.count else {
            throw .badCheckpoint(
                path: path,
                reason: "\(controls.count) controls, the configuration has \(self.controls.count)")
        }
        let tuned = store.parameters.filter { isTrained($0, phase: 0) }
        try checkpoint.state.tuner?.check(
            count: tuned.reduce(0) { $0 + $1.count }, settings: configuration.forward, path: path)
        tuner = checkpoint.state.tuner
        store.assign(checkpoint.values)
        optimiser.firstMoment.assign(checkpoint.firstMoment)
        optimiser.secondMoment.assign(checkpoint.secondMoment)
        optimiser.average.assign(checkpoint.average)
        optimiser.updates = checkpoint.state.updates
        step = checkpoint.state.step
        random = checkpoint.state.random
        secondsTrained = checkpoint.state.secondsTrained
        self.controls = controls
        phaseIndex = nil
        // The phase that the next step belongs to is entered without clearing the optimiser unless
        // that step is its first.
        if let phase = configuration.phase(at: step), phase.offset > 0 {
            freeze(phase: phase.index)
        }
    }

    package func checkpoint() -> TrainingCheckpoint<Schedule> {
        let state = TrainingCheckpoint<Schedule>.State(
            configuration: configuration, step: step, random: random, updates: optimiser.updates,
            secondsTrained: secondsTrained,
            parameterNames: store.parameters.map(\.name),
            parameterCounts: store.parameters.map(\.count),
            controls: controls.isEmpty ? nil : controls, speech: speech, tuner: tuner)
        return TrainingCheckpoint(state: state, values: store.values, optimiser: optimiser)
    }

    /// Before a step: freezes what its phase does not train, and clears the optimiser at the start
    /// of a phase.
    package func enter(phase index: Int, offset: Int) {
        guard index != phaseIndex else { return }
        freeze(phase: index)
        if offset == 0 { optimiser.restart() }
    }

    private func freeze(phase index: Int) {
        phaseIndex = index
        store.setFrozen(true) { _ in true }
        store.setFrozen(false) { isTrained($0, phase: index) }
    }

    private func isTrained(_ parameter: Parameter, phase index: Int) -> Bool {
        guard configuration.phases.indices.contains(index) else { return false }
        return configuration.phases[index].train.map {
            $0.contains { parameter.name.hasPrefix($0) }
        } ?? !(heldBack.map { parameter.name.hasPrefix($0) } ?? false)
    }

    /// Takes another path through the data after a step that was not finite.
    package func perturbRandom(by count: UInt64) { for _ in 0..<count { _ = random.next() } }

    /// Runs `body` with the averaged weights in the store.
    func withAverage<R>(_ body: () throws -> R) rethrows -> R {
        let kept = store.values
        store.assign(optimiser.average.array)
        defer { store.assign(kept) }
        return try body()
    }
}
