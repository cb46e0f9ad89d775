import BLASBackend
import NeuralNetwork
import Testing

@Suite struct ConvolutionTests {
    struct Case: Sendable, CustomStringConvertible {
        var input: Int
        var output: Int
        var frames: Int
        var geometry: ConvolutionGeometry
        var bias = true
        var description: String { "\(input) -> \(output), \(frames) frames, \(geometry)" }
    }

    /// Geometries of the codec (shrunk) and the corners: strides above the taps, odd padding,
    /// dilation with stride, one frame.
    static let cases = [
        Case(input: 9, output: 3, frames: 7, geometry: ConvolutionGeometry(taps: 1)),
        Case(
            input: 9, output: 2, frames: 6,
            geometry: ConvolutionGeometry(taps: 1, padBefore: 2, padAfter: 1)),
        Case(input: 8, output: 3, frames: 9, geometry: .same(taps: 5)),
        Case(input: 8, output: 3, frames: 12, geometry: .same(taps: 5, dilation: 3)),
        Case(input: 8, output: 1, frames: 12, geometry: .same(taps: 7)),
        Case(input: 8, output: 1, frames: 12, geometry: .same(taps: 7, dilation: 2), bias: false),
        Case(input: 9, output: 2, frames: 12, geometry: .same(taps: 9, stride: 2)),
        Case(
            input: 10, output: 3, frames: 11,
            geometry: ConvolutionGeometry(
                taps: 3, stride: 2, dilation: 2, padBefore: 1, padAfter: 4)),
        Case(input: 10, output: 3, frames: 13, geometry: ConvolutionGeometry(taps: 2, stride: 5)),
        Case(
            input: 8, output: 2, frames: 3,
            geometry: ConvolutionGeometry(taps: 4, stride: 2, padBefore: 5, padAfter: 3)),
        Case(input: 8, output: 2, frames: 1, geometry: .same(taps: 3)),
        // One output channel: all taps in one product
        Case(input: 9, output: 1, frames: 3, geometry: .same(taps: 11)),
        Case(
            input: 9, output: 1, frames: 5,
            geometry: ConvolutionGeometry(taps: 4, dilation: 3, padBefore: 8, padAfter: 3)),
        Case(input: 9, output: 1, frames: 9, geometry: ConvolutionGeometry(taps: 3)),
        Case(input: 9, output: 1, frames: 9, geometry: ConvolutionGeometry(taps: 3, stride: 2)),
        // Few channels: rows are unfolded
        Case(input: 1, output: 5, frames: 20, geometry: .same(taps: 11)),
        Case(input: 1, output: 1, frames: 20, geometry: .same(taps: 11)),
        Case(input: 1, output: 4, frames: 3, geometry: .same(taps: 11)),
        Case(
            input: 1, output: 4, frames: 9,
            geometry: ConvolutionGeometry(taps: 3, dilation: 2, padBefore: 5, padAfter: 1)),
        Case(
            input: 1, output: 4, frames: 14,
            geometry: ConvolutionGeometry(
                taps: 5, stride: 3, dilation: 2, padBefore: 5, padAfter: 1)),
        Case(input: 2, output: 3, frames: 15, geometry: .same(taps: 5)),
        Case(input: 2, output: 3, frames: 15, geometry: .same(taps: 4, stride: 3, dilation: 2)),
        Case(
            input: 3, output: 2, frames: 9, geometry: ConvolutionGeometry(taps: 3, padBefore: 2),
            bias: false),
        // Lapped transform: hop 8, 16 taps
        Case(
            input: 1, output: 8, frames: 32,
            geometry: ConvolutionGeometry(taps: 16, stride: 8, padBefore: 8, padAfter: 8),
            bias: false),
        Case(
            input: 1, output: 8, frames: 32,
            geometry: ConvolutionGeometry(taps: 19, stride: 8, padBefore: 3, padAfter: 8)),
    ]

