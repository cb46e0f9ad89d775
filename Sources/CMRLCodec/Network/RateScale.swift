import NeuralNetwork

/// The rate scale of a model: position 0 is the lowest rate, 1 the highest; `UInt8` rate indices
/// are its 256 steps.
package enum RateScale {
    package static func position(index: UInt8) -> Double { Double(index) / 255 }

    /// Interpolation weights of the knots at a position in [0, 1] (hat functions, sum 1).
    package static func weights(position: Double, knots: Int) -> [Double] {
        let x = min(max(position, 0), 1) * Double(knots - 1)
        return (0..<knots).map { max(0, 1 - abs(x - Double($0))) }
    }
}

/// A vector that depends on the rate: one trained row per knot, interpolated at each item's
/// position.
package struct RateTable<S: EngineScalar>: Sendable {
    package let rows: Parameter
    package let width: Int

    /// - Parameter initial: first value of a knot and a column
    package init(
        _ store: ParameterStore<S>, _ name: String, knots: Int, width: Int,
        initial: (_ knot: Int, _ column: Int) -> Double
    ) {
        self.width = width
        rows = store.add(
            name, [knots, width],
            values: (0..<knots).flatMap { knot in (0..<width).map { S(initial(knot, $0)) } })
    }

    /// - Parameters:
    ///   - knots: interpolation weights [batch, 1, knots]
    /// - Returns: [batch, 1, width]
    package func callAsFunction(_ knots: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        graph.convolution(
            knots, weight: graph.parameter(rows), bias: nil, ConvolutionGeometry(taps: 1))
    }
}
