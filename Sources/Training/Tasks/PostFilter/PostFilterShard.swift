import CMRLCodec
import NeuralNetwork
import PerceptualLoss
import SpectralTransform

extension PostFilterTask {
    /// A part of every batch of post-filter training.
    public final class Shard: TrainingShard {
        private let network: PostFilterNetwork<Float>
        private let discriminator: SpectrogramDiscriminator<Float>
        private let transform: PostFilterTransform<Float>
        private let detail: SpectralDetailLoss<Float>
        private let judged: [ShortTimeTransform<Float>]

        init(_ task: PostFilterTask) throws {
            network = task.network
            discriminator = task.discriminator
            transform = try PostFilterTransform(task.configuration.network)
            detail = try SpectralDetailLoss()
            judged = try SpectrogramDiscriminator<Float>.transforms()
        }

        public func loss(
            _ batch: Batch, _ share: BatchShare, _ graph: Graph<Float>,
            _ measured: inout Measurements
        ) throws -> Tensor<Float>? {
            let c = network.configuration
            let rows = try share.items.map { item in
                try batch.decoded[item].withUnsafeBufferPointer {
                    try transform.features($0, rates: batch.rates[item], graph)
                }
            }
            let count = rows.first?.shape.frames ?? 0
            let gains = network(joined(rows, graph), graph)
            let decoded = graph.input(
                Shape(share.items.count, transform.history + count * c.hop, 1),
                share.items.flatMap { batch.decoded[$0] })
            let filtered = try transform.filtered(decoded, gains, by: network, graph)
            // What is complete, less up to a hop, so that windows of losses lie anywhere.
            let known = transform.complete(frames: count)
            let output = graph.frames(filtered, batch.first..<known.count)
            let complete = known.lowerBound + batch.first..<known.upperBound
            func constant(_ samples: [[Float]], from start: Int) -> Tensor<Float> {
                graph.input(
                    Shape(share.items.count, complete.count, 1),
                    share.items.flatMap {
                        samples[$0][start + complete.lowerBound..<start + complete.upperBound]
                    })
            }
            let original = constant(batch.original, from: 0)
            let reference = try detail.reference(original, graph)
            let d = try detail.distance(to: reference, output, graph)
            let before = try detail.distance(
                to: reference, constant(batch.decoded, from: transform.history), graph)
            measured.add("detail", Double(d.data[0]), weight: share.fraction)
            measured.add("before", Double(before.data[0]), weight: share.fraction)
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

        /// Features of all items in one tensor.
        private func joined(_ rows: [Tensor<Float>], _ graph: Graph<Float>) -> Tensor<Float> {
            let count = rows.first?.shape.frames ?? 0
            let all = graph.tensor(
                Shape(rows.count, count, network.configuration.features), tracked: false)
            for (b, row) in rows.enumerated() {
                (all.data + b * row.count).update(from: row.data, count: row.count)
            }
            return all
        }
    }
}
