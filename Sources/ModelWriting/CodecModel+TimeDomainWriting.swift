import CMRLCodec
import NeuralNetwork

extension CodecModel {
    /// Puts weights into a store as a file of the papers' cascade will have them: large parameters
    /// in half precision, centroids ascending.
    package static func roundTimeDomain(
        _ cascade: PaperCascade<Float>, _ store: ParameterStore<Float>
    ) {
        for parameter in store.parameters where parameter.count >= precisionThreshold {
            store.set(parameter, store.array(parameter).map(Half.rounded))
        }
        for module in cascade.modules {
            store.set(
                module.quantiser.centroids, store.array(module.quantiser.centroids).sorted())
        }
    }

    /// A model file's bytes from a trained cascade.
    /// - Parameters:
    ///   - store: rounded by `roundTimeDomain`
    ///   - tables: of each module
    ///   - restSymbols: symbol of silence of each module
    ///   - rates: bit/s with 1, 2, ... modules
    /// - Throws: `WeightFileError` for weights that are not finite
    package static func timeDomainFile(
        name: String, recipe: String, cascade: PaperCascade<Float>, store: ParameterStore<Float>,
        tables: [SymbolTableSet], restSymbols: [Int], rates: [Double]
    ) throws -> [UInt8] {
        var writer = try WeightFileWriter(
            describedBy: TimeDomainMetadata(
                name: name, configuration: cascade.configuration, restSymbols: restSymbols,
                rates: rates, recipe: recipe))
        for parameter in store.parameters {
            let values = store.array(parameter)
            if parameter.count >= precisionThreshold {
                try writer.add(parameter.name, shape: parameter.shape, halves: values)
            } else {
                try writer.add(parameter.name, shape: parameter.shape, floats: values)
            }
        }
        for (index, set) in tables.enumerated() {
            let words = set.words
            try writer.add("tables.module\(index + 1)", shape: [words.count], uint16s: words)
        }
        return writer.bytes()
    }
}
