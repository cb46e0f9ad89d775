import CMRLCodec

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
        guard let (_, store, adapter) = model.makeNetwork(configuration.adapter) else {
            throw ConfigurationProblem("the model \(configuration.model) has no parameters")
        }
        try checkpoint.check(parameters: store.parameters, path: path)
        let numbers = Array(checkpoint.average[adapter.range])
        let isGrid = configuration.forward?.method == .quzo
        var step: Float = isGrid ? Float(configuration.forward?.gridStep ?? 0.125) : 0.125
        while true {
            let patch = try ModelPatch(
                configuration.adapter, numbers: numbers, step: step, of: model)
            if isGrid || patch.bytes.count <= patchByteCount || step >= 4 { return patch }
            step *= 2
        }
    }
}
