import Foundation
import GainFilter
import NeuralNetwork
import TestSupport
import Testing

/// The gain filter: its transforms against sums written out and central differences, and its
/// streams.
@Suite struct GainFilterTests {
    private static func filter() throws -> GainFilter {
        let (store, network) = RandomGainFilter.network()
        var writer = try WeightFileWriter(metadata: [])
        try GainFilter.add(store, to: &writer)
        return try GainFilter(network.configuration, WeightFile(writer.bytes()))
    }

    /// Frame by frame, bin by bin.
    private static func slowly(_ x: [Double], gains: [Double], size: Int, hop: Int) -> [Double] {
        let window = (0..<size).map { sin(Double.pi * Double($0) / Double(size)) }
        var y = [Double](repeating: 0, count: x.count)
        let bins = size / 2 + 1
        for t in 0..<(x.count - size) / hop + 1 {
            for k in 0..<bins {
                var (re, im) = (0.0, 0.0)
                for n in 0..<size {
                    let angle = 2 * Double.pi * Double(k * n) / Double(size)
                    re += x[t * hop + n] * window[n] * cos(angle)
                    im -= x[t * hop + n] * window[n] * sin(angle)
                }
                // A bin and its mirror image; windows overlap to size / (2 hop).
                let weight =
                    gains[t * bins + k] * (k == 0 || k == size / 2 ? 1 : 2) / Double(size)
                    * Double(2 * hop) / Double(size)
                for n in 0..<size {
                    let angle = 2 * Double.pi * Double(k * n) / Double(size)
                    y[t * hop + n] += weight * window[n] * (re * cos(angle) - im * sin(angle))
                }
            }
        }
        return y
    }

    @Test func gainsAreThoseOfTheirBins() throws {
        let (size, hop, count) = (16, 4, 48)
        let transform = try GainTransform<Double>(size: size, hop: hop)
        let frames = transform.frameCount(samples: count)
        var random = RandomSource(seed: 3)
        let gains = (0..<frames * transform.bins).map { _ in random.uniform(0, 2) }
        let x = RandomGainFilter.signal(count)
        let graph = Graph<Double>()
        let shape = Shape(1, frames, transform.bins)
        let y = try transform(
            graph.input(Shape(1, count, 1), x), gains: graph.input(shape, gains), graph)
        let slow = Self.slowly(x, gains: gains, size: size, hop: hop)
        #expect(zip(y.array, slow).allSatisfy { abs($0 - $1) < 1e-12 })
        let ones = [Double](repeating: 1, count: gains.count)
        let same = try transform(
            graph.input(Shape(1, count, 1), x), gains: graph.input(shape, ones), graph)
        let inner = transform.edge..<count - transform.edge
        #expect(inner.allSatisfy { abs(same.array[$0] - x[$0]) < 1e-12 })
    }

    @Test func gradientsOfSoundAndGains() throws {
        let transform = try GainTransform<Double>(size: 8, hop: 4)
        let shapes = (Shape(2, 20, 1), Shape(2, 4, transform.bins))
        let result = try GradientCheck()([
            TestArray(shapes.0, RandomGainFilter.signal(40)),
            TestArray(shapes.1, RandomGainFilter.signal(40, seed: 5)),
        ]) { graph, inputs in
            [try transform(inputs[0], gains: inputs[1], graph)]
        }
        #expect(result.worst < 1e-6 && result.size > 1e-3, "\(result)")
    }

    private static func gradients(_ c: GainFilterConfiguration, told: [Double]) throws
        -> GradientCheck.Result
    {
        let store = ParameterStore<Double>(seed: 2)
        let network = GainFilterNetwork(store, c)
        let transform = try GainFilterTransform<Double>(c)
        let x = RandomGainFilter.signal(transform.history + 12 * c.hop)
        return try GradientCheck(stride: 7)([], store: store) { graph, _ in
            let features = try x.withUnsafeBufferPointer {
                try transform.features($0, told: told, graph)
            }
            return [
                try transform.filtered(
                    graph.input(Shape(1, x.count, 1), x), network(features, graph), by: network,
                    graph)
            ]
        }
    }

    @Test func gradientsOfTheNetwork() throws {
        var c = RandomGainFilter.configuration
        c.hidden = 4
        let result = try Self.gradients(c, told: [0.5])
        #expect(result.worst < 1e-5 && result.count > 50, "\(result)")
    }

