import Foundation
import ModelWriting
import NeuralNetwork
import TestSupport
import Testing

import CMRLCodec

/// The post-filter: its transforms against sums written out and central differences, its streams,
/// and where it stands in models and streams of packets.
@Suite struct PostFilterTests {
    private static let configuration: PostFilterConfiguration = {
        var c = PostFilterConfiguration()
        (c.size, c.hop, c.shortSize, c.shortHop) = (32, 8, 8, 4)
        (c.pitchSize, c.pitchBins, c.hidden, c.ahead) = (64, 5, 6, 2)
        c.shortKnots = [0, 1, 3]
        return c
    }()

    /// A filter with random weights that changes sound a lot.
    static func filter(for codec: ModelID) throws -> PostFilter {
        try PostFilter(bytes: filterBytes(for: codec))
    }

    static func filterBytes(for codec: ModelID) throws -> [UInt8] {
        let (store, network) = randomNetwork()
        return try PostFilter.file(
            name: "random", recipe: "test", codec: codec, network: network, store: store)
    }

    /// Random weights that change sound a lot, in half precision.
    private static func randomNetwork() -> (ParameterStore<Float>, PostFilterNetwork<Float>) {
        let store = ParameterStore<Float>(seed: 11)
        let network = PostFilterNetwork(store, configuration)
        var random = RandomSource(seed: 12)
        for parameter in store.parameters {
            store.set(
                parameter,
                store.array(parameter).map {
                    Half.float(fromBits: Half.bits(of: $0 + Float(random.uniform(-0.3, 0.3))))
                })
        }
        return (store, network)
    }