    @Test(arguments: cases) func valuesAndGradients(_ c: Case) {
        let x = TestArray.random(2, c.frames, c.input, seed: 1)
        let w = TestArray.random(1, c.geometry.taps * c.input, c.output, seed: 2)
        let b = TestArray.random(1, 1, c.output, seed: 3)
        func run<S>(_ graph: Graph<S>, _ t: [Tensor<S>]) -> Tensor<S> {
            graph.convolution(t[0], weight: t[1], bias: c.bias ? t[2] : nil, c.geometry)
        }
        let inputs = c.bias ? [x, w, b] : [x, w]
        let expected = Reference.convolution(
            x, w.values, c.bias ? b.values : nil, c.geometry, out: c.output)
        #expect(expected.shape.frames == c.geometry.outputFrames(c.frames))
        let doubles = Graph<Double>()
        let floats = Graph<Float>()
        #expect(deviation(run(doubles, inputs.map { $0.tensor(doubles) }), expected) < 1e-14)
        #expect(deviation(run(floats, inputs.map { $0.tensor(floats) }), expected) < 2e-6)
        let result = GradientCheck()(inputs) { graph, t in [run(graph, t)] }
        #expect(result.worst < 1e-6, "\(result)")
        #expect(result.count == inputs.reduce(0) { $0 + $1.shape.count })
    }

    /// Full size of the lapped transform: stride 160, 320 taps, one channel to 160 and back.
    @Test func fullSizeLappedTransform() {
        let g = ConvolutionGeometry(taps: 320, stride: 160, padBefore: 160, padAfter: 160)
        let x = TestArray.random(2, 480, 1, seed: 1)
        let w = TestArray.random(1, 320, 160, seed: 2)
        let c = TestArray.random(2, 4, 160, seed: 3)
        for backend in [ReferenceMatrixBackend(), BLASBackend()] as [any MatrixBackend] {
            let graph = Graph<Float>(backend: backend)
            let forth = graph.convolution(x.tensor(graph), weight: w.tensor(graph), bias: nil, g)
            #expect(deviation(forth, Reference.convolution(x, w.values, nil, g, out: 160)) < 2e-6)
            let kernel = graph.input(Shape(1, 160, 320), w.values.map { Float($0) })
            let back = graph.transposedConvolution(c.tensor(graph), weight: kernel, bias: nil, g)
            #expect(deviation(back, Reference.transposed(c, w.values, nil, g, out: 1)) < 2e-6)
        }
    }

    static let transposedCases = [
        Case(input: 3, output: 2, frames: 5, geometry: ConvolutionGeometry(taps: 4, stride: 2)),
        Case(
            input: 3, output: 2, frames: 5,
            geometry: ConvolutionGeometry(taps: 5, stride: 2, padBefore: 2, padAfter: 1)),
        Case(input: 3, output: 1, frames: 4, geometry: ConvolutionGeometry(taps: 2, stride: 3)),
        Case(
            input: 2, output: 3, frames: 6,
            geometry: ConvolutionGeometry(taps: 3, padBefore: 1, padAfter: 1)),
        Case(
            input: 8, output: 1, frames: 5,
            geometry: ConvolutionGeometry(taps: 16, stride: 8, padBefore: 8, padAfter: 8),
            bias: false),
        Case(
            input: 4, output: 1, frames: 1, geometry: ConvolutionGeometry(taps: 7, stride: 3),
            bias: false),
        Case(input: 4, output: 2, frames: 3, geometry: ConvolutionGeometry(taps: 6, stride: 3)),
    ]

    @Test(arguments: transposedCases) func transposed(_ c: Case) {
        let x = TestArray.random(2, c.frames, c.input, seed: 1)
        let w = TestArray.random(1, c.input, c.geometry.taps * c.output, seed: 2)
        let b = TestArray.random(1, 1, c.output, seed: 3)
        let inputs = c.bias ? [x, w, b] : [x, w]
        func run<S>(_ graph: Graph<S>, _ t: [Tensor<S>]) -> Tensor<S> {
            graph.transposedConvolution(t[0], weight: t[1], bias: c.bias ? t[2] : nil, c.geometry)
        }
        let expected = Reference.transposed(
            x, w.values, c.bias ? b.values : nil, c.geometry, out: c.output)
        let doubles = Graph<Double>()
        let floats = Graph<Float>()
        #expect(deviation(run(doubles, inputs.map { $0.tensor(doubles) }), expected) < 1e-14)
        #expect(deviation(run(floats, inputs.map { $0.tensor(floats) }), expected) < 2e-6)
        let result = GradientCheck()(inputs) { graph, t in [run(graph, t)] }
        #expect(result.worst < 1e-6, "\(result)")
    }

