import NeuralNetwork
import SpectralTransform

/// A gain filter over one channel that comes in pieces of any size. Samples come out
/// `GainFilterConfiguration.delay` later, and less than a hop more; all pieces together are as many
/// as went in, and do not depend on how the sound was cut, where what the network is told stays the
/// same. One object serves one thread at a time.
public final class GainFilterStream {
    /// What streams that run one after the other share.
    public final class Workshop {
        fileprivate let filter: GainFilter
        fileprivate let transform: GainFilterTransform<Float>?
        fileprivate let graph: Graph<Float>

        public init(_ filter: GainFilter) {
            self.filter = filter
            // The configuration was validated with the filter.
            transform = try? GainFilterTransform(filter.configuration)
            graph = .inference(filter.weights)
        }
    }

    /// Hops that are filtered at a time, whatever the length of the pieces.
    private static let most = 64

    private let filter: GainFilter
    private let transform: GainFilterTransform<Float>?
    private let graph: Graph<Float>
    private let state = StreamState<Float>()
    /// Samples that the next frames look at: `history` of them, then new ones.
    private var input: [Float]
    private var long: GainStream
    private var short: GainStream
    /// Samples that went in and did not come out.
    private var due = 0
    private var told: [Float] = []
    /// Factor of the logarithms of all gains.
    private let strength: Float

    /// - Parameter strength: factor of all gains in dB; 0 = nothing is changed, 1 = as trained
    public init(_ workshop: Workshop, strength: Float = 1) {
        self.strength = strength
        filter = workshop.filter
        transform = workshop.transform
        graph = workshop.graph
        let c = filter.configuration
        input = Array(repeating: 0, count: c.pitchSize - c.hop)
        long = GainStream(size: c.size, hop: c.hop)
        short = GainStream(size: c.shortSize, hop: c.shortHop)
    }

    /// Takes the next samples.
    /// - Parameter told: what the network is told from here on
    /// - Returns: the samples that are now known
    public func step(_ samples: [Float], told: [Float] = []) -> [Float] {
        self.told = told
        due += samples.count
        let most = Self.most * filter.configuration.hop
        var result: [Float] = []
        result.reserveCapacity(samples.count)
        for start in stride(from: 0, to: samples.count, by: most) {
            result += run(
                Array(samples[start..<min(start + most, samples.count)]), isEnding: false)
        }
        due -= result.count
        return result
    }

    /// Ends the sound.
    /// - Returns: the samples that waited for more
    public func finish() -> [Float] {
        let c = filter.configuration
        // Whole hops, and so many more that both transforms have all frames of the last sample.
        let edges = c.size - c.hop + c.shortSize - c.shortHop
        let least = edges + (c.hop - 1)
        let rest = (input.count - (c.pitchSize - c.hop) + least) % c.hop
        let result = run(Array(repeating: 0, count: least - rest), isEnding: true)
        defer { due = 0 }
        return Array(result.prefix(due))
    }

    private func run(_ samples: [Float], isEnding: Bool) -> [Float] {
        guard let transform else { return samples }
        let c = filter.configuration
        input += samples
        let count = (input.count - transform.history) / c.hop
        graph.releaseTensors()
        long.add(samples)
        graph.run(state, isEnding: isEnding) {
            let used = transform.history + count * c.hop
            // Sizes follow from the configuration: the transforms cannot fail.
            let features = input.withUnsafeBufferPointer {
                try? transform.features(.init(rebasing: $0[..<used]), told: told, graph)
            }
            guard let features else { return }
            let output = filter.network(features, graph)
            let wanted = strength == 1 ? output : graph.affine(output, scale: Double(strength))
            let gains = filter.network.gains(wanted, graph)
            long.add(gains: gains.long)
            short.add(gains: gains.short)
        }
        input.removeFirst(count * c.hop)
        short.add(long.take(transform.long, graph))
        return short.take(transform.short, graph)
    }
}

/// A sound and its gains that come in pieces.
private struct GainStream {
    private let size: Int
    private let hop: Int
    /// Sound from the next frame's first sample on.
    private var input: [Float]
    /// Gains of the next frames.
    private var gains: [Float] = []
    /// Sound that later frames add to.
    private var overlap: [Float]
    /// Samples to leave out: those that stand before the first that went in.
    private var early: Int

    init(size: Int, hop: Int) {
        (self.size, self.hop) = (size, hop)
        early = size - hop
        input = Array(repeating: 0, count: early)
        overlap = input
    }

    mutating func add(_ samples: [Float]) { input += samples }

    mutating func add(gains rows: Tensor<Float>) {
        gains += UnsafeBufferPointer(start: rows.data, count: rows.count)
    }

    /// The samples that are now known.
    mutating func take(_ transform: GainTransform<Float>, _ graph: Graph<Float>) -> [Float] {
        let count = min(
            transform.frameCount(samples: input.count), gains.count / transform.bins)
        guard count > 0 else { return [] }
        let length = count * hop
        overlap += repeatElement(0, count: length)
        input.withUnsafeBufferPointer { x in
            gains.withUnsafeBufferPointer { g in
                overlap.withUnsafeMutableBufferPointer { y in
                    guard let g = g.baseAddress, let y = y.baseAddress else { return }
                    // Sizes fit: it cannot fail.
                    try? transform.add(
                        .init(rebasing: x[..<(length + size - hop)]), gains: g, to: y, graph)
                }
            }
        }
        input.removeFirst(length)
        gains.removeFirst(count * transform.bins)
        let known = overlap[min(early, length)..<length]
        early -= min(early, length)
        defer { overlap.removeFirst(length) }
        return Array(known)
    }
}
