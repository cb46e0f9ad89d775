import GainFilter
import NeuralNetwork
import SpectralTransform

/// A gain filter over the items of a batch, as training records it. One serves one thread.
final class GainFilterPass {
    let network: GainFilterNetwork<Float>
    private let transform: GainFilterTransform<Float>

    /// Samples before the first new one that the features look back at.
    var history: Int { transform.history }

    init(_ network: GainFilterNetwork<Float>) throws {
        self.network = network
        transform = try GainFilterTransform(network.configuration)
    }

    /// - Parameters:
    ///   - inputs: `history` samples and whole hops of every item, all of the same length
    ///   - told: what the network is told of every item
    ///   - first: samples of what is complete that do not count, at most a hop: windows of losses
    ///     then lie anywhere
    /// - Returns: [items, samples, 1], and which samples these are, counted from the first new one
    func callAsFunction(
        _ inputs: [[Float]], told: [[Float]], first: Int, _ graph: Graph<Float>
    ) throws -> (output: Tensor<Float>, complete: Range<Int>) {
        let rows = try zip(inputs, told).map { samples, told in
            try samples.withUnsafeBufferPointer {
                try transform.features($0, told: told, graph)
            }
        }
        let count = rows.first?.shape.frames ?? 0
        let output = network(joined(rows, graph), graph)
        let sound = graph.input(
            Shape(inputs.count, inputs.first?.count ?? 0, 1), inputs.flatMap { $0 })
        let filtered = try transform.filtered(sound, output, by: network, graph)
        let known = transform.complete(frames: count)
        return (
            graph.frames(filtered, first..<known.count), known.lowerBound + first..<known.upperBound
        )
    }

    /// Samples of every item at the same places.
    /// - Parameter start: of the first new sample
    func constant(
        _ samples: some Collection<[Float]>, _ range: Range<Int>, from start: Int,
        _ graph: Graph<Float>
    ) -> Tensor<Float> {
        graph.input(
            Shape(samples.count, range.count, 1),
            samples.flatMap { $0[start + range.lowerBound..<start + range.upperBound] })
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