    /// <conv(x), y> = <x, transposed(y)>: the two are adjoint.
    @Test func transposedIsTheAdjoint() {
        let g = ConvolutionGeometry(taps: 7, stride: 3, padBefore: 2, padAfter: 2)
        let x = TestArray.random(1, 21, 2, seed: 1)
        let w = TestArray.random(1, 14, 4, seed: 2)
        let y = TestArray.random(1, 7, 4, seed: 3)
        let graph = Graph<Double>()
        let forth = graph.convolution(x.tensor(graph), weight: w.tensor(graph), bias: nil, g)
        // [tap][in][out] -> [out][tap][in]
        let turned = (0..<4).flatMap { o in (0..<14).map { w.values[$0 * 4 + o] } }
        let back = graph.transposedConvolution(
            y.tensor(graph), weight: graph.input(Shape(1, 4, 14), turned), bias: nil, g)
        #expect(forth.shape == y.shape && back.shape == x.shape)
        let left = zip(forth.array, y.values).reduce(0) { $0 + $1.0 * $1.1 }
        let right = zip(back.array, x.values).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(left - right) < 1e-12 * abs(left))
    }

    @Test(arguments: [
        Case(input: 5, output: 5, frames: 12, geometry: .same(taps: 9)),
        Case(input: 3, output: 3, frames: 12, geometry: .same(taps: 5, stride: 2)),
        Case(
            input: 3, output: 3, frames: 11,
            geometry: ConvolutionGeometry(
                taps: 3, stride: 2, dilation: 2, padBefore: 3, padAfter: 1)),
        Case(input: 17, output: 17, frames: 4, geometry: ConvolutionGeometry(taps: 4)),
    ]) func depthwise(_ c: Case) {
        let x = TestArray.random(2, c.frames, c.input, seed: 1)
        let w = TestArray.random(1, c.geometry.taps, c.input, seed: 2)
        let expected = Reference.depthwise(x, w.values, c.geometry)
        let floats = Graph<Float>()
        let doubles = Graph<Double>()
        #expect(
            deviation(
                doubles.depthwiseConvolution(
                    x.tensor(doubles), weight: w.tensor(doubles), c.geometry), expected) < 1e-14)
        #expect(
            deviation(
                floats.depthwiseConvolution(x.tensor(floats), weight: w.tensor(floats), c.geometry),
                expected) < 2e-6)
        let result = GradientCheck()([x, w]) { graph, t in
            [graph.depthwiseConvolution(t[0], weight: t[1], c.geometry)]
        }
        #expect(result.worst < 1e-6, "\(result)")
    }

    /// Only some of input, weight and bias are tracked: the others must not be touched and the
    /// tracked ones stay right.
    @Test(arguments: [
        (true, false, false), (false, true, false), (false, false, true), (true, true, false),
    ])
    func partlyTracked(_ tracked: (Bool, Bool, Bool)) {
        for c in Self.cases where c.bias {
            let arrays = [
                TestArray.random(2, c.frames, c.input, seed: 1),
                TestArray.random(1, c.geometry.taps * c.input, c.output, seed: 2),
                TestArray.random(1, 1, c.output, seed: 3),
            ]
            func gradients(_ flags: [Bool]) -> [[Double]?] {
                let graph = Graph<Double>()
                let t = zip(arrays, flags).map { $0.tensor(graph, tracked: $1) }
                let y = graph.convolution(t[0], weight: t[1], bias: t[2], c.geometry)
                graph.backward(
                    graph.weightedSum(y, weights: TestArray.random(1, 1, y.count, seed: 9).values))
                return t.map(\.gradientArray)
            }
            let all = gradients([true, true, true])
            let some = gradients([tracked.0, tracked.1, tracked.2])
            for (n, flag) in [tracked.0, tracked.1, tracked.2].enumerated() {
                #expect(some[n] == (flag ? all[n] : nil))
            }
        }
    }

    @Test func samePaddingOfThePapers() {
        // Docs/papers.md, B.4: stride 2, nine taps, even length: 3 before, 4 after; stride 1: (k -
        // 1) d / 2 on both sides.
        #expect(ConvolutionGeometry.same(taps: 9, stride: 2).padBefore == 3)
        #expect(ConvolutionGeometry.same(taps: 9, stride: 2).padAfter == 4)
        #expect(ConvolutionGeometry.same(taps: 9, stride: 2).outputFrames(512) == 256)
        #expect(ConvolutionGeometry.same(taps: 15, dilation: 2).padBefore == 14)
        #expect(ConvolutionGeometry.same(taps: 15, dilation: 2).padAfter == 14)
        #expect(ConvolutionGeometry(taps: 5).outputFrames(3) == 0)
        #expect(ConvolutionGeometry(taps: 5, stride: 3).outputFrames(4) == 0)
        #expect(ConvolutionGeometry(taps: 5, stride: 3).outputFrames(0) == 0)
    }
}
