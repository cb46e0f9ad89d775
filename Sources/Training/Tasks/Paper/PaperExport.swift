import CMRLCodec
import Foundation
import ModelWriting
import NeuralNetwork

/// Turns a trained cascade into a model file: rounds its weights as they will be stored, counts the
/// symbols of training speech, makes the tables, measures the rates.
package struct PaperExport {
    private let checkpoint: TrainingCheckpoint<PaperTrainingConfiguration>
    private let path: String
    /// Seconds of speech that the tables and the rates come from.
    package var statisticsSeconds = 300.0
    package var rateSeconds = 60.0

    private static let pieceSeconds = 4.0

    /// - Parameter path: of the checkpoint, for messages
    package init(checkpoint: TrainingCheckpoint<PaperTrainingConfiguration>, path: String) {
        self.checkpoint = checkpoint
        self.path = path
    }

    /// - Parameter progress: told what is being done
    /// - Throws: `NetworkConfigurationError`, `TrainingError.badCheckpoint` when the values are not
    ///   those of the network, and what the codec throws
    package func run(corpus: Corpus, threads: Int = 2, progress: (String) throws -> Void) throws
        -> ExportedModel
    {
        let configuration = checkpoint.state.configuration
        try configuration.network.validate()
        // Before memory is taken for a network that the file's numbers may not fill.
        let counted = ParameterStore<Float>.counting()
        _ = PaperCascade(counted, configuration.network)
        try checkpoint.check(parameters: counted.parameters, path: path)
        let store = ParameterStore<Float>()
        let cascade = PaperCascade(store, configuration.network)
        store.assign(checkpoint.average)
        CodecModel.roundTimeDomain(cascade, store)
        let coder = TimeDomainCoder(cascade, store, symbolModels: [], rates: [])
        var random = RandomSource(seed: 17)
        func speech(seconds: Double) -> [[Float]] {
            (0..<max(Int(seconds / Self.pieceSeconds), 1)).map { _ in
                ModelExport.draw(corpus, &random, seconds: Self.pieceSeconds)
            }
        }
        func statistics(_ pieces: [[Float]]) throws -> TimeDomainStatistics {
            let empty = TimeDomainStatistics(coder)
            return try InTurns.run(pieces.count, threads: threads) {
                empty
            } _: { i, own in
                own.add(pieces[i])
            }.reduce(into: empty) { $0.merge($1) }
        }
        try progress("counting symbols of \(Int(statisticsSeconds)) s of speech")
        let symbols = try statistics(speech(seconds: statisticsSeconds))
        let tables = try symbols.tables()
        let recipe =
            """
            \(configuration.name), seed \(configuration.seed), \(checkpoint.state.step) steps
            """
        func file(rates: [Double]) throws -> [UInt8] {
            try CodecModel.timeDomainFile(
                name: configuration.name, recipe: recipe, cascade: cascade, store: store,
                tables: tables, restSymbols: symbols.restSymbols, rates: rates)
        }
        try progress("measuring the rates")
        let modules = configuration.network.modules.count
        let others = speech(seconds: rateSeconds)
        let lengths = try statistics(others).lengths(symbols)
        let draft = try CodecModel(bytes: file(rates: Array(repeating: 16_000, count: modules)))
        let rates = try (1...modules).map {
            try ModelExport.rate(draft, others, Array(repeating: 0, count: $0))
        }
        let bytes = try file(rates: rates)
        let model = try CodecModel(bytes: bytes)
        func line(_ module: Int) -> String {
            let own = lengths[module]
            return String(
                format: """
                    module %d: %.2f kbit/s with those below; bits a symbol: one table %.3f, one \
                    for each place in a frame %.3f, by context (as coded) %.3f
                    """, module + 1, rates[module] / 1000, own.one, own.byPlace, own.byContext)
        }
        return ExportedModel(
            bytes: bytes,
            about: [
                """
                model \(model.name), id \(model.id), \(model.parameterCount) parameters, \
                \(bytes.count) bytes
                """
            ] + (0..<modules).map(line))
    }
}
