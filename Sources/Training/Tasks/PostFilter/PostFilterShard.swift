import NeuralNetwork
import PerceptualLoss
import SpectralTransform

extension PostFilterTask {
    /// A part of every batch of post-filter training.
    public final class Shard: TrainingShard {
        private let pass: GainFilterPass
        private let discriminator: SpectrogramDiscriminator<Float>
        private let detail: SpectralDetailLoss<Float>
        private let contrast: SpectralContrastLoss<Float>
        private let weights: PostFilterTrainingConfiguration.Contrast?
        private let judged: [ShortTimeTransform<Float>]

        init(_ task: PostFilterTask) throws {
            pass = try GainFilterPass(task.network)
            discriminator = task.discriminator
            detail = try SpectralDetailLoss()
            contrast = try SpectralContrastLoss()
            weights = task.configuration.contrast
            judged = try SpectrogramDiscriminator<Float>.transforms()
        }

        public func loss(
            _ batch: Batch, _ share: BatchShare, _ graph: Graph<Float>,
            _ measured: inout Measurements
        ) throws -> Tensor<Float>? {
            let decodedItems = Array(batch.decoded[share.items])
            let (output, complete) = try pass(
                decodedItems, told: Array(batch.rates[share.items]), first: batch.first, graph)
            let original = pass.constant(batch.original[share.items], complete, from: 0, graph)
            let decoded = pass.constant(decodedItems, complete, from: pass.history, graph)
            let reference = try detail.reference(original, graph)
            var d = try detail.distance(to: reference, output, graph)
            let before = try detail.distance(to: reference, decoded, graph)
            measured.add("detail", Double(d.data[0]), weight: share.fraction)
            measured.add("before", Double(before.data[0]), weight: share.fraction)
            if let weights {
                let parts = contrast.distances(
                    try contrast.features(original, graph), try contrast.features(output, graph),
                    graph)
                for (name, part, weight) in [
                    ("time", parts.time, weights.time),
                    ("frequency", parts.frequency, weights.frequency),
                    ("standing", parts.standing, weights.standing),
                ] {
                    measured.add(name, Double(part.data[0]), weight: share.fraction)
                    d = graph.add(d, graph.affine(part, scale: weight))
                }
            }
            guard batch.phase.isJudged else { return graph.affine(d, scale: share.fraction) }

            let recorded = try discriminator(original, learns: true, judged, graph)
            let made = try discriminator(output.detached, learns: true, judged, graph)
            let lesson = graph.add(
                discriminator.distance(recorded, from: 1, graph),
                discriminator.distance(made, from: 0, graph))
            let opinion = try discriminator(output, learns: false, judged, graph)
            let verdict = discriminator.distance(opinion, from: 1, graph)
            let difference = discriminator.difference(opinion, recorded, graph)
            measured.add("judged", Double(verdict.data[0]), weight: share.fraction)
            measured.add("matched", Double(difference.data[0]), weight: share.fraction)
            measured.add("judge", Double(lesson.data[0]), weight: share.fraction)
            let asked = graph.add(
                graph.affine(verdict, scale: batch.phase.adversarial ?? 0),
                graph.affine(difference, scale: batch.phase.matching ?? 0))
            return graph.affine(
                graph.add(d, graph.add(asked, lesson)), scale: share.fraction)
        }
    }
}
