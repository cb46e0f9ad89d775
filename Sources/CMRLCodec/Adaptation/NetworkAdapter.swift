import NeuralNetwork

/// An adapter inside a network that is trained: its numbers are parameters of the network's store,
/// zero at first, and the layers find their weights changed by them.
package struct NetworkAdapter<S: EngineScalar>: Sendable {
    /// Prefix of the parameters' names.
    package static var prefix: String { "adapter." }

    package let shape: AdapterShape
    package let parts: [AdapterPart]
    /// Of each part, one for each factor.
    package let parameters: [[Parameter]]

    /// Adds the adapter's parameters to a store, whatever else that holds.
    package init(
        _ shape: AdapterShape, of network: CodecNetwork<S>, addedTo store: ParameterStore<S>
    ) {
        self.shape = shape
        parts = shape.parts(of: network)
        parameters = parts.map { part in
            part.factors.enumerated().map { i, factor in
                store.add(
                    "\(Self.prefix)\(part.target.name).\(i)", [factor.rows, factor.columns],
                    constant: 0)
            }
        }
    }

    /// Adds the adapter's parameters to the store of a network and sets the sources of what it
    /// changes.
    package init(_ shape: AdapterShape, in store: ParameterStore<S>, _ network: CodecNetwork<S>) {
        self.init(shape, of: network, addedTo: store)
        for (part, own) in zip(parts, parameters) {
            store.setSource(
                AdaptedWeights<S>(
                    part: part, parameters: own, starts: part.starts.map { $0.map { S($0) } },
                    widening: network.envelope.widening), of: part.target)
        }
    }

    /// Places of the adapter's numbers in the store: one stretch.
    package var range: Range<Int> {
        guard let first = parameters.first?.first, let last = parameters.last?.last else {
            return 0..<0
        }
        return first.offset..<last.offset + last.count
    }
}

/// A parameter of a network, changed by numbers that are trained.
struct AdaptedWeights<S: EngineScalar>: WeightSource {
    let part: AdapterPart
    let parameters: [Parameter]
    let starts: [[S]]
    let widening: ConstantMatrix<S>

    func values(of parameter: Parameter, _ graph: Graph<S>) -> Tensor<S> {
        let base = graph.ownValues(parameter)
        let unit = Double(part.unit)
        func factor(_ index: Int) -> Tensor<S> {
            let own = graph.affine(graph.ownValues(parameters[index]), scale: unit)
            let factor = part.factors[index]
            guard factor.isRandom else { return own }
            return graph.add(
                graph.input(Shape(1, factor.rows, factor.columns), starts[index]), own)
        }
        func product(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> {
            graph.convolution(a, weight: b, bias: nil, ConvolutionGeometry(taps: 1))
        }
        func shifted(_ shift: Tensor<S>) -> Tensor<S> {
            let before = part.columns.lowerBound
            let after = parameter.columns - part.columns.upperBound
            let row = graph.concatenate(
                [graph.zeros(Shape(1, 1, before)), shift, graph.zeros(Shape(1, 1, after))].filter {
                    $0.count > 0
                })
            return graph.addChannels(base, row)
        }
        switch part.form {
        case .shift: return shifted(factor(0))
        case .bands: return shifted(graph.multiply(factor(0), widening))
        case .scale:
            return graph.multiplyChannels(base, graph.affine(factor(0), scale: 1, shift: 1))
        case .lowRank: return graph.add(base, product(factor(0), factor(1)))
        case .tensorTrain(let rank):
            let left = product(factor(0), factor(1)).reshaped(1, parameter.rows, rank)
            let right = product(factor(2), factor(3)).reshaped(1, rank, parameter.columns)
            return graph.add(base, product(left, right))
        }
    }
}
