import NeuralNetwork

/// Compares gradients of the tape with central differences, in double precision.
///
/// The scalar is sum_i w_i y_i over all outputs with fixed random weights w, so that no symmetry of
/// an operation hides an error. It is summed here by a plain loop when differences are taken, so
/// that the reductions of the engine are checked too.
package struct GradientCheck {
    package typealias Build = (Graph<Double>, [Tensor<Double>]) throws -> [Tensor<Double>]

    package var step = 1e-5
    /// Every how many values are moved: more than 1 for inputs of many values.
    package var stride = 1
    package var backend: any MatrixBackend = ReferenceMatrixBackend()

    package init(
        step: Double = 1e-5, stride: Int = 1, backend: any MatrixBackend = ReferenceMatrixBackend()
    ) {
        (self.step, self.stride, self.backend) = (step, stride, backend)
    }

    /// Largest deviation found, relative to the size of the gradient it belongs to, and where.
    package struct Result: CustomStringConvertible {
        package var worst = 0.0
        package var place = "nothing compared"
        /// How many derivatives were compared.
        package var count = 0
        /// Smallest root mean square of the derivatives with respect to one input or parameter: far
        /// below 1e-3 nothing was compared.
        package var size = Double.infinity
        package var description: String { "\(worst) at \(place) of \(count)" }
    }

    /// Checks the derivative with respect to every value of `inputs` and of the store's parameters
    /// that are not frozen.
    package func callAsFunction(
        _ inputs: [TestArray], store: ParameterStore<Double>? = nil, _ build: Build
    ) rethrows -> Result {
        let graph = Graph<Double>(store: store, backend: backend)
        var result = Result()
        // Analytic
        graph.reset()
        let tensors = inputs.map { graph.input($0.shape, $0.values, tracked: true) }
        let outputs = try build(graph, tensors)
        var random = RandomSource(seed: 77)
        let weights = outputs.map { y in (0..<y.count).map { _ in random.uniform(-1, 1) } }
        var loss = graph.zeros(Shape(1, 1, 1))
        for (y, w) in zip(outputs, weights) {
            loss = graph.add(loss, graph.weightedSum(y, weights: w))
        }
        graph.backward(loss)
        let inputGradients = tensors.map { $0.gradientArray ?? [] }
        let parameterGradients = Array(graph.parameterGradients)
        // Numeric
        func value(_ inputs: [TestArray]) throws -> Double {
            graph.reset()
            let outputs = try build(graph, inputs.map { graph.input($0.shape, $0.values) })
            var sum = 0.0
            for (y, w) in zip(outputs, weights) { for (a, b) in zip(y.array, w) { sum += a * b } }
            return sum
        }
        func compare(
            _ analytic: [Double], _ place: (Int) -> String, _ moved: (Int, Double) throws -> Double
        ) rethrows {
            let places = Array(Swift.stride(from: 0, to: analytic.count, by: stride))
            let numeric = try places.map { (try moved($0, step) - moved($0, -step)) / (2 * step) }
            let size = (numeric.reduce(0) { $0 + $1 * $1 } / Double(max(numeric.count, 1)))
                .squareRoot()
            for (i, numeric) in zip(places, numeric) {
                let error = abs(analytic[i] - numeric) / max(abs(numeric), 0.1 * size, 1e-3)
                if !(error <= result.worst) {
                    (result.worst, result.place) = (error.isNaN ? .infinity : error, place(i))
                }
            }
            result.count += places.count
            result.size = min(result.size, size)
        }
        for (n, input) in inputs.enumerated() {
            try compare(inputGradients[n], { "input \(n)[\($0)]" }) { i, h in
                var changed = inputs
                changed[n].values[i] = input.values[i] + h
                return try value(changed)
            }
        }
        if let store {
            for parameter in store.parameters where !store.isFrozen(parameter) {
                let original = store.array(parameter)
                try compare(
                    Array(
                        parameterGradients[parameter.offset..<parameter.offset + parameter.count]),
                    { "\(parameter.name)[\($0)]" }
                ) { i, h in
                    var changed = original
                    changed[i] += h
                    store.set(parameter, changed)
                    defer { store.set(parameter, original) }
                    return try value(inputs)
                }
            }
        }
        return result
    }
}

/// Values with extents, for tests.
package struct TestArray {
    package let shape: Shape
    package var values: [Double]

    package init(_ shape: Shape, _ values: [Double]) { (self.shape, self.values) = (shape, values) }

    /// Uniform in +-`scale`, no magnitude below `gap` (to keep differences away from a kink at 0).
    package static func random(
        _ batch: Int, _ frames: Int, _ channels: Int, seed: UInt64, scale: Double = 1,
        gap: Double = 0
    ) -> TestArray {
        var random = RandomSource(seed: seed)
        let shape = Shape(batch, frames, channels)
        return TestArray(
            shape,
            (0..<shape.count).map { _ in
                let x = random.uniform(-scale, scale)
                return x < 0 ? x - gap : x + gap
            })
    }

    package subscript(_ b: Int, _ t: Int, _ c: Int) -> Double {
        get { values[(b * shape.frames + t) * shape.channels + c] }
        set { values[(b * shape.frames + t) * shape.channels + c] = newValue }
    }

    /// Value, or zero outside the frames.
    package func padded(_ b: Int, _ t: Int, _ c: Int) -> Double {
        t < 0 || t >= shape.frames ? 0 : self[b, t, c]
    }

    /// Built from a function of batch, frame, channel.
    package static func make(_ shape: Shape, _ value: (Int, Int, Int) -> Double) -> TestArray {
        var result = TestArray(shape, Array(repeating: 0, count: shape.count))
        for b in 0..<shape.batch {
            for t in 0..<shape.frames {
                for c in 0..<shape.channels { result[b, t, c] = value(b, t, c) }
            }
        }
        return result
    }

    package func tensor<S>(_ graph: Graph<S>, tracked: Bool = false) -> Tensor<S> {
        graph.input(shape, values.map { S($0) }, tracked: tracked)
    }
}

/// Largest difference relative to the largest expected value; infinite when extents differ or a
/// value is not a number.
package func deviation<S: BinaryFloatingPoint>(_ tensor: Tensor<S>, _ expected: TestArray) -> Double
{
    guard tensor.shape == expected.shape else { return .infinity }
    return deviation(tensor.array, expected.values)
}

package func deviation<A: BinaryFloatingPoint, B: BinaryFloatingPoint>(
    _ values: [A], _ expected: [B]
) -> Double {
    guard values.count == expected.count else { return .infinity }
    let size = expected.reduce(1e-12) { max($0, abs(Double($1))) }
    return zip(values, expected).reduce(0) {
        let d = abs(Double($1.0) - Double($1.1)) / size
        return d.isNaN ? .infinity : max($0, d)
    }
}
