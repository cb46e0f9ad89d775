import BLASBackend
import CMRLCodec
import NeuralNetwork

extension CodecTask {
    /// Means over the clips at one choice of rate positions, hard symbols. `weighted` has the
    /// exponent of the configuration's `loss` in every phase, so that a run's values can be
    /// compared; kbit/s are entropies, 1 k = 1000, all clips together. `loss` is what the last
    /// phase of one module makes small, in all phases.
    public var validationColumns: [Column] {
        [
            Column("layers", "layers %.0f", isChoice: true),
            Column("position", "position %.2f", isChoice: true), Column("loss", "loss %.3f"),
            Column("kbps", "%.2f kbit/s"), Column("envelope_kbps", "(envelope %.2f)"),
        ] + ClipMeasures.columns
    }

    /// One module at five positions, and all that the phase runs at three.
    public func validate(steps: Int) throws -> [Measurements] {
        guard let corpus = data.validation else { return [] }
        let layers = configuration.phase(afterSteps: steps)?.layers ?? 1
        var choices = [0.1, 0.3, 0.5, 0.7, 0.9].map { [$0] }
        if layers > 1 {
            choices += [0.3, 0.6, 0.9].map { top in
                (1...layers).map { top * Double($0) / Double(layers) }
            }
        }
        return try choices.map { try run(corpus, positions: $0, steps: steps) { _, _ in } }
    }

    public func render(
        _ corpus: Corpus, _ choice: RenderChoice, steps: Int,
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        guard choice.layers == nil else {
            throw TrainingError.badChoice(
                """
                --layers is for the papers' codecs; the default codec has a --position for \
                each module that runs
                """
            )
        }
        let positions = choice.positions ?? [0.5]
        let modules = configuration.network.modules.count
        guard (1...modules).contains(positions.count) else {
            throw TrainingError.badChoice(
                "\(positions.count) positions; the network has \(modules) modules")
        }
        return try run(corpus, positions: positions, steps: steps, receive)
    }

    private struct Worker {
        let graph: Graph<Float>
        let measures: ClipMeasures
        var sum = Measurements()
        var seconds = 0.0
        var envelopeBits = 0.0
        var bits = 0.0
    }

    /// - Parameters:
    ///   - positions: rate positions of the modules that run
    ///   - steps: steps that were trained, which decide what the network is
    private func run(
        _ corpus: Corpus, positions: [Double], steps: Int,
        _ receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        guard let compression else {
            return try runAsIs(corpus, positions: positions, steps: steps, receive)
        }
        return try compression.withPacked(store) {
            try runAsIs(corpus, positions: positions, steps: steps, receive)
        }
    }

    private func runAsIs(
        _ corpus: Corpus, positions: [Double], steps: Int,
        _ receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        let signs = configuration.network(afterSteps: steps).randomSigns == true
        let hop = configuration.network.hop
        let block = hop * configuration.network.framesPerBlock
        let workers = try InTurns.run(corpus.clips.count) {
            let graph = Graph(store: store, backend: BLASBackend())
            graph.isRecording = false
            return Worker(
                graph: graph,
                measures: try ClipMeasures(
                    sampleRate: corpus.sampleRate, exponent: configuration.loss.exponent))
        } _: { index, worker in
            let clip = corpus.clips[index]
            let graph = worker.graph
            graph.reset()
            let count = clip.samples.count
            let padded = (count + hop + block - 1) / block * block - hop
            let x = graph.input(
                Shape(1, padded, 1), clip.floats + Array(repeating: 0, count: padded - count))
            var random = RandomSource(seed: 0)
            let out = network(
                x, positions: [positions], layers: positions.count, random: &random, hard: true,
                randomSigns: signs,
                attacks: configuration.attacks(x.array, count: padded, graph), graph)
            guard let y = out.decoded.last else { return }
            try receive(clip, Array(UnsafeBufferPointer(start: y.data, count: count)))
            let envelopeBits = Double(out.envelopeBits.data[0])
            worker.envelopeBits += envelopeBits
            worker.bits += out.moduleBits.reduce(envelopeBits) { $0 + Double($1.data[0]) }
            worker.seconds += Double(count) / Double(corpus.sampleRate)
            try worker.measures.measure(x, y, samples: count, graph, &worker.sum)
        }
        var row = Measurements()
        row.add("layers", Double(positions.count))
        row.add("position", positions.last ?? 0)
        let seconds = workers.reduce(0) { $0 + $1.seconds }
        row.add("kbps", workers.reduce(0) { $0 + $1.bits } / seconds / 1000)
        row.add("envelope_kbps", workers.reduce(0) { $0 + $1.envelopeBits } / seconds / 1000)
        for worker in workers { row += worker.sum }
        row.add("loss", loss(row, position: positions.last ?? 0))
        return row
    }

    /// What the last phase of one module makes small.
    private func loss(_ row: Measurements, position: Double) -> Double {
        let loss =
            configuration.phases.last { $0.layers == 1 && $0.steps > 0 }?.loss ?? configuration.loss
        func value(_ name: String) -> Double { row[name] ?? 0 }
        return loss.weightedSNR * value("weighted") + loss.mel * value("mel")
            + (loss.loudness ?? 0) * value("loudness")
            + configuration.lambda(position: position, loss) * value("kbps")
    }
}
