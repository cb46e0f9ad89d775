import CMRLCodec
import ModelWriting
import NeuralNetwork

extension AdaptationConfiguration {
    /// Longest patch that is made where a coarser one is possible.
    public static var patchByteCount: Int { 2048 }

    /// The patch that a checkpoint has come to: its numbers rounded to an eighth of a unit, or more
    /// coarsely where that takes more than `patchByteCount`; those of a grid as they are.
    /// - Parameter path: of the checkpoint, for messages
    public static func patch(_ checkpoint: TrainingCheckpoint<Self>, path: String) throws
        -> ModelPatch
    {
        let configuration = checkpoint.state.configuration
        let model = try configuration.loadModel()
        let numbers = try configuration.numbers(checkpoint, model, path: path)
        let isGrid = configuration.forward?.method == .quzo
        var step: Float = isGrid ? Float(configuration.forward?.gridStep ?? 0.125) : 0.125
        while true {
            let patch = try ModelPatch(
                configuration.adapter, numbers: numbers, step: step, of: model)
            if isGrid || patch.bytes.count <= patchByteCount || step >= 4 { return patch }
            step *= 2
        }
    }

    /// The adapted model as a model file of its own: the tables and rate curves are those of the
    /// model that was adapted.
    public static func export(
        _ checkpoint: TrainingCheckpoint<Self>, path: String, corpus: Corpus,
        progress: (String) throws -> Void
    ) throws -> ExportedModel {
        let configuration = checkpoint.state.configuration
        let model = try configuration.loadModel()
        let adapted = try model.adapted(
            configuration.adapter, numbers: configuration.numbers(checkpoint, model, path: path))
        let (network, store) = try adapted.makeNetwork()
        let bytes = try CodecModel.file(
            name: configuration.name,
            recipe: "\(model.name), adapted: \(configuration.name), \(checkpoint.state.step) steps",
            network: network, store: store, tables: try model.tables, rateCurves: model.rateCurves,
            objective: model.objective)
        let exported = try CodecModel(bytes: bytes)
        return ExportedModel(
            bytes: bytes,
            about: ["model \(exported.name), id \(exported.id), \(bytes.count) bytes"])
    }

    /// The averaged numbers of the adapter in a checkpoint.
    private func numbers(
        _ checkpoint: TrainingCheckpoint<Self>, _ model: CodecModel, path: String
    ) throws -> [Float] {
        let store = ParameterStore<Float>.counting()
        let network = CodecNetwork(store, try model.configuration)
        // By forward passes a checkpoint holds the adapter alone.
        let own = forward == nil ? store : ParameterStore<Float>.counting()
        let adapter = NetworkAdapter(self.adapter, of: network, addedTo: own)
        try checkpoint.check(parameters: own.parameters, path: path)
        return Array(checkpoint.average[adapter.range])
    }
}