    @Test func streamsAreTheWholeHoweverTheyAreCut() throws {
        let filter = try Self.filter()
        let x = RandomGainFilter.signal(1003).map { Float($0) }
        let whole = filter.process(x, told: [0.3])
        let isChanged = whole != x
        #expect(whole.count == x.count && isChanged)
        for step in [1, 7, 160, 500] {
            let stream = GainFilterStream(GainFilterStream.Workshop(filter))
            var pieces: [Float] = []
            for start in stride(from: 0, to: x.count, by: step) {
                pieces += stream.step(
                    Array(x[start..<min(start + step, x.count)]), told: [0.3])
                let late = min(start + step, x.count) - pieces.count
                let delay = filter.configuration.delay
                #expect(late <= delay + filter.configuration.hop, "late by \(late)")
            }
            pieces += stream.finish()
            let isSame = pieces == whole
            #expect(isSame, "pieces of \(step)")
        }
        #expect(filter.process([]) == [])
        #expect(filter.process([0.5], told: [0.3, 0.3]).count == 1)
    }

    /// What training sees is what a stream does.
    @Test func trainingAndStreamsAgree() throws {
        let filter = try Self.filter()
        let c = filter.configuration
        let frames = 40
        let x = RandomGainFilter.signal(frames * c.hop).map { Float($0) }
        let transform = try GainFilterTransform<Float>(c)
        let padded = [Float](repeating: 0, count: transform.history) + x
        let (store, network) = RandomGainFilter.network()
        let graph = Graph(store: store)
        let features = try padded.withUnsafeBufferPointer {
            try transform.features($0, told: [0.3], graph)
        }
        let y = try transform.filtered(
            graph.input(Shape(1, padded.count, 1), padded), network(features, graph), by: network,
            graph
        ).array
        let complete = transform.complete(frames: frames)
        let streamed = Array(filter.process(x, told: [0.3])[complete])
        #expect(y.count == streamed.count)
        // The last frames look at frames that training does not have.
        let same = y.count - 2 * c.ahead * c.hop
        let worst = zip(y, streamed).prefix(same).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < 1e-3, "\(worst)")
    }

    /// Several contexts, another bound, nothing told.
    @Test func deeper() throws {
        var c = RandomGainFilter.configuration
        (c.hidden, c.contexts, c.bound, c.layers) = (4, 2, 4, 0)
        let result = try Self.gradients(c, told: [])
        #expect(result.worst < 1e-5 && result.count > 50, "\(result)")
    }

    /// Gains in dB are in proportion to the strength.
    @Test func strength() throws {
        let filter = try Self.filter()
        let x = RandomGainFilter.signal(800).map { Float($0) }
        func output(_ strength: Float) -> [Float] {
            let stream = GainFilterStream(.init(filter), strength: strength)
            return stream.step(x) + stream.finish()
        }
        let none = zip(output(0), x).map { abs($0 - $1) }.max() ?? 1
        #expect(none < 1e-5)
        let isFull = output(1) == filter.process(x)
        #expect(isFull)
        func distance(_ y: [Float]) -> Float { zip(x, y).reduce(0) { $0 + abs($1.0 - $1.1) } }
        let part = distance(output(0.3))
        let full = distance(output(1))
        #expect(part > 0.05 * full && part < 0.8 * full, "\(part), \(full)")
    }

    @Test func mistakes() throws {
        func check(_ part: String, _ change: (inout GainFilterConfiguration) -> Void) {
            var c = RandomGainFilter.configuration
            change(&c)
            let error = #expect(throws: GainFilterError.self) { try c.validate() }
            #expect(error?.description.contains(part) == true, "\(String(describing: error))")
        }
        check("shortKnots do not rise") { $0.shortKnots = [3, 1] }
        check("size 32 is not even") { $0.hop = 12 }
        check("hidden is 0, possible are 1...1024") { $0.hidden = 0 }
        check("contexts is 9") { $0.contexts = 9 }
        check("bound is 0.0") { $0.bound = 0 }
        check("bound is nan") { $0.bound = .nan }
        let (store, _) = RandomGainFilter.network()
        var writer = try WeightFileWriter(metadata: [])
        try GainFilter.add(store, to: &writer)
        let file = try WeightFile(writer.bytes())
        var c = RandomGainFilter.configuration
        c.hidden = 1024
        let error = #expect(throws: GainFilterError.self) { try GainFilter(c, file) }
        guard case .size(store.count, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
