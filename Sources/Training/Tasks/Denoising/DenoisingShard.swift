import NeuralNetwork
import PerceptualLoss

extension DenoisingTask {
    /// A part of every batch of denoiser training.
    public final class Shard: TrainingShard {
        private let pass: GainFilterPass
        private let weights: DenoiserTrainingConfiguration.Loss
        private let detail: SpectralDetailLoss<Float>
        private let weighted: WeightedSNRLoss<Float>
        private let mel: MelLoss<Float>

        init(_ task: DenoisingTask) throws {
            pass = try GainFilterPass(task.network)
            weights = task.configuration.loss
            let rate = Double(task.configuration.sampleRate)
            detail = try SpectralDetailLoss()
            weighted = try WeightedSNRLoss(sampleRate: rate)
            mel = try MelLoss(sampleRate: rate)
        }

        public func loss(
            _ batch: Batch, _ share: BatchShare, _ graph: Graph<Float>,
            _ measured: inout Measurements
        ) throws -> Tensor<Float>? {
            let segments = batch.segments
            let items = share.items.map { segments.item($0) }
            let (output, complete) = try pass(
                items.map(\.samples), told: items.map { _ in [] }, first: batch.first, graph)
            let levels = segments.levels(share.items, samples: complete.count, graph)
            func levelled(_ x: Tensor<Float>) -> Tensor<Float> { graph.multiply(x, levels) }
            let clean = levelled(
                pass.constant(items.map(\.clean), complete, from: pass.history, graph))
            let noisy = levelled(
                pass.constant(items.map(\.samples), complete, from: pass.history, graph))
            let y = levelled(output)
            var total: Tensor<Float>?
            func add(_ name: String, _ term: Tensor<Float>, _ weight: Double) {
                measured.add(name, Double(term.data[0]), weight: share.fraction)
                let part = graph.affine(term, scale: share.fraction * weight)
                total = total.map { graph.add($0, part) } ?? part
            }
            if weights.detail > 0 {
                let reference = try detail.reference(clean, graph)
                add("detail", try detail.distance(to: reference, y, graph), weights.detail)
                let before = try detail.distance(to: reference, noisy, graph)
                measured.add("before", Double(before.data[0]), weight: share.fraction)
            }
            if weights.weightedSNR > 0 {
                add("weighted", try weighted(clean, y, graph), weights.weightedSNR)
            }
            if weights.mel > 0 { add("mel", try mel(clean, y, graph), weights.mel) }
            return total
        }
    }
}
