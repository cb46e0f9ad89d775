import NeuralNetwork

extension CodecModel {
    /// The JSON part of a model file of the papers' cascade.
    package struct TimeDomainMetadata: Codable {
        var name: String
        var family: ModelFamily
        var configuration: PaperNetworkConfiguration
        /// Symbol of silence of each module.
        var restSymbols: [Int]
        /// Bit/s with 1, 2, ... modules on average speech.
        var rates: [Double]
        /// Free text: how the model was made.
        var recipe: String

        package init(
            name: String, configuration: PaperNetworkConfiguration, restSymbols: [Int],
            rates: [Double], recipe: String
        ) {
            self.name = name
            family = .timeDomainCascade
            self.configuration = configuration
            self.restSymbols = restSymbols
            self.rates = rates
            self.recipe = recipe
        }
    }

    /// What such a file holds, checked.
    struct TimeDomainContent {
        let metadata: TimeDomainMetadata
        let parameterCount: Int
        let coder: TimeDomainCoder

        /// - Throws: `CodecError.model`, `.modelTensor`
        init(_ file: WeightFile) throws(CodecError) {
            metadata = try Self.metadata(file)
            let configuration = metadata.configuration
            // Before anything is allocated: a small file cannot ask for a large network.
            let needed = configuration.parameterCount
            guard file.mostNumbers >= needed else {
                throw .model(.parameterCount(needed: needed, found: file.mostNumbers))
            }
            let store = ParameterStore<Float>.zeros(count: needed)
            let cascade = PaperCascade(store, configuration)
            for parameter in store.parameters {
                store.set(parameter, try file.floats(parameter.name, parameter.shape))
            }
            var models: [TimeDomainSymbolModel] = []
            for (index, module) in configuration.modules.enumerated() {
                let tables = try Self.tables(file, index, module)
                models.append(
                    TimeDomainSymbolModel(
                        tables: tables, rest: metadata.restSymbols[index],
                        codeLength: module.codeLength))
            }
            parameterCount = needed
            coder = TimeDomainCoder(
                cascade, store, symbolModels: models, rates: metadata.rates)
        }

        private static func metadata(_ file: WeightFile) throws(CodecError) -> TimeDomainMetadata {
            let metadata: TimeDomainMetadata
            do {
                metadata = try MetadataDecoder.decode(TimeDomainMetadata.self, from: file.metadata)
            } catch { throw .model(.metadata("\(error)")) }
            try ConfigurationNames.check(
                file.metadata, known: PaperNetworkConfiguration.CodingKeys.self,
                inModules: PaperNetworkConfiguration.Module.CodingKeys.self)
            let modules = metadata.configuration.modules
            do { try metadata.configuration.validate() } catch {
                throw .model(.configuration(error))
            }
            guard metadata.restSymbols.count == modules.count,
                zip(metadata.restSymbols, modules).allSatisfy({ (0..<$1.centroids).contains($0) })
            else { throw .model(.restSymbols(metadata.restSymbols)) }
            let rates = metadata.rates
            guard rates.count == modules.count, rates.allSatisfy({ $0 > 0 && $0 < 1e7 }) else {
                throw .model(.rateCurve(count: rates.count, expected: modules.count))
            }
            return metadata
        }

        private static func tables(
            _ file: WeightFile, _ index: Int, _ module: PaperNetworkConfiguration.Module
        ) throws(CodecError) -> SymbolTableSet {
            let name = "tables.module\(index + 1)"
            let set = try file.tableSet(
                name, count: TimeDomainSymbolModel.tableCount(centroids: module.centroids),
                { words throws(EntropyCodingError) in try SymbolTableSet(words: words) },
                { $0.tableCount })
            guard set.symbolCount == module.centroids else {
                throw .modelTensor(
                    name: name,
                    .tables(
                        .symbolCountMismatch(
                            table: 0, expected: module.centroids, found: set.symbolCount)))
            }
            return set
        }
    }
}
