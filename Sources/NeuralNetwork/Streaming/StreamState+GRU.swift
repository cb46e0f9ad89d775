extension StreamState {
    /// See `Graph.gru`.
    func gru(_ gates: Tensor<S>, recurrent: Tensor<S>, bias: Tensor<S>, _ graph: Graph<S>)
        -> Tensor<S>
    {
        let wide = gates.shape.channels
        let hidden = wide / 3
        let held = slot(RecurrentState<S>(hidden))
        let panels = graph.panels(recurrent, rows: hidden)
        let product = graph.scratch(wide)
        let saved = graph.scratch(4 * hidden)
        let count = frames(gates)
        let y = graph.tensor(Shape(1, count, hidden), tracked: false)
        var previous = held.values
        for t in 0..<count {
            let h = y.data + t * hidden
            S.product(
                rows: 1, inner: hidden, columns: wide, previous, stride: hidden, panels: panels,
                bias: bias.data, into: product)
            graph.kernels.pointee.gruStep(
                gates.data + t * wide, wide, product, previous, hidden, saved, 4 * hidden, h,
                hidden, 1, hidden)
            previous = h
        }
        if count > 0 { held.values.update(from: previous, count: hidden) }
        return y
    }
}

/// State of a recurrent unit, zero at first.
private final class RecurrentState<S: EngineScalar> {
    let values: UnsafeMutablePointer<S>

    init(_ count: Int) {
        values = .allocate(capacity: max(count, 1))
        values.initialize(repeating: 0, count: max(count, 1))
    }

    deinit { values.deallocate() }
}
