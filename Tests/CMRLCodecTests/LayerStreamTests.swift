import CMRLCodec
import NeuralNetwork
import TestSupport
import Testing

/// The codec's layers in pieces against the whole, bit for bit.
@Suite struct LayerStreamTests {
    private static func expectEqual(
        _ layer: some SequenceLayer<Float>, channels: Int, frames: Int,
        _ store: ParameterStore<Float>
    ) {
        var random = RandomSource(seed: 11)
        for parameter in store.parameters {
            store.set(
                parameter, store.array(parameter).map { $0 + Float(random.uniform(-0.1, 0.1)) })
        }
        let weights = InferenceWeights(store)
        let stream = LayerStream(layer, channels: channels, weights: weights)
        for _ in 0..<6 {
            let x = (0..<frames * channels).map { _ in Float(random.uniform(-1, 1)) }
            let whole = layer.infer(x, channels: channels, weights: weights)
            var streamed: [Float] = []
            var at = 0
            while at < frames {
                let size = min(
                    [0, 1, random.below(5), random.below(frames)][random.below(4)], frames - at)
                streamed += stream.step(Array(x[at * channels..<(at + size) * channels]))
                at += size
            }
            streamed += stream.flush()
            #expect(
                !whole.isEmpty && streamed.map(\.bitPattern) == whole.map(\.bitPattern),
                "\(streamed.count) and \(whole.count) values")
        }
    }

    @Test func lappedTransform() {
        let store = ParameterStore<Float>(seed: 1)
        let transform = LappedTransformLayer(store, "t", hop: 16)
        Self.expectEqual(
            OperationLayer { transform.analyse($0, $1) }, channels: 1, frames: 16 * 9, store)
        Self.expectEqual(
            OperationLayer { transform.synthesise($0, $1) }, channels: 16, frames: 10, store)
        Self.expectEqual(
            OperationLayer { transform.synthesise(transform.analyse($0, $1), $1) }, channels: 1,
            frames: 16 * 7, store)
    }

    /// The channels of a group: mid and side, and more as they are; in pieces as the whole, and
    /// back.
    @Test(arguments: [2, 3]) func lappedTransformOfAGroup(_ channels: Int) {
        let store = ParameterStore<Float>(seed: 1)
        let transform = LappedTransformLayer(store, "t", hop: 16, channels: channels)
        var random = RandomSource(seed: 5)
        let x = (0..<16 * 9 * channels).map { _ in Float(random.uniform(-1, 1)) }
        let weights = InferenceWeights(store)
        let both = OperationLayer<Float> { transform.synthesise(transform.analyse($0, $1), $1) }
        let back = both.infer(x, channels: channels, weights: weights)
        #expect(back.count == x.count)
        #expect(zip(back, x).allSatisfy { abs($0 - $1) < 1e-5 })
        // Equal channels have no side.
        let same = (0..<16 * 4).flatMap { i in
            [Float](repeating: x[i], count: channels)
        }
        let c = OperationLayer<Float> { transform.analyse($0, $1) }.infer(
            same, channels: channels, weights: weights)
        for (i, value) in c.enumerated() where channels == 2 && i / 16 % 2 == 1 {
            #expect(abs(value) < 1e-4, "\(i)")
        }
        Self.expectEqual(
            OperationLayer { transform.analyse($0, $1) }, channels: channels, frames: 16 * 9,
            store)
        Self.expectEqual(
            OperationLayer { transform.synthesise($0, $1) }, channels: 16 * channels, frames: 10,
            store)
    }

    @Test(arguments: [PaperNetworkConfiguration.Layout.gated, .bottleneck]) func papersModules(
        _ layout: PaperNetworkConfiguration.Layout
    ) {
        let store = ParameterStore<Float>(seed: 1)
        let module = PaperNetworkTests.small(layout, stages: 2)
        let encoder = PaperEncoder(store, "e", module)
        let decoder = PaperDecoder(store, "d", module)
        Self.expectEqual(encoder, channels: 1, frames: 203, store)
        Self.expectEqual(decoder, channels: 1, frames: 57, store)
        Self.expectEqual(
            OperationLayer { decoder(encoder($0, $1), $1) }, channels: 1, frames: 96, store)
    }
}
