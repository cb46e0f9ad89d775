import NeuralNetwork
import TestSupport
import Testing

/// Streams of every layer against the layer over the whole sequence, bit for bit, for random pieces
/// of a sequence of random length.
@Suite struct StreamTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let channels: Int
        let build: @Sendable (ParameterStore<Float>) -> any SequenceLayer<Float>
        var testDescription: String { name }

        init(
            _ name: String, _ channels: Int,
            _ build: @escaping @Sendable (ParameterStore<Float>) -> any SequenceLayer<Float>
        ) {
            (self.name, self.channels, self.build) = (name, channels, build)
        }

        static func convolution(
            _ name: String, _ input: Int, _ output: Int, _ geometry: ConvolutionGeometry
        ) -> Case {
            Case("convolution \(name)", input) { Conv1D($0, "c", input, output, geometry) }
        }

        static func depthwise(_ name: String, _ geometry: ConvolutionGeometry) -> Case {
            Case("separable convolution \(name)", 6) {
                DepthwiseSeparableConv1D($0, "d", 6, 5, geometry)
            }
        }

        static func transposed(
            _ name: String, _ input: Int, _ output: Int, _ geometry: ConvolutionGeometry,
            bias: Bool = true
        ) -> Case {
            Case("transposed convolution \(name)", input) { store in
                let weight = store.addGlorot(
                    "w", [input, geometry.taps * output], fanIn: input, fanOut: output)
                let bias = bias ? store.add("b", [output], constant: 0.1) : nil
                return OperationLayer { x, g in
                    g.transposedConvolution(
                        x, weight: g.parameter(weight), bias: bias.map(g.parameter), geometry)
                }
            }
        }

        static func function(_ name: String, _ function: UnaryFunction) -> Case {
            Case(name, 5) { _ in OperationLayer { x, g in g.unary(function, x) } }
        }
    }

    static let cases: [Case] = [
        .convolution("1x1", 9, 7, .init(taps: 1)),
        .convolution("causal", 8, 6, .init(taps: 3, padBefore: 2)),
        .convolution("same", 40, 33, .same(taps: 9)),
        .convolution("dilated", 8, 6, .same(taps: 5, dilation: 4)),
        .convolution("without padding", 8, 6, .init(taps: 4)),
        .convolution("padded more than its taps", 8, 6, .init(taps: 3, padBefore: 7, padAfter: 9)),
        .convolution("strided", 8, 6, .same(taps: 9, stride: 2)),
        .convolution("strided and dilated", 8, 6, .same(taps: 3, stride: 3, dilation: 2)),
        .convolution(
            "with a stride above its taps", 8, 6,
            .init(taps: 2, stride: 5, padBefore: 1, padAfter: 3)),
        .convolution("of few channels", 2, 6, .same(taps: 9, stride: 3)),
        .convolution("of one channel", 1, 6, .same(taps: 7, dilation: 2)),
        .convolution("to one channel", 12, 1, .same(taps: 7, dilation: 3)),
        .convolution("of one channel to one", 1, 1, .same(taps: 4)),
        .depthwise("same", .same(taps: 9)),
        .depthwise("strided and dilated", .same(taps: 3, stride: 2, dilation: 3)),
        .transposed("with a stride", 6, 4, .init(taps: 7, stride: 3)),
        .transposed("cropped", 6, 4, .init(taps: 7, stride: 3, padBefore: 2, padAfter: 2)),
        .transposed(
            "cropped by more than a stride", 6, 4,
            .init(taps: 7, stride: 2, padBefore: 4, padAfter: 6)),
        .transposed("with gaps", 6, 4, .init(taps: 2, stride: 5, padBefore: 1)),
        .transposed(
            "without bias", 3, 1, .init(taps: 8, stride: 4, padBefore: 4, padAfter: 4),
            bias: false),
        .function("tanh", .tanh), .function("sigmoid", .sigmoid),
        .function("leaky ReLU", .leakyReLU(slope: 0.2)), .function("asinh", .asinh),
        .function("softplus", .softplus),
        Case("PReLU", 5) { store in
            let slope = store.add("slope", [5], values: [0.1, 0.2, -0.3, 0.4, 0])
            return OperationLayer { x, g in g.prelu(x, slope: g.parameter(slope)) }
        },
        Case("gated product", 6) { _ in OperationLayer { x, g in g.gatedProduct(x) } },
        Case("sub-pixel shuffle", 6) { _ in OperationLayer { x, g in g.subPixelShuffle(x, 3) } },
        Case("delay", 3) { _ in OperationLayer { x, g in g.delay(x, by: 4) } },
        Case("look ahead", 3) { _ in OperationLayer { x, g in g.delay(x, by: -4) } },
        Case("GRU", 5) { GRU($0, "g", 5, 7) },
        Case("gated block, causal", 6) { GatedBlock($0, "b", input: 6, output: 4, hidden: 5) },
        Case("gated block, looking ahead", 6) {
            GatedBlock($0, "b", input: 6, output: 4, hidden: 5, taps: 5, ahead: 2)
        },
        Case("residual sum of branches that look ahead differently", 6) { store in
            let near = GatedBlock(store, "near", input: 6, output: 6, hidden: 5, ahead: 1)
            let far = Conv1D(store, "far", 6, 6, .same(taps: 9, dilation: 2))
            return OperationLayer { x, g in
                let sum = g.add(x, near(x, g))
                return g.concatenate([g.subtract(sum, far(sum, g)), g.multiply(x, sum)])
            }
        },
        Case("down, recurrent, up", 4) { store in
            let down = Conv1D(store, "down", 4, 8, .same(taps: 4, stride: 2))
            let memory = GRU(store, "memory", 8, 8)
            let up = Conv1D(store, "up", 8, 12, .same(taps: 3))
            return OperationLayer { x, g in
                let low = memory(down(x, g), g)
                return g.unary(
                    .tanh, g.subPixelShuffle(g.add(up(low, g), g.unary(.relu, up(low, g))), 2))
            }
        },
    ]

    static func values(_ count: Int, _ random: inout RandomSource) -> [Float] {
        (0..<count).map { _ in Float(random.uniform(-1.5, 1.5)) }
    }

    /// Pieces of random sizes, many of them 0 or 1, that make up `x`.
    static func pieces(_ x: [Float], channels: Int, _ random: inout RandomSource) -> [[Float]] {
        var result: [[Float]] = []
        var at = 0
        let frames = x.count / channels
        while at < frames {
            let size = min(
                [0, 1, 1, 2, 3, random.below(12), random.below(40)][random.below(7)], frames - at)
            result.append(Array(x[at * channels..<(at + size) * channels]))
            at += size
        }
        return result
    }

    @Test(arguments: cases) func piecesMakeTheWhole(_ test: Case) {
        let store = ParameterStore<Float>(seed: 3)
        let layer = test.build(store)
        var random = RandomSource(seed: 4)
        var longest = 0
        for parameter in store.parameters {
            store.set(
                parameter, store.array(parameter).map { $0 + Float(random.uniform(-0.3, 0.3)) })
        }
        let weights = InferenceWeights(store)
        let stream = LayerStream(layer, channels: test.channels, weights: weights)
        for round in 0..<40 {
            // Every short length, then long ones.
            let x = Self.values((round < 20 ? round : random.below(150)) * test.channels, &random)
            let whole = layer.infer(x, channels: test.channels, weights: weights)
            var streamed: [Float] = []
            for piece in Self.pieces(x, channels: test.channels, &random) {
                streamed += stream.step(piece)
            }
            streamed += stream.flush()
            #expect(
                streamed.map(\.bitPattern) == whole.map(\.bitPattern),
                "\(x.count / test.channels) frames: \(streamed.count) and \(whole.count) values")
            longest = max(longest, whole.count)
        }
        #expect(longest > 20)
    }

    /// Frames come as early as their definition allows: a causal layer answers every frame at once,
    /// one that looks two frames ahead is two behind.
    @Test(arguments: [0, 1, 2]) func framesComeEarly(_ ahead: Int) {
        let store = ParameterStore<Float>(seed: 3)
        let stream = LayerStream(
            GatedBlock(store, "b", input: 3, output: 2, hidden: 4, ahead: ahead), channels: 3,
            weights: InferenceWeights(store))
        var random = RandomSource(seed: 9)
        let counts = (0..<6).map { _ in stream.step(Self.values(3, &random)).count / 2 }
        #expect(counts == (0..<6).map { $0 < ahead ? 0 : 1 })
        #expect(stream.flush().count == 2 * ahead)
    }

    /// `reset` drops what was held, `flush` ends the sequence; the weights stay those of the start.
    @Test func sequencesBeginAfresh() {
        let store = ParameterStore<Float>(seed: 3)
        let layer = GRU(store, "g", 4, 6)
        let weights = InferenceWeights(store)
        let stream = LayerStream(layer, channels: 4, weights: weights)
        var random = RandomSource(seed: 9)
        let x = Self.values(40, &random)
        let first = layer.infer(x, channels: 4, weights: weights)
        _ = stream.step(Self.values(12, &random))
        store.assign(store.values.map { $0 * 1.5 })
        #expect(layer.infer(x, channels: 4, weights: InferenceWeights(store)) != first)
        _ = stream.flush()
        #expect(stream.step(x) == first)
        stream.reset()
        #expect(stream.step(x) == first)
    }

    /// Inference is the function that is trained: within rounding of the graph of training, which
    /// sees the sequence as a whole.
    @Test(arguments: cases) func inferenceIsTheTrainedFunction(_ test: Case) {
        let store = ParameterStore<Float>(seed: 3)
        let layer = test.build(store)
        let weights = InferenceWeights(store)
        var random = RandomSource(seed: 5)
        var compared = 0
        for frames in [1, 2, 3, 5, 8, 13, 17, 60] {
            let x = Self.values(frames * test.channels, &random)
            let graph = Graph<Float>(store: store)
            let trained = layer(graph.input(Shape(1, frames, test.channels), x), graph).array
            let inferred = layer.infer(x, channels: test.channels, weights: weights)
            #expect(inferred.count == trained.count, "\(frames) frames")
            guard inferred.count == trained.count, !trained.isEmpty else { continue }
            #expect(deviation(inferred, trained) < 1e-5, "\(frames) frames")
            compared += 1
        }
        #expect(compared > 3)
    }

    /// Every size of product sums in ascending order, one fused multiplication and addition at a
    /// time, whether its weights were packed before or not.
    @Test func productsAreThePlainLoop() {
        var random = RandomSource(seed: 6)
        for (rows, columns, inner) in [
            (1, 1, 1), (1, 32, 5), (4, 32, 7), (5, 33, 9), (9, 64, 100), (3, 70, 2), (8, 31, 16),
        ] {
            let a = Self.values(rows * inner, &random)
            let b = Self.values(inner * columns, &random)
            let store = ParameterStore<Float>()
            let weight = store.add("w", [inner, columns], values: b, isMatrix: true)
            let graph = Graph<Float>.inference(InferenceWeights(store))
            let one = ConvolutionGeometry(taps: 1)
            let results = withExtendedLifetime(graph) {
                graph.run(StreamState()) {
                    [graph.parameter(weight), graph.input(Shape(1, inner, columns), b)].map {
                        graph.convolution(
                            graph.input(Shape(1, rows, inner), a), weight: $0, bias: nil, one
                        ).array
                    }
                }
            }
            for r in 0..<rows {
                for c in 0..<columns {
                    var sum: Float = 0
                    for i in 0..<inner { sum.addProduct(a[r * inner + i], b[i * columns + c]) }
                    for result in results {
                        #expect(
                            result[r * columns + c].bitPattern == sum.bitPattern,
                            "\(rows) x \(columns) x \(inner) at \(r), \(c)")
                    }
                }
            }
        }
    }
}
