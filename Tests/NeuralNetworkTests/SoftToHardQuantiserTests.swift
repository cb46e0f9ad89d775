import Foundation
import NeuralNetwork
import Testing

@Suite struct SoftToHardQuantiserTests {
    /// Papers' start: 32 centroids from -1 to 1, one sharpness: K + 1 parameters.
    @Test func start() {
        let store = ParameterStore<Double>(seed: 1)
        let quantiser = SoftToHardQuantiser(store, "q")
        #expect(store.count == 33 && quantiser.count == 32)
        let table = store.array(quantiser.centroids)
        for k in 0..<32 { #expect(abs(table[k] - (-1 + Double(k) * 2 / 31)) < 1e-14) }
        #expect(store.array(quantiser.sharpness) == [300])
    }

    @Test func hardIsTheNearestCentroid() {
        let store = ParameterStore<Double>(seed: 1)
        let quantiser = SoftToHardQuantiser(store, "q", centroids: 3)
        store.set(quantiser.centroids, [-0.5, 0.25, 2])
        let graph = Graph<Double>(store: store)
        let x = graph.input(Shape(1, 6, 1), [-3, -0.2, -0.125, 0.0, 1.1, 1.2], tracked: true)
        let hard = quantiser.hard(x, graph)
        #expect(hard.symbols == [0, 0, 0, 1, 1, 2], "a tie goes to the lower index")
        #expect(hard.values.array == [-0.5, -0.5, -0.5, 0.25, 0.25, 2])
        graph.backward(graph.weightedSum(hard.values, weights: [1, 2, 3, 4, 5, 6]))
        #expect(x.gradientArray == [1, 2, 3, 4, 5, 6], "straight through")
    }

    /// Hard values on the way forward, the gradient of the soft values on the way back.
    @Test func hardWithSoftGradient() {
        func gradients(hard: Bool) -> (values: [Double], x: [Double]?, all: [Double]) {
            let store = ParameterStore<Double>(seed: 1)
            let quantiser = SoftToHardQuantiser(store, "q", centroids: 4, sharpness: 6)
            let graph = Graph<Double>(store: store)
            let x = TestArray.random(1, 5, 1, seed: 3).tensor(graph, tracked: true)
            let soft = quantiser.soft(x, graph)
            let y = hard ? quantiser.hard(x, soft: soft.values, graph).values : soft.values
            graph.backward(graph.weightedSum(y, weights: [0.3, -1, 2, 0.7, 1.1]))
            return (y.array, x.gradientArray, Array(graph.parameterGradients))
        }
        let soft = gradients(hard: false)
        let hard = gradients(hard: true)
        #expect(soft.values != hard.values && soft.x == hard.x && soft.all == hard.all)
        #expect(hard.all.contains { $0 != 0 })
    }

    @Test(arguments: [2.0, 20, 300]) func penaltyAndEntropy(_ sharpness: Double) {
        let store = ParameterStore<Double>(seed: 1)
        let quantiser = SoftToHardQuantiser(store, "q", centroids: 5, sharpness: sharpness)
        let x = TestArray.random(3, 7, 1, seed: 4, scale: 1.1)
        let graph = Graph<Double>(store: store)
        let soft = quantiser.soft(x.tensor(graph), graph)
        // By definition, value by value.
        let table = store.array(quantiser.centroids)
        let rows = x.values.map { value in
            let powers = table.map { exp(-sharpness * abs(value - $0)) }
            let total = powers.reduce(0, +)
            return powers.map { $0 / total }
        }
        let penalty =
            rows.map { $0.reduce(0) { $0 + sqrt($1 + 1e-20) } - 1 }.reduce(0, +)
            / Double(rows.count)
        let entropy = table.indices.reduce(0.0) { sum, k in
            let p = rows.reduce(0) { $0 + $1[k] } / Double(rows.count)
            return sum - p * log2(p + 1e-7)
        }
        #expect(
            abs(SoftToHardQuantiser.penalty(soft.weights, graph).array[0] - penalty) < 1e-7
                * max(penalty, 1))
        #expect(
            abs(SoftToHardQuantiser.entropy(soft.weights, graph).array[0] - entropy) < 1e-12
                * max(entropy, 1))
        #expect(penalty >= 0 && entropy > 0 && entropy <= log2(5))
        let result = GradientCheck(step: sharpness > 100 ? 1e-7 : 1e-6)([x], store: store) { g, t in
            let soft = quantiser.soft(t[0], g)
            return [
                soft.values, SoftToHardQuantiser.penalty(soft.weights, g),
                SoftToHardQuantiser.entropy(soft.weights, g),
            ]
        }
        #expect(result.worst < (sharpness > 100 ? 1e-4 : 1e-6), "\(result)")
        #expect(result.count == 21 + 6)
    }

    /// One-hot rows: no penalty; entropy of the histogram.
    @Test func oneHotRows() {
        let graph = Graph<Double>()
        let rows: [[Double]] = [[1, 0, 0], [0, 1, 0], [1, 0, 0], [1, 0, 0]]
        let weights = graph.input(Shape(2, 2, 3), rows.flatMap { $0 })
        #expect(abs(SoftToHardQuantiser<Double>.penalty(weights, graph).array[0]) < 1e-9)
        #expect(
            abs(
                SoftToHardQuantiser<Double>.entropy(weights, graph).array[0]
                    - (0.75 * log2(4.0 / 3) + 0.25 * 2)) < 1e-5)
    }

    @Test func separableConvolution() {
        let store = ParameterStore<Double>(seed: 1)
        let layer = DepthwiseSeparableConv1D(store, "s", 4, 3, .same(taps: 5))
        #expect(store.count == 5 * 4 + 4 * 3 + 3)
        LayerTests.stir(store)
        let x = TestArray.random(2, 6, 4, seed: 2)
        let graph = Graph<Double>(store: store)
        let y = layer(x.tensor(graph), graph)
        let middle = Reference.depthwise(x, store.array(layer.depthwise), layer.geometry)
        let bias = layer.pointwise.bias.map { store.array($0) }
        let expected = Reference.convolution(
            middle, store.array(layer.pointwise.weight), bias, ConvolutionGeometry(taps: 1), out: 3)
        #expect(deviation(y, expected) < 1e-14)
        let result = GradientCheck()([x], store: store) { g, t in [layer(t[0], g)] }
        #expect(result.worst < 1e-6, "\(result)")
    }
}