    private static func signal(_ count: Int, seed: UInt64 = 1) -> [Double] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { sin(Double($0 * $0) * 0.001) * 0.3 + random.uniform(-0.1, 0.1) }
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
        let x = Self.signal(count)
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
            TestArray(shapes.0, Self.signal(40)), TestArray(shapes.1, Self.signal(40, seed: 5)),
        ]) { graph, inputs in
            [try transform(inputs[0], gains: inputs[1], graph)]
        }
        #expect(result.worst < 1e-6 && result.size > 1e-3, "\(result)")
    }

    @Test func gradientsOfTheNetwork() throws {
        let store = ParameterStore<Double>(seed: 2)
        var c = Self.configuration
        c.hidden = 4
        let network = PostFilterNetwork(store, c)
        let transform = try PostFilterTransform<Double>(c)
        let frames = 12
        let x = Self.signal(transform.history + frames * c.hop)
        let result = try GradientCheck(stride: 7)([], store: store) { graph, _ in
            let features = try x.withUnsafeBufferPointer {
                try transform.features($0, rates: [0.5], graph)
            }
            return [
                try transform.filtered(
                    graph.input(Shape(1, x.count, 1), x), network(features, graph), by: network,
                    graph)
            ]
        }
        #expect(result.worst < 1e-5 && result.count > 50, "\(result)")
    }

    @Test func streamsAreTheWholeHoweverTheyAreCut() throws {
        let filter = try Self.filter(for: ModelID(rawValue: 1))
        let x = Self.signal(1003).map { Float($0) }
        let whole = filter.process(x, rateIndices: [80])
        let isChanged = whole != x
        #expect(whole.count == x.count && isChanged)
        for step in [1, 7, 160, 500] {
            let stream = PostFilterStream(PostFilterStream.Workshop(filter))
            var pieces: [Float] = []
            for start in stride(from: 0, to: x.count, by: step) {
                pieces += stream.step(
                    Array(x[start..<min(start + step, x.count)]), rateIndices: [80])
                let late = min(start + step, x.count) - pieces.count
                let delay = filter.configuration.delay
                #expect(late <= delay + filter.configuration.hop, "late by \(late)")
            }
            pieces += stream.finish()
            let isSame = pieces == whole
            #expect(isSame, "pieces of \(step)")
        }
        #expect(filter.process([], rateIndices: []) == [])
        #expect(filter.process([0.5], rateIndices: [80, 80]).count == 1)
    }

    /// What training sees is what a stream does.
    @Test func trainingAndStreamsAgree() throws {
        let filter = try Self.filter(for: ModelID(rawValue: 1))
        let c = filter.configuration
        let frames = 40
        let x = Self.signal(frames * c.hop).map { Float($0) }
        let transform = try PostFilterTransform<Float>(c)
        let padded = [Float](repeating: 0, count: transform.history) + x
        let (store, network) = Self.randomNetwork()
        let graph = Graph(store: store)
        let features = try padded.withUnsafeBufferPointer {
            try transform.features($0, rates: PostFilter.rateFeatures([80]), graph)
        }
        let y = try transform.filtered(
            graph.input(Shape(1, padded.count, 1), padded), network(features, graph), by: network,
            graph
        ).array
        let complete = transform.complete(frames: frames)
        let streamed = Array(filter.process(x, rateIndices: [80])[complete])
        #expect(y.count == streamed.count)
        // The last frames look at frames that training does not have.
        let same = y.count - 2 * c.ahead * c.hop
        let worst = zip(y, streamed).prefix(same).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < 1e-3, "\(worst)")
    }

    @Test func modelsWithAndWithout() throws {
        let plain = try TinyModel.load()
        let filter = try Self.filter(for: plain.id)
        let model = try plain.adding(filter)
        #expect(model.id == filter.id && model.codecID == plain.id)
        #expect(model.algorithmicDelay() == plain.algorithmicDelay() + filter.configuration.delay)
        let sound = Self.signal(5003).map { Float($0) }
        let enhanced = try model.encode([sound], rate: .indices([90]))
        let old = try plain.encode([sound], rate: .indices([90]))
        #expect(enhanced.count == old.count && enhanced != old)
        let before = try plain.decode(old).channels[0]
        let after = try model.decode(enhanced).channels[0]
        // The end is cut from a whole block, which the filter still sees.
        let alone = filter.process(before, rateIndices: [90])
        let isFiltered =
            after.count == sound.count
            && after.dropLast(400).elementsEqual(alone.dropLast(400))
        #expect(isFiltered)
        // Streams that name the codec alone are what they always were.
        let isSame = try model.decode(old).channels[0] == before
        #expect(isSame)
        #expect(throws: CodecError.self) { try plain.decode(enhanced) }

        var configuration = CodecEncoder.Configuration(rate: .indices([90]))
        configuration.enhances = false
        let encoder = try CodecEncoder(model: model, configuration: configuration)
        #expect(try encoder.header().modelID == plain.id)
        let header = try encoder.header()
        try encoder.push([sound])
        try encoder.finish()
        for enhances in [true, false] {
            let decoder = try CodecDecoder(model: model, header: header, enhances: enhances)
            let again = try CodecEncoder(model: model, configuration: configuration)
            try again.push([sound])
            try again.finish()
            while let packet = again.pull() { try decoder.push(packet) }
            decoder.finish(sampleCount: sound.count)
            let isWanted = decoder.pull()?[0] == (enhances ? after : before)
            #expect(isWanted, "enhances: \(enhances)")
        }
    }

    @Test func lossesPassThroughIt() throws {
        let plain = try TinyModel.load()
        let model = try plain.adding(Self.filter(for: plain.id))
        let sound = Self.signal(6000).map { Float($0) }
        var configuration = CodecEncoder.Configuration(rate: .indices([90]))
        configuration.blocksPerPacket = 2
        let encoder = try CodecEncoder(model: model, configuration: configuration)
        try encoder.push([sound])
        try encoder.finish()
        let decoder = try CodecDecoder(model: model, header: encoder.header(), isLowDelay: true)
        var number = 0
        var count = 0
        while let packet = encoder.pull() {
            try decoder.push(number == 3 ? nil : packet)
            count += decoder.pull()?[0].count ?? 0
            number += 1
        }
        decoder.finish(sampleCount: sound.count)
        count += decoder.pull()?[0].count ?? 0
        #expect(count == sound.count && decoder.concealedBlocks == 2)
    }

    @Test func odd() throws {
        let plain = try TinyModel.load()
        let other = try Self.filter(for: ModelID(rawValue: 5))
        #expect(throws: CodecError.self) { try plain.adding(other) }
        #expect(throws: CodecError.self) { try PostFilter(bytes: TinyModel.fileBytes()) }
        var c = Self.configuration
        c.shortKnots = [3, 1]
        #expect(throws: CodecError.self) { try c.validate() }
        c = Self.configuration
        c.hop = 12
        #expect(throws: CodecError.self) { try c.validate() }
        // A small file that names a large network.
        let store = ParameterStore<Float>()
        _ = PostFilterNetwork(store, Self.configuration)
        c = Self.configuration
        c.hidden = 1024
        let counting = ParameterStore<Float>.counting()
        let large = PostFilterNetwork(counting, c)
        let bytes = try PostFilter.file(
            name: "x", recipe: "", codec: plain.id, network: large, store: store)
        #expect(throws: CodecError.self) { try PostFilter(bytes: bytes) }
    }
}
