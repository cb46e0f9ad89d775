#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import NeuralNetwork

extension CodecModel {
    /// The JSON part of a model file.
    struct Metadata: Codable {
        var name: String
        /// nil = `ModelFamily.lappedCascade`
        var family: ModelFamily?
        var configuration: NetworkConfiguration
        var rateCurve: [Double]
        /// Rate curves of 2, 3, ... layers.
        var layeredRateCurves: [[Double]]?
        /// What it was trained for; nil = as the built-in model.
        var objective: EncodingObjective?
        /// Free text: how the model was made (configuration name, steps, seed).
        var recipe: String
    }

    /// The names that a model file uses for its network, known ones and others.
    private struct ConfigurationNames: Decodable {
        struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        struct Names: Decodable {
            var names: [String]
            init(from decoder: any Decoder) throws {
                names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue)
            }
        }

        struct Modules: Decodable { var modules: [Names] }

        enum CodingKeys: String, CodingKey { case configuration }

        /// Names that this code does not know, sorted.
        var unknown: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let known = NetworkConfiguration.CodingKeys.allCases.map(\.rawValue)
            let inModules = NetworkConfiguration.Module.CodingKeys.allCases.map(\.rawValue)
            let names = try container.decode(Names.self, forKey: .configuration).names.filter {
                !known.contains($0)
            }
            let modules = try container.decode(Modules.self, forKey: .configuration).modules
                .flatMap(\.names).filter { !inModules.contains($0) }
            unknown = Set(names + modules).sorted()
        }
    }

    /// The family's name, before anything else that depends on it is read.
    private static func checkFamily(_ metadata: [UInt8]) throws(CodecError) {
        struct Family: Decodable { var family: String? }
        let name: String?
        do { name = try JSONDecoder().decode(Family.self, from: Data(metadata)).family } catch {
            throw .model(.metadata("\(error)"))
        }
        guard let name else { return }
        guard let family = ModelFamily(rawValue: name) else { throw .model(.unknownFamily(name)) }
        guard family.hasBitstream else { throw .model(.family(family)) }
    }

    /// Reads a model file.
    /// - Parameter keepsParameters: also keep the weights as they are in the file, for
    ///   `makeNetwork`; takes 4 bytes a parameter
    /// - Throws: `CodecError.modelFile`, `.model`, `.modelTensor`
    public init(bytes: [UInt8], keepsParameters: Bool = false) throws(CodecError) {
        let file: WeightFile
        do { file = try WeightFile(bytes) } catch { throw .modelFile(error) }
        try Self.checkFamily(file.metadata)
        let metadata: Metadata
        do { metadata = try JSONDecoder().decode(Metadata.self, from: Data(file.metadata)) } catch {
            throw .model(.metadata("\(error)"))
        }
        // What this code does not know of a network it cannot compute: silence about it would be
        // wrong sound.
        let unknown =
            (try? JSONDecoder().decode(ConfigurationNames.self, from: Data(file.metadata)).unknown)
            ?? []
        guard unknown.isEmpty else {
            throw .model(.unknownEntries(unknown))
        }
        do { try metadata.configuration.validateForBitstream() } catch {
            throw .model(.configuration(error))
        }
        // Before anything is allocated: a small file cannot ask for a large network.
        let elements = file.tensors.reduce(0) { $0 + $1.elementCount }
        let needed = metadata.configuration.parameterCount
        guard elements >= needed else {
            throw .model(.parameterCount(needed: needed, found: elements))
        }
        let store = ParameterStore<Float>()
        let network = CodecNetwork(store, metadata.configuration)
        func floats(_ name: String, _ shape: [Int]) throws(CodecError) -> [Float] {
            let values: [Float]
            do { values = try file.weights(name, shape: shape) } catch {
                throw .modelTensor(name: name, .file(error))
            }
            guard values.allSatisfy({ $0.isFinite && $0.magnitude < 1e6 }) else {
                throw .modelTensor(name: name, .notWeights)
            }
            return values
        }
        for parameter in store.parameters {
            store.set(parameter, try floats(parameter.name, parameter.shape))
        }
        let c = metadata.configuration
        let widening = try floats("envelope.widening", [c.bands, c.hop])
        // Interpolation weights are 0...1; much larger ones would overflow the integers made of
        // them.
        if let odd = widening.first(where: { $0.magnitude > 2 }) {
            throw .modelTensor(name: "envelope.widening", .interpolationWeight(odd))
        }
        func words(_ name: String) throws(CodecError) -> [UInt16] {
            do { return try file.uint16s(name) } catch {
                throw .modelTensor(name: name, .file(error))
            }
        }
        func tableSet<T>(
            _ name: String, count: Int, _ make: ([UInt16]) throws(EntropyCodingError) -> T,
            _ found: (T) -> Int
        ) throws(CodecError) -> T {
            let words = try words(name)
            let set: T
            do { set = try make(words) } catch { throw .modelTensor(name: name, .tables(error)) }
            guard found(set) == count else {
                throw .modelTensor(name: name, .tableCount(found(set), expected: count))
            }
            return set
        }
        let envelope = try tableSet(
            "tables.envelope", count: TableLayout.envelopeScales * TableLayout.envelopePhases,
            { words throws(EntropyCodingError) in try SignedTableSet(words: words) },
            { $0.tableCount })
        var coefficients: [MagnitudeTableSet] = []
        for module in c.modules.indices {
            coefficients.append(
                try tableSet(
                    "tables.module\(module + 1)", count: TableLayout.coefficientTables,
                    { words throws(EntropyCodingError) in try MagnitudeTableSet(words: words) },
                    { $0.tableCount }))
        }
        tables = SymbolTables(envelope: envelope, coefficients: coefficients)
        var curves = [metadata.rateCurve] + (metadata.layeredRateCurves ?? [])
        for curve in curves {
            guard curve.count == Self.rateCurveIndices.count,
                curve.allSatisfy({ $0 > 0 && $0 < 1e7 })
            else {
                throw .model(
                    .rateCurve(count: curve.count, expected: Self.rateCurveIndices.count))
            }
        }
        // A file without them: every layer as expensive as the first. Only where rate control
        // starts.
        while curves.count < c.modules.count {
            curves.append(metadata.rateCurve.map { $0 * Double(curves.count + 1) })
        }
        let aim = metadata.objective ?? EncodingObjective()
        guard aim.isSensible else {
            throw .model(.objective(aim))
        }
        objective = aim
        id = file.modelID
        name = metadata.name
        configuration = c
        family = metadata.family ?? .lappedCascade
        elementTypes = file.tensors.reduce(into: [:]) { $0[$1.type, default: 0] += $1.elementCount }
        parameterCount = store.count
        rateCurves = curves
        parameters = keepsParameters ? store.values : nil
        core = ModelCore(network, store, interpolation: widening)
    }

    /// How a model file stores parameters of many values.
    public enum WeightPrecision: String, Sendable, CaseIterable {
        case half
        /// 8-bit integers with a scale for each output of a layer.
        case int8
    }

    /// Parameters of at least this many values are stored with `WeightPrecision`, others in single
    /// precision.
    static var precisionThreshold: Int { 1024 }

    /// A model file's bytes from trained weights and symbol statistics.
    /// - Parameters:
    ///   - rateCurves: as `CodecModel.rateCurves`, at least the first
    ///   - objective: what was trained for
    ///   - precision: of large parameters
    public static func file(
        name: String, recipe: String, network: CodecNetwork<Float>, store: ParameterStore<Float>,
        tables: SymbolTables, rateCurves: [[Double]],
        objective: EncodingObjective? = nil, precision: WeightPrecision = .half
    ) throws -> [UInt8] {
        let metadata = Metadata(
            name: name, configuration: network.configuration, rateCurve: rateCurves.first ?? [],
            layeredRateCurves: Array(rateCurves.dropFirst()),
            objective: objective, recipe: recipe)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var writer = try WeightFileWriter(metadata: Array(try encoder.encode(metadata)))
        for parameter in store.parameters {
            let values = store.resolved(parameter)
            let shape = parameter.shape
            guard parameter.count >= precisionThreshold else {
                try writer.add(parameter.name, shape: shape, floats: values)
                continue
            }
            switch precision {
            case .half: try writer.add(parameter.name, shape: shape, halves: values)
            case .int8:
                try writer.add(
                    parameter.name, shape: shape,
                    weights: ScaledInt8Weights(rounding: values, columns: parameter.columns))
            }
        }
        let c = network.configuration
        try writer.add(
            "envelope.widening", shape: [c.bands, c.hop],
            floats: network.envelope.interpolation)
        try writer.add(
            "tables.envelope", shape: [tables.envelope.words.count], uint16s: tables.envelope.words)
        for (i, table) in tables.coefficients.enumerated() {
            try writer.add(
                "tables.module\(i + 1)", shape: [table.words.count], uint16s: table.words)
        }
        return writer.bytes()
    }
}
