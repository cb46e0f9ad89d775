import CMRLCodec
import NeuralNetwork
import PerceptualLoss

/// Loss terms of a step, means over the batch.
public struct StepReport: TrainingReport {
    public var loss = 0.0
    public var weightedSNR = 0.0
    public var mel = 0.0
    public var loudness = 0.0
    public var kbps = 0.0
    public var envelopeKbps = 0.0
    public var gradientNorm = 0.0

    public init() {}

    public static var terms: [WritableKeyPath<StepReport, Double>] {
        [\.loss, \.weightedSNR, \.mel, \.loudness, \.kbps, \.envelopeKbps, \.gradientNorm]
    }
}

/// One worker of data-parallel training: its own graph and losses over a fixed part of each batch,
/// so results do not depend on the number of threads.
final class TrainingShard {
    let graph: Graph<Float>
    private let network: CodecNetwork<Float>
    private let configuration: TrainingConfiguration
    private let mel: MelLoss<Float>
    private let weighted: WeightedSNRLoss<Float>
    private let loudness: LoudnessLoss<Float>
    private let masking: MaskingSpectra<Float>

    init(
        _ network: CodecNetwork<Float>, _ store: ParameterStore<Float>,
        _ configuration: TrainingConfiguration, backend: any MatrixBackend
    ) throws {
        self.network = network
        self.configuration = configuration
        graph = Graph(store: store, backend: backend)
        mel = try MelLoss()
        weighted = try WeightedSNRLoss()
        loudness = try LoudnessLoss()
        masking = try MaskingSpectra()
    }

    /// Forward and backward over `count` segments from `first`; gradients are left in
    /// `graph.parameterGradients`.
    func run(
        _ segments: Segments, first: Int, count: Int, positions: [[Double]], layers: Int,
        hard: Bool, randomSigns: Bool,
        loss weights: TrainingConfiguration.Loss, seed: UInt64
    ) throws -> StepReport {
        graph.reset()
        graph.clearParameterGradients()
        graph.isRecording = true
        weighted.exponent = weights.exponent
        loudness.clipped = weights.clippedLoudness == true
        let n = configuration.segmentSamples
        let total = configuration.batch
        let x = graph.input(
            Shape(count, n, 1), Array(segments.samples[first * n..<(first + count) * n]))
        let levels = graph.input(
            Shape(count, n, 1),
            (first..<first + count).flatMap { Array(repeating: segments.levelling[$0], count: n) })
        var random = RandomSource(seed: seed)
        let own = Array(positions[first..<first + count])
        let out = network(
            x, positions: own, layers: layers, random: &random, hard: hard,
            randomSigns: randomSigns, graph)
        let reference = graph.multiply(x, levels)
        var report = StepReport()
        var loss: Tensor<Float>?
        func add(_ term: Tensor<Float>, _ weight: Double) {
            let scaled = graph.affine(term, scale: weight)
            loss = loss.map { graph.add($0, scaled) } ?? scaled
        }
        let share = Double(count) / Double(total)
        for layer in 0..<layers where layer == layers - 1 || weights.prefix > 0 {
            let decoded = graph.multiply(out.decoded[layer], levels)
            let factor = layer == layers - 1 ? share : share * weights.prefix
            let w = try weighted(reference, decoded, graph)
            let m = try mel(reference, decoded, graph)
            add(w, factor * weights.weightedSNR)
            add(m, factor * weights.mel)
            if let weight = weights.loudness, weight > 0 {
                let l = try loudness(reference, decoded, graph)
                add(l, factor * weight)
                if layer == layers - 1 { report.loudness = Double(l.data[0]) * share }
            }
            if let masked = try masking.loss(weights, reference, decoded, graph) {
                add(masked, factor)
            }
            if layer == layers - 1 {
                report.weightedSNR = Double(w.data[0]) * share
                report.mel = Double(m.data[0]) * share
            }
        }
        // Bits of an item to kbit/s.
        let toKbps =
            16000.0 / Double(configuration.segmentFrames * configuration.network.hop) / 1000
        func addRate(_ bits: Tensor<Float>, layer: Int) -> Double {
            var kbps = 0.0
            for b in 0..<count { kbps += Double(bits.data[b]) * toKbps }
            add(
                graph.weightedSum(
                    bits,
                    weights: own.map {
                        Float(
                            configuration.lambda(position: $0[layer], weights) * toKbps
                                / Double(total))
                    }), 1)
            return kbps / Double(total)
        }
        report.envelopeKbps = addRate(out.envelopeBits, layer: 0)
        report.kbps = report.envelopeKbps
        for (layer, bits) in out.moduleBits.enumerated() {
            report.kbps += addRate(bits, layer: layer)
        }
        if let loss {
            report.loss = Double(loss.data[0])
            graph.backward(loss)
        }
        return report
    }
}
