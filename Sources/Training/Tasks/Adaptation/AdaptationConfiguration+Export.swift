import CMRLCodec
import ModelWriting
import NeuralNetwork

extension AdaptationConfiguration {
    /// The adapted model as a model file of its own: the tables and rate curves are those of the
    /// model that was adapted.
    public static func export(
        _ checkpoint: TrainingCheckpoint<Self>, path: String, corpus: Corpus,
        progress: (String) throws -> Void
    ) throws -> ExportedModel {
        let configuration = checkpoint.state.configuration
        let task = try configuration.makeTask(TrainingData(train: corpus))
        try checkpoint.check(parameters: task.store.parameters, path: path)
        task.store.assign(checkpoint.average)
        let model = task.model
        guard let (network, store) = model.makeNetwork() else {
            throw ConfigurationProblem("the model \(configuration.model) has no parameters")
        }
        for parameter in store.parameters {
            store.set(parameter, task.store.resolved(parameter))
        }
        let bytes = try CodecModel.file(
            name: configuration.name,
            recipe: "\(model.name), adapted: \(configuration.name), \(checkpoint.state.step) steps",
            network: network, store: store, tables: model.tables, rateCurves: model.rateCurves,
            objective: model.objective)
        let adapted = try CodecModel(bytes: bytes)
        return ExportedModel(
            bytes: bytes,
            about: ["model \(adapted.name), id \(adapted.id), \(bytes.count) bytes"])
    }
}
