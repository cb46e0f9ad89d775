import CMRLCodec
import NeuralNetwork
import PerceptualLoss

/// One worker of the codec's training: the losses of some segments.
public final class CodecShard: TrainingShard {
    private let network: CodecNetwork<Float>
    private let configuration: CodecTrainingConfiguration
    private let distances: CodingDistances<Float>
    private let masking: MaskingSpectra<Float>
    private let compression: WeightCompression?
    private let store: ParameterStore<Float>
    /// What is learned from, with its memory.
    private let teacher: (start: CompressionStart, graph: Graph<Float>)?

    init(_ task: CodecTask) throws {
        network = task.network
        configuration = task.configuration
        let rate = Double(configuration.sampleRate)
        distances = try CodingDistances(sampleRate: rate)
        masking = try MaskingSpectra(sampleRate: rate)
        compression = task.compression
        store = task.store
        let teaches = (configuration.compression?.distillation ?? 0) > 0
        teacher = teaches ? task.start.map { ($0, $0.makeGraph()) } : nil
    }

    public func loss(
        _ batch: CodecTask.Batch, _ share: BatchShare, _ graph: Graph<Float>,
        _ measured: inout Measurements
    ) throws -> Tensor<Float>? {
        let weights = batch.loss
        distances.weighted.exponent = weights.exponent
        distances.loudness.clipped = weights.clippedLoudness == true
        let x = batch.segments.tensor(share.items, graph)
        let levels = batch.segments.levels(share.items, graph)
        let attacks = configuration.attacks(
            batch.segments.samples(share.items), count: configuration.segmentSamples, graph)
        var random = RandomSource(seed: batch.seed &+ UInt64(share.shard) &* 0x9e37_79b9)
        let positions = Array(batch.positions[share.items])
        let taught = taught(x, batch, positions, random)
        let out = network(
            x, positions: positions, layers: batch.layers, random: &random, hard: batch.hard,
            randomSigns: batch.randomSigns, attacks: attacks, graph)
        let passed = Passed(reference: graph.multiply(x, levels), levels: levels, out, graph)
        let reference = passed.reference
        let fraction = share.fraction
        var total: Tensor<Float>?
        func add(_ term: Tensor<Float>, _ weight: Double) {
            let scaled = graph.affine(term, scale: weight)
            total = total.map { graph.add($0, scaled) } ?? scaled
        }
        let top = batch.layers - 1
        for layer in 0...top where layer == top || weights.prefix > 0 {
            let decoded = graph.multiply(passed.decoded[layer], passed.levels)
            let factor = layer == top ? fraction : fraction * weights.prefix
            func measure(_ name: String, _ term: Tensor<Float>) {
                guard layer == top else { return }
                measured.add(name, Double(term.data[0]), weight: fraction)
            }
            let w = try distances.weighted(reference, decoded, graph)
            let m = try distances.mel(reference, decoded, graph)
            measure("weighted", w)
            measure("mel", m)
            add(w, factor * weights.weightedSNR)
            add(m, factor * weights.mel)
            if let weight = weights.loudness, weight > 0 {
                let l = try distances.loudness(reference, decoded, graph)
                measure("loudness", l)
                add(l, factor * weight)
            }
            if let masked = try masking.loss(weights, reference, decoded, graph) {
                add(masked, factor)
            }
        }
        if let taught, let last = passed.decoded.last,
            let weight = configuration.compression?.distillation
        {
            let levelled = graph.multiply(graph.input(last.shape, taught), passed.levels)
            let distance = try distances.weighted(
                levelled, graph.multiply(last, passed.levels), graph)
            measured.add("taught", Double(distance.data[0]), weight: fraction)
            add(distance, fraction * weight)
        }
        if let terms = compression?.terms(
            progress: batch.progress, price: batch.price, weight: fraction, graph, store,
            &measured)
        {
            add(terms, fraction)
        }
        // Bits of an item to kbit/s.
        let toKbps =
            Double(configuration.sampleRate)
            / Double(configuration.segmentFrames * configuration.network.hop) / 1000
        func addRate(_ bits: Tensor<Float>, layer: Int) -> Double {
            add(
                graph.weightedSum(
                    bits,
                    weights: positions.map {
                        Float(
                            configuration.lambda(position: $0[layer], weights) * toKbps
                                / Double(configuration.batch))
                    }), 1)
            return bits.array.reduce(0) { $0 + Double($1) } * toKbps / Double(positions.count)
        }
        let envelope = addRate(passed.envelopeBits, layer: 0)
        var kbps = envelope
        for (layer, bits) in passed.moduleBits.enumerated() { kbps += addRate(bits, layer: layer) }
        measured.add("kbps", kbps, weight: fraction)
        measured.add("envelope_kbps", envelope, weight: fraction)
        return total
    }

    /// What the losses need of a pass through the network. Where nothing is recorded, the rest is
    /// forgotten.
    private struct Passed {
        /// At the level that the losses hear.
        let reference: Tensor<Float>
        /// Factors to that level.
        let levels: Tensor<Float>
        let decoded: [Tensor<Float>]
        let envelopeBits: Tensor<Float>
        let moduleBits: [Tensor<Float>]

        init(
            reference: Tensor<Float>, levels: Tensor<Float>, _ out: CodecNetwork<Float>.Output,
            _ graph: Graph<Float>
        ) {
            var all = [reference, levels, out.envelopeBits] + out.decoded + out.moduleBits
            if !graph.isRecording { all = graph.keepOnly(all) }
            (self.reference, self.levels, envelopeBits) = (all[0], all[1], all[2])
            decoded = Array(all[3..<3 + out.decoded.count])
            moduleBits = Array(all[(3 + out.decoded.count)...])
        }
    }

    /// What the model that is learned from decodes of the same sound, with the same noise.
    private func taught(
        _ x: Tensor<Float>, _ batch: CodecTask.Batch, _ positions: [[Double]],
        _ random: RandomSource
    ) -> [Float]? {
        guard let (start, graph) = teacher else { return nil }
        graph.reset()
        let samples = graph.input(x.shape, x.array)
        var random = random
        let out = start.network(
            samples, positions: positions, layers: batch.layers, random: &random, hard: batch.hard,
            randomSigns: batch.randomSigns,
            attacks: configuration.attacks(
                samples.array, count: configuration.segmentSamples, graph), graph)
        return out.decoded.last?.array
    }
}
