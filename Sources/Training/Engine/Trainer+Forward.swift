import ForwardTuning
import NeuralNetwork

extension Trainer {
    /// A step by forward passes alone: nothing is recorded, and only one item of a share is in
    /// memory at a time. All losses of a step are of the same batch.
    func advance(
        _ forward: ForwardSettings, _ moment: Moment<Task.Configuration.Phase>,
        _ batch: Task.Batch
    ) throws -> Measurements {
        let tuned = store.parameters.filter { !store.isFrozen($0) }
        let isOnGrid = forward.method == .quzo
        var measured = Measurements()
        func evaluate(_ values: [Float]) throws -> Double {
            put(values, in: tuned)
            measured = try self.measured(batch)
            return measured.loss
        }
        if state.tuner == nil {
            let start = tuned.flatMap(store.array)
            let mask = try task.forwardMask(moment, &state.random) { other in
                let radius = isOnGrid ? forward.radius * forward.gridStep : forward.radius
                return try TaskImportance.gradient(
                    at: start, radius: radius, queries: Self.maskQueries,
                    seed: configuration.seed
                ) {
                    put($0, in: tuned)
                    return try self.measured(other).loss
                }
            }
            state.tuner = Tuner(forward, start, seed: configuration.seed, mask: mask)
        }
        guard var tuner = state.tuner else { return measured }
        // Not while the tuner is moved: a loss may throw.
        state.tuner = nil
        defer { state.tuner = tuner }
        let report = try tuner.advance(
            rate: moment.phase.learningRate(offset: moment.offset), gridStep: forward.gridStep,
            evaluate)
        put(tuner.values(gridStep: forward.gridStep), in: tuned)
        // Integers have no average that is one, and what was given up is in none.
        average(tuned, keeping: isOnGrid || report.wentBack ? 0 : configuration.averageDecay)
        state.step += 1
        // Where a loss was no number the tuner has gone back by itself.
        if report.loss.isFinite { state.lastLoss = report.loss }
        measured.set("loss", state.lastLoss)
        measured.set("gradient", report.norm)
        measured.set("passes", Double(tuner.evaluations))
        measured.set("step_factor", tuner.factor)
        return measured
    }

    /// Directions that a mask is found with.
    private static var maskQueries: Int { 64 }

    private func put(_ values: [Float], in parameters: [Parameter]) {
        var next = 0
        for parameter in parameters {
            store.set(parameter, Array(values[next..<next + parameter.count]))
            next += parameter.count
        }
    }

    /// Moves the averages of parameters towards what they are now.
    /// - Parameter share: what is kept of the averages
    private func average(_ parameters: [Parameter], keeping share: Double) {
        let average = state.optimiser.average.pointer
        let keep = Float(share)
        for parameter in parameters {
            for i in parameter.offset..<parameter.offset + parameter.count {
                average[i] = keep * average[i] + (1 - keep) * store.pointer[i]
            }
        }
    }

    /// Loss and terms of a batch under the weights in the store.
    private func measured(_ batch: Task.Batch) throws -> Measurements {
        let parts = try InTurns.run(workers.count, threads: workers.count) {
            Measurements()
        } _: { [workers] i, measured in
            let (share, graph, shard) = workers[i]
            graph.isRecording = false
            var sum = 0.0
            for item in share.items {
                graph.reset()
                let own = BatchShare(
                    shard: item, items: item..<item + 1,
                    fraction: share.fraction / Double(share.items.count))
                guard let loss = try shard.loss(batch, own, graph, &measured) else { continue }
                sum += Double(loss.data[0])
            }
            measured.add("loss", sum / share.fraction, weight: share.fraction)
        }
        return parts.reduce(into: Measurements()) { $0 += $1 }
    }
}
