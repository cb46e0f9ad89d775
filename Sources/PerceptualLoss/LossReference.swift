import NeuralNetwork

/// What a distance makes of its reference alone, so that many signals can be compared with one
/// reference without doing it again.
///
/// Constants of one graph, good until its `reset`; `copy` outlives it.
public struct LossReference<S: EngineScalar> {
    let features: [Tensor<S>]

    /// The values, for use after the graph has been reset.
    public func copy() -> Copy { Copy(features: features.map { ($0.shape, $0.array) }) }

    /// Values of a reference, not bound to a graph.
    public struct Copy {
        fileprivate let features: [(shape: Shape, values: [S])]

        /// The reference as constants of a graph.
        public func reference(_ graph: Graph<S>) -> LossReference {
            LossReference(features: features.map { graph.input($0.shape, $0.values) })
        }
    }
}
