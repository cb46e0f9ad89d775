import NeuralNetwork
import SpectralTransform

/// The way of a gain filter from samples to features, and from gains to samples. One object serves
/// one thread at a time.
///
/// Long frame t ends with sample (t + 1) hop, short frame s with sample (s + 1) short hop; the
/// frames that pitch is seen in end with the long ones.
public final class GainFilterTransform<S: EngineScalar & FFTScalar> {
    public let configuration: GainFilterConfiguration
    let long: GainTransform<S>
    let short: GainTransform<S>
    private let pitch: GainTransform<S>

    /// - Throws: `GainFilterError.configuration`
    public init(_ configuration: GainFilterConfiguration) throws(GainFilterError) {
        try configuration.validate()
        self.configuration = configuration
        let c = configuration
        do throws(SpectralTransformError) {
            long = try GainTransform(size: c.size, hop: c.hop)
            short = try GainTransform(size: c.shortSize, hop: c.shortHop)
            pitch = try GainTransform(size: c.pitchSize, hop: c.hop)
        } catch { throw .configuration("\(error)") }
    }

    /// Samples before a frame's first new one that the features look back at.
    public var history: Int { configuration.pitchSize - configuration.hop }

    /// - Parameters:
    ///   - x: `history` samples, then whole hops of new ones
    ///   - told: what the network is told beside the sound, `layers` values in 0 ... 1
    /// - Returns: [1, hops, features]
    public func features(
        _ x: UnsafeBufferPointer<S>, told: [S], _ graph: Graph<S>
    ) throws(SpectralTransformError) -> Tensor<S> {
        let c = configuration
        let count = (x.count - history) / c.hop
        let features = graph.tensor(Shape(1, count, c.features), tracked: false)
        guard count > 0 else { return features }
        func from(_ start: Int) -> UnsafeBufferPointer<S> { .init(rebasing: x[start...]) }
        try long.logPowers(
            from(c.pitchSize - c.size), used: Array(0..<c.bins), shift: 1, to: features.data,
            step: c.features, graph)
        var at = c.bins
        if c.pitchBins > 0 {
            try pitch.logPowers(
                x, used: Array(1..<1 + c.pitchBins), shift: 0.5, to: features.data + at,
                step: c.features, graph)
        }
        at += c.pitchBins
        let knots = c.shortKnots.count
        let levels = graph.scratch(count * c.shortValues)
        try short.logPowers(
            from(c.pitchSize - c.hop + c.shortHop - c.shortSize), used: c.shortKnots, shift: 1.3,
            to: levels, step: knots, graph)
        for t in 0..<count {
            let row = features.data + t * c.features
            (row + at).update(from: levels + t * c.shortValues, count: c.shortValues)
            for layer in 0..<c.layers {
                row[at + c.shortValues + layer] = layer < told.count ? told[layer] : 0
            }
        }
        return features
    }

    /// Filtered sound as an operation of a graph.
    /// - Parameters:
    ///   - x: [batch, history + n hop, 1], the samples that the features are of
    ///   - network: [batch, n, ...], what the network gives
    /// - Returns: [batch, samples, 1], those whose numbers, counted from the first new one, are
    ///   `complete(frames:)`
    public func filtered(
        _ x: Tensor<S>, _ output: Tensor<S>, by network: GainFilterNetwork<S>, _ graph: Graph<S>
    ) throws(SpectralTransformError) -> Tensor<S> {
        let c = configuration
        let gains = network.gains(output, graph)
        let y = try long(
            graph.frames(x, c.pitchSize - c.size..<x.shape.frames), gains: gains.long, graph)
        let middle = graph.frames(y, long.edge..<y.shape.frames - long.edge)
        let first = c.shortSize / c.shortHop - 1
        let count = short.frameCount(samples: middle.shape.frames)
        let z = try short(
            middle, gains: graph.frames(gains.short, first..<first + count), graph)
        return graph.frames(z, short.edge..<z.shape.frames - short.edge)
    }

    /// Samples of so many frames that `filtered` gives.
    public func complete(frames: Int) -> Range<Int> {
        short.edge..<frames * configuration.hop - long.edge - short.edge
    }
}
