extension Graph where S == Float {
    /// A graph that only evaluates: it reads the numbers of a store where they lie, so that they
    /// may change between two evaluations, records nothing, has no gradients, multiplies in the
    /// fixed order of streams, and takes memory in small pieces.
    /// - Parameter store: without weight sources; lives as long as the graph
    public static func evaluation(_ store: ParameterStore<Float>) -> Graph {
        let graph = Graph(
            store: nil, backend: PanelMatrixBackend(), kernels: Float.kernels,
            fixedParameter: { parameter in
                Tensor(
                    shape: Shape(1, parameter.rows, parameter.columns),
                    data: store.pointer + parameter.offset, grad: nil)
            },
            chunkCount: 1 << 16)
        graph.isRecording = false
        return graph
    }
}
