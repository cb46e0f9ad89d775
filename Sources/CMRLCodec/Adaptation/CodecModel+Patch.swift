import NeuralNetwork

extension CodecModel {
    /// This model with a patch applied: what a stream that carries the patch is coded with. Its
    /// post-filter stays, and both identities: the stream's header says which patch it needs.
    /// - Throws: `CodecError.patch`, `.parametersNotKept`, `.entropy`
    public func adapted(by patch: ModelPatch) throws(CodecError) -> CodecModel {
        if self.patch == patch { return self }
        guard self.patch == nil else { throw .patch(.alreadyPatched) }
        guard patch.modelID == codecID else {
            throw .patch(.wrongModel(expected: patch.modelID, found: codecID))
        }
        var result = try adapted(patch.shape, numbers: patch.numbers(of: self))
        result.patch = patch
        return result
    }

    /// This model as a stream is coded with it: with the patch that the stream carries.
    /// - Throws: `CodecError.wrongModel`, `.wrongBlock`, `.patch`, `.parametersNotKept`, `.entropy`
    func adapted(to header: StreamHeader) throws(CodecError) -> CodecModel {
        guard [id, codecID].contains(header.modelID) else {
            throw .wrongModel(stream: header.modelID, model: id)
        }
        guard header.block == signal.block else {
            throw .wrongBlock(stream: header.block, model: signal.block)
        }
        if let patch = header.patch { return try adapted(by: patch) }
        guard patch == nil else { throw .patch(.alreadyPatched) }
        return self
    }

    /// The network for training an adapter inside it. Everything is frozen.
    /// - Throws: `CodecError.parametersNotKept`
    package func adaptable(_ shape: AdapterShape) throws(CodecError) -> (
        network: CodecNetwork<Float>, store: ParameterStore<Float>, adapter: NetworkAdapter<Float>
    ) {
        let parameters = try allParameters()
        let configuration = try lapped.configuration
        let counted = CodecNetwork(ParameterStore<Float>.counting(), configuration)
        let count = shape.parts(of: counted).reduce(0) { $0 + $1.count }
        let store = ParameterStore<Float>.zeros(count: parameters.count + count)
        let network = CodecNetwork(store, configuration)
        let adapter = NetworkAdapter(shape, in: store, network)
        store.assign(parameters + Array(repeating: 0, count: count))
        store.setFrozen(true) { _ in true }
        return (network, store, adapter)
    }

    /// This model with an adapter's numbers, of all parts, one behind the other.
    /// - Throws: `CodecError.patch`, `.parametersNotKept`
    package func adapted(_ shape: AdapterShape, numbers: [Float]) throws(CodecError) -> CodecModel {
        let core = try core
        let (network, store) = try makeNetwork()
        let parts = shape.parts(of: network)
        let count = parts.reduce(0) { $0 + $1.count }
        guard numbers.count == count else {
            throw .patch(.numberCount(numbers.count, expected: count))
        }
        let widening = core.network.envelope.widening.values
        var next = 0
        for part in parts {
            let values = part.adapted(
                store.array(part.target), numbers: numbers[next..<next + part.count],
                widening: widening)
            next += part.count
            guard values.allSatisfy({ $0.isFinite && $0.magnitude < 1e6 }) else {
                throw .patch(.weights(parameter: part.target.name))
            }
            store.set(part.target, values)
        }
        return try replacing(network, store)
    }
}
