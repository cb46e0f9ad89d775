import CMRLCodec
import NeuralNetwork

/// One worker of a paper network's training.
public final class PaperShard: TrainingShard {
    private let network: PaperCascade<Float>
    private let configuration: PaperTrainingConfiguration
    private let frameLoss: FrameLoss<Float>

    init(_ task: PaperTask) throws {
        network = task.network
        configuration = task.configuration
        frameLoss = try FrameLoss(
            frame: PaperFraming.frame, sampleRate: Double(configuration.sampleRate))
    }

    /// The entropy is that of this shard's frames: with two shards the mean of two histograms'
    /// entropies.
    public func loss(
        _ batch: PaperTask.Batch, _ share: BatchShare, _ graph: Graph<Float>,
        _ measured: inout Measurements
    ) throws -> Tensor<Float>? {
        let length = PaperFraming.frame
        let fraction = share.fraction
        let items = share.items
        let x = graph.input(
            Shape(items.count, length, 1),
            Array(batch.frames[items.lowerBound * length..<items.upperBound * length]))
        let out = network(x, layers: batch.layers, batch.quantisation, graph)
        guard let decoded = out.decoded.last else { return nil }
        let time = frameLoss.time(x, decoded, graph)
        let mel = try frameLoss.mel(x, decoded, graph)
        measured.add("time", Double(time.data[0]), weight: fraction)
        measured.add("mel", Double(mel.data[0]), weight: fraction)
        var total = graph.add(
            graph.affine(time, scale: fraction * configuration.loss.time),
            graph.affine(mel, scale: fraction * configuration.loss.mel))
        var kbps = 0.0
        var quantisation = 0.0
        for (i, module) in out.modules.enumerated() {
            guard let soft = module.weights else { continue }
            let entropy = SoftToHardQuantiser.entropy(soft, graph)
            let bits = Double(entropy.data[0])
            measured.add("bits\(i + 1)", bits, weight: fraction)
            kbps += PaperNetworkConfiguration.kbps(
                bitsPerValue: bits, codeLength: configuration.network.modules[i].codeLength)
            guard batch.trained.contains(i) else { continue }
            let penalty = SoftToHardQuantiser.penalty(soft, graph)
            quantisation += Double(penalty.data[0])
            total = graph.add(
                total, graph.affine(penalty, scale: fraction * configuration.loss.quantisation))
            if batch.weights[i] > 0 {
                total = graph.add(total, graph.affine(entropy, scale: fraction * batch.weights[i]))
            }
        }
        measured.add("quantisation", quantisation, weight: fraction)
        measured.add("kbps", kbps, weight: fraction)
        return total
    }
}
