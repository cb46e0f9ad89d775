import CMRLCodec
import Foundation
import NeuralNetwork
import TestSupport
import Testing
import Training

/// What compression does to single matrices, against its definitions.
@Suite struct CompressionTests {
    private static func noise(_ count: Int, seed: UInt64) -> [Double] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in random.uniform(-1, 1) * random.uniform(0, 1) }
    }

    // MARK: Straight-through

    private static func stepped() -> (ParameterStore<Double>, Parameter, SteppedWeights<Double>) {
        let store = ParameterStore<Double>()
        let weight = store.add("w", [6, 3], values: noise(18, seed: 5), isMatrix: true)
        let steps = [0.07, 0.11, 0.3].map { log($0) / SteppedWeights<Double>.pace }
        let logStep = store.add("s", [3], values: steps)
        let source = SteppedWeights<Double>(logStep: logStep, limit: 3, mask: nil)
        store.setSource(source, of: weight)
        return (store, weight, source)
    }

    /// Forward: the nearest of seven multiples. Backward: LSQ's rules, written down plainly.
    @Test func stepsFollowTheirDefinition() {
        let (store, weight, source) = Self.stepped()
        let graph = Graph<Double>(store: store)
        graph.reset()
        let y = graph.parameter(weight)
        let weights = Self.noise(18, seed: 9)
        graph.backward(graph.weightedSum(y, weights: weights))
        let values = store.array(weight)
        let steps = store.array(source.logStep).map { exp(10 * $0) }
        var ofSteps = [0.0, 0.0, 0.0]
        for i in 0..<18 {
            let step = steps[i % 3]
            let scaled = values[i] / step
            let multiple = max(-3, min(3, scaled.rounded(.toNearestOrEven)))
            #expect(abs(y.data[i] - multiple * step) < 1e-12)
            let isInside = scaled.magnitude <= 3
            let own = graph.parameterGradients[weight.offset + i]
            #expect(abs(own - (isInside ? weights[i] : 0)) < 1e-12)
            // d w / d step, times d step / d parameter.
            let slope = isInside ? multiple - scaled : multiple
            ofSteps[i % 3] += weights[i] * slope * step * 10
        }
        for column in 0..<3 {
            let own = graph.parameterGradients[source.logStep.offset + column]
            #expect(abs(own - ofSteps[column]) < 1e-10, "\(own) \(ofSteps[column])")
        }
        #expect(values.enumerated().contains { $1.magnitude / steps[$0 % 3] > 3 })
    }

    /// The logarithm of the spread is where the gradient of the bits is exact.
    @Test func bitsOfSteps() {
        let (store, weight, source) = Self.stepped()
        let logSpread = store.add("b", [3], values: [-0.4, 0.1, 0.5])
        store.setFrozen(true) { $0.name != "b" }
        let result = GradientCheck()([], store: store) { graph, _ in
            [source.bits(of: weight, logSpread: logSpread, graph)]
        }
        #expect(result.worst < 1e-5 && result.size > 0.1, "\(result)")
        let graph = Graph<Double>(store: store)
        graph.reset()
        let bits = source.bits(of: weight, logSpread: logSpread, graph).data[0]
        func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        let multiples = source.multiples(of: weight, graph).array
        let expected = multiples.enumerated().reduce(0) { sum, item in
            let scale = exp([-0.4, 0.1, 0.5][item.offset % 3])
            return sum
                - log2(
                    logistic((item.element + 0.5) / scale) - logistic((item.element - 0.5) / scale))
        }
        #expect(abs(bits - expected) < 1e-6 * expected)
    }

    @Test func stepsOfLeastError() {
        let values = Self.noise(4000, seed: 2).map { Float($0) }
        let steps = SteppedWeights<Float>.steps(values, columns: 2, limit: 7)
        func error(_ step: Float, _ column: Int) -> Float {
            stride(from: column, to: 4000, by: 2).reduce(0) {
                let multiple = (values[$1] / step).rounded(.toNearestOrEven)
                let rest = values[$1] - max(-7, min(7, multiple)) * step
                return $0 + rest * rest
            }
        }
        for column in 0..<2 {
            for factor: Float in [0.8, 0.9, 1.1, 1.25] {
                #expect(error(steps[column], column) <= error(steps[column] * factor, column))
            }
        }
        // A column of zeros; one where cutting off half is better than losing a weight.
        let few = SteppedWeights<Float>.steps([0, 1, 0, 2], columns: 2, limit: 1)
        #expect(few[0] == 1 && abs(few[1] - 1.5) < 0.02)
    }

    // MARK: GQ

    private static func companded(
        isHard: Bool = false, mask: [Double]? = nil
    ) -> (ParameterStore<Double>, Parameter, CompandedWeights<Double>) {
        let store = ParameterStore<Double>()
        let weight = store.add("w", [5, 3], values: noise(15, seed: 6), isMatrix: true)
        let logScale = store.add("s", [3], values: [-0.2, 0.1, 0.3])
        let centroids = store.add("c", [4], values: [-0.9, -0.35, 0.25, 0.8])
        let assignment = CompandedWeights<Double>.Assignment(sharpness: 7)
        assignment.isHard = isHard
        let kept = WeightMask<Double>()
        kept.values = mask
        let source = CompandedWeights<Double>(
            logScale: logScale, centroids: centroids, mu: 15, assignment: assignment, mask: kept)
        store.setSource(source, of: weight)
        return (store, weight, source)
    }

    @Test func gradientsOfSoftAssignment() {
        let mask = (0..<15).map { $0 % 4 == 1 ? 0.0 : 1.0 }
        for mask in [nil, mask] {
            let (store, weight, _) = Self.companded(mask: mask)
            let result = GradientCheck(step: 1e-6)([], store: store) { graph, _ in
                [graph.parameter(weight)]
            }
            #expect(result.worst < 1e-4 && result.size > 1e-2, "\(result)")
        }
    }

    /// The formulas of GQ as they are written, weight by weight.
    @Test(arguments: [false, true]) func assignmentFollowsItsDefinition(isHard: Bool) {
        let (store, weight, source) = Self.companded(isHard: isHard)
        let graph = Graph<Double>(store: store)
        graph.reset()
        let y = graph.parameter(weight).array
        let centroids = store.array(source.centroids)
        for (i, value) in store.array(weight).enumerated() {
            let scale = exp(store.array(source.logScale)[i % 3])
            let u = value / scale
            let v: Double = copysign(log(1 + 15 * abs(u)) / log(16), u)
            var top = 0.0
            var total = 0.0
            for centroid in centroids {
                let share: Double = exp(-7 * abs(v - centroid))
                top += share * centroid
                total += share
            }
            let soft = top / total
            var hard = centroids[0]
            for centroid in centroids where abs(centroid - v) < abs(hard - v) { hard = centroid }
            let c: Double = isHard ? hard : soft
            let expanded: Double = (pow(16.0, abs(c)) - 1) / 15
            let expected: Double = scale * copysign(expanded, c)
            #expect(abs(y[i] - expected) < 1e-9, "\(i)")
        }
    }

    // MARK: S8BQAT

    @Test func lloydMaxFindsCentroids() {
        // Two heaps: their means.
        let heaps: [Float] = (0..<100).map { (i: Int) -> Float in
            let heap: Float = i % 2 == 0 ? -3 : 2
            return heap + Float(i % 5) * 0.01
        }
        let two = LloydMax.centroids(heaps, count: 2)
        #expect(abs(two[0] + 2.98) < 1e-5)
        #expect(abs(two[1] - 2.02) < 1e-5)
        // Uniform: thresholds at equal distances (Max 1960).
        let uniform = (0..<10_000).map { Float($0) / 10_000 }
        let four = LloydMax.centroids(uniform, count: 4)
        for (found, expected) in zip(four, [0.125, 0.375, 0.625, 0.875]) {
            #expect(abs(found - expected) < 2e-3, "\(four)")
        }
        // Gaussian, four levels: +-0.4528 and +-1.510 (Max 1960, table 1).
        var random = RandomSource(seed: 1)
        let gaussian: [Float] = (0..<200_000).map { _ -> Float in
            var sum = -6.0
            for _ in 0..<12 { sum += random.uniform(0, 1) }
            return Float(sum)
        }
        let levels = LloydMax.centroids(gaussian, count: 4)
        for (found, expected) in zip(levels, [-1.510, -0.4528, 0.4528, 1.510]) {
            #expect(abs(found - expected) < 0.03, "\(levels)")
        }
        #expect(LloydMax.centroids([1, 1, 1], count: 2).count == 2)
    }

    @Test func centroidsOfTheGridDiffer() {
        let grid = LloydMax.onGrid([-1.2, -0.001, 0, 0.001, 0.002, 0.5, 0.9999, 1])
        #expect(grid.count == 8 && Set(grid).count == 8 && grid == grid.sorted())
        for value in grid {
            let onGrid: Double = value * 127
            #expect(abs(value) <= 1)
            #expect(abs(onGrid - onGrid.rounded()) < 1e-9)
        }
    }

    @Test func regionalCosine() {
        let centroids = [-0.8, -0.1, 0.3, 0.9]
        let x = [-0.8, -0.1, 0.3, 0.9, -0.45, 0.1, 0.6, 1.2, -1, 0.2, 0.05]
        let graph = Graph<Double>()
        func value(_ x: [Double]) -> Double {
            graph.regionalCosine(
                graph.input(Shape(1, 1, x.count), x), centroids: centroids
            ).data[0]
        }
        #expect(abs(value([-0.8, -0.1, 0.3, 0.9])) < 1e-12)
        #expect(abs(value([-0.45, 0.1, 0.6]) - 1) < 1e-12)
        #expect(abs(value([1.2]) - 0.3) < 1e-12)
        #expect(abs(value([-1]) - 0.2) < 1e-12)
        // Away from the corners.
        let smooth = x.map { $0 + 0.013 }
        let result = GradientCheck(step: 1e-7)([TestArray(Shape(1, 1, smooth.count), smooth)]) {
            graph, inputs in [graph.regionalCosine(inputs[0], centroids: centroids)]
        }
        #expect(result.worst < 1e-4 && result.size > 1e-2, "\(result)")
    }
}
