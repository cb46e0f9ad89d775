import BLASBackend
import CMRLCodec
import NeuralNetwork

extension PaperTask {
    /// Hard symbols. `kbps` (1 k = 1000): entropy of the clips' own symbol counts, one table a
    /// module, and the level of every clip; `position_kbps`: the same with a table for every
    /// position in the frame.
    public var validationColumns: [Column] {
        [
            Column("layers", "layers %.0f", isChoice: true), Column("kbps", "%.2f kbit/s"),
            Column("position_kbps", "(table for each position %.2f)"),
        ] + ClipMeasures.columns
    }

    /// With 1, 2, ... of the modules trained so far.
    public func validate(steps: Int) throws -> [Measurements] {
        guard let corpus = data.validation else { return [] }
        let layers = configuration.phase(afterSteps: steps)?.layers ?? 1
        return try (1...layers).map { try run(corpus, layers: $0) { _, _ in } }
    }

    public func render(
        _ corpus: Corpus, _ choice: RenderChoice, steps: Int,
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        guard choice.positions == nil else {
            throw TrainingError.badChoice(
                "--position is for the default codec; the papers' codecs have --layers")
        }
        let modules = configuration.network.modules.count
        return try run(corpus, layers: min(choice.layers ?? modules, modules), receive)
    }

    private struct Worker {
        let graph: Graph<Float>
        let measures: ClipMeasures
        var histograms: [SymbolHistogram]
        var sum = Measurements()
    }

    /// - Parameter layers: modules that run
    private func run(
        _ corpus: Corpus, layers: Int,
        _ receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements {
        var histograms = configuration.network.modules.prefix(layers).map {
            SymbolHistogram(positions: $0.codeLength, centroids: $0.centroids)
        }
        let empty = histograms
        let workers = try InTurns.run(corpus.clips.count) {
            let graph = Graph(store: store, backend: BLASBackend())
            graph.isRecording = false
            return Worker(
                graph: graph, measures: try ClipMeasures(sampleRate: corpus.sampleRate),
                histograms: empty)
        } _: { index, worker in
            let clip = corpus.clips[index]
            let samples = clip.floats
            let output = code(samples, layers, worker.graph, &worker.histograms)
            try receive(clip, output)
            worker.graph.reset()
            let shape = Shape(1, samples.count, 1)
            try worker.measures.measure(
                worker.graph.input(shape, samples), worker.graph.input(shape, output),
                samples: samples.count, worker.graph, &worker.sum)
        }
        for worker in workers {
            for i in histograms.indices { histograms[i].merge(worker.histograms[i]) }
        }
        let level =
            Double(corpus.clips.count * PaperLevel.bits) / corpus.seconds / 1000
        func rate(_ bits: (SymbolHistogram) -> Double) -> Double {
            histograms.reduce(level) {
                $0
                    + PaperNetworkConfiguration.kbps(
                        bitsPerValue: bits($1), codeLength: $1.positions)
            }
        }
        var row = Measurements()
        row.add("layers", Double(layers))
        row.add("kbps", rate { $0.bits })
        row.add("position_kbps", rate { $0.bitsByPosition })
        for worker in workers { row += worker.sum }
        return row
    }

    /// Frames that go through the network at once.
    private static var group: Int { 64 }

    /// A clip through the codec: level, frames, hard symbols, overlap-add.
    private func code(
        _ samples: [Float], _ layers: Int, _ graph: Graph<Float>,
        _ histograms: inout [SymbolHistogram]
    ) -> [Float] {
        let scale = Float(
            PaperLevel.scale(index: PaperLevel.index(deviation: PaperLevel.deviation(samples))))
        let frames = PaperFraming.cut(samples.map { $0 * scale })
        let length = PaperFraming.frame
        var decoded: [Float] = []
        for first in stride(from: 0, to: frames.count, by: Self.group * length) {
            graph.reset()
            let part = Array(frames[first..<min(first + Self.group * length, frames.count)])
            let out = network(
                graph.input(Shape(part.count / length, length, 1), part), layers: layers, .hard,
                graph)
            for i in histograms.indices { histograms[i].add(out.modules[i].symbols ?? []) }
            decoded += (out.decoded.last?.array ?? part).map { $0 / scale }
        }
        return PaperFraming.join(decoded, samples: samples.count)
    }
}
