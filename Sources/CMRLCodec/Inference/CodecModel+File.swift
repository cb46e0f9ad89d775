import NeuralNetwork

extension CodecModel {
    /// The JSON part of a model file.
    package struct Metadata: Codable {
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

        /// - Parameter rateCurves: of one layer and of more, at least the first
        package init(
            name: String, configuration: NetworkConfiguration, rateCurves: [[Double]],
            objective: EncodingObjective?, recipe: String
        ) {
            self.name = name
            self.configuration = configuration
            rateCurve = rateCurves.first ?? []
            layeredRateCurves = Array(rateCurves.dropFirst())
            self.objective = objective
            self.recipe = recipe
        }
    }

    /// The names that a model file uses for its network, known ones and others.
    struct ConfigurationNames: Decodable {
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

        private var network: [String]
        private var modules: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            network = try container.decode(Names.self, forKey: .configuration).names
            modules = try container.decode(Modules.self, forKey: .configuration).modules
                .flatMap(\.names)
        }

        /// What this code does not know of a network it cannot compute: silence about it would be
        /// wrong sound.
        /// - Parameters:
        ///   - known: names of the network's entries
        ///   - inModules: and of those of its modules
        /// - Throws: `CodecError.model`
        static func check<Key: CodingKey & CaseIterable, ModuleKey: CodingKey & CaseIterable>(
            _ metadata: [UInt8], known: Key.Type, inModules: ModuleKey.Type
        ) throws(CodecError) {
            guard let found = try? MetadataDecoder.decode(Self.self, from: metadata) else { return }
            let known = known.allCases.map(\.stringValue)
            let inModules = inModules.allCases.map(\.stringValue)
            let unknown =
                found.network.filter { !known.contains($0) }
                + found.modules.filter { !inModules.contains($0) }
            guard unknown.isEmpty else {
                throw .model(.unknownEntries(Set(unknown).sorted()))
            }
        }
    }

    /// The family, before anything else that depends on it is read.
    private static func family(_ metadata: [UInt8]) throws(CodecError) -> ModelFamily {
        struct Family: Decodable { var family: String? }
        let name: String?
        do { name = try MetadataDecoder.decode(Family.self, from: metadata).family } catch {
            throw .model(.metadata("\(error)"))
        }
        guard let name else { return .lappedCascade }
        guard let family = ModelFamily(rawValue: name) else { throw .model(.unknownFamily(name)) }
        guard family.hasBitstream else { throw .model(.family(family)) }
        return family
    }

    /// Reads a model file.
    /// - Parameter keepsParameters: the file is kept, so that a patch or analysis by synthesis can
    ///   read its weights again
    /// - Throws: `CodecError.modelFile`, `.model`, `.modelTensor`
    public init(bytes: consuming [UInt8], keepsParameters: Bool = false) throws(CodecError) {
        guard keepsParameters else {
            try self.init(Self.file(bytes), nil)
            return
        }
        let kept = bytes
        try self.init(file: { kept })
    }

    /// Reads a model file that can be read again.
    package init(file: @escaping @Sendable () -> [UInt8]) throws(CodecError) {
        try self.init(
            Self.file(file()),
            ModelParameters(reading: { () throws(CodecError) in
                try Content(Self.file(file())).store.values
            }))
    }

    private static func file(_ bytes: consuming [UInt8]) throws(CodecError) -> WeightFile {
        do { return try WeightFile(bytes) } catch { throw .modelFile(error) }
    }

    private init(
        _ file: consuming WeightFile, _ parameters: ModelParameters?
    ) throws(CodecError) {
        if try Self.family(file.metadata) == .timeDomainCascade {
            try self.init(timeDomain: file)
        } else {
            // The file's bytes go before the weights are packed: they need the most memory
            // together.
            try self.init(Content(file), parameters)
        }
    }

    private init(_ content: Content, _ parameters: ModelParameters?) {
        let metadata = content.metadata
        objective = metadata.objective ?? EncodingObjective()
        codecID = content.id
        name = metadata.name
        family = .lappedCascade
        elementTypes = content.elementTypes
        parameterCount = content.store.count
        rateCurves = content.rateCurves
        coder = .lapped(
            LappedCoder(
                configuration: metadata.configuration, tables: content.tables,
                core: ModelCore(
                    content.network, content.store, interpolation: content.interpolation),
                parameters: parameters))
    }

    /// A file whose network runs on the samples themselves.
    private init(timeDomain file: WeightFile) throws(CodecError) {
        let content = try TimeDomainContent(file)
        objective = EncodingObjective()
        codecID = file.modelID
        name = content.metadata.name
        family = .timeDomainCascade
        elementTypes = file.elementTypes
        parameterCount = content.parameterCount
        rateCurves = []
        coder = .timeDomain(content.coder)
    }

    /// What a model file holds, checked.
    private struct Content {
        let metadata: Metadata
        let id: ModelID
        let elementTypes: [ElementType: Int]
        let rateCurves: [[Double]]
        let network: CodecNetwork<Float>
        let store: ParameterStore<Float>
        let interpolation: [Float]
        let tables: SymbolTables

        init(_ file: consuming WeightFile) throws(CodecError) {
            metadata = try CodecModel.metadata(file)
            let configuration = metadata.configuration
            // Before anything is allocated: a small file cannot ask for a large network.
            let elements = file.mostNumbers
            let names = Set(file.tensors.map(\.name))
            let needed = configuration.parameterCount
            // A file may leave out the transform: it is as computed then.
            let computed = 4 * configuration.hop * configuration.hop
            let hasTransform = !names.isDisjoint(with: LappedTransformLayer<Float>.tensors)
            guard elements >= needed - (hasTransform ? 0 : computed) else {
                throw .model(.parameterCount(needed: needed, found: elements))
            }
            store = ParameterStore<Float>.zeros(count: needed)
            network = CodecNetwork(store, configuration)
            for parameter in store.parameters {
                if !hasTransform, LappedTransformLayer<Float>.tensors.contains(parameter.name) {
                    continue
                }
                store.set(parameter, try file.floats(parameter.name, parameter.shape))
            }
            if !hasTransform { network.transform.compute(store) }
            let name = "envelope.widening"
            interpolation = try file.floats(name, [configuration.bands, configuration.hop])
            // Interpolation weights are 0...1; much larger ones would overflow the integers made
            // of them.
            if let odd = interpolation.first(where: { $0.magnitude > 2 }) {
                throw .modelTensor(name: name, .interpolationWeight(odd))
            }
            tables = SymbolTables(
                envelope: try file.tableSet(
                    "tables.envelope",
                    count: TableLayout.envelopeScales * TableLayout.envelopePhases,
                    { words throws(EntropyCodingError) in try SignedTableSet(words: words) },
                    { $0.tableCount }),
                coefficients: try file.coefficientTables(modules: configuration.modules.count))
            rateCurves = try CodecModel.rateCurves(metadata)
            id = file.modelID
            elementTypes = file.elementTypes
        }
    }

    /// What a file says in words, checked.
    private static func metadata(_ file: WeightFile) throws(CodecError) -> Metadata {
        let metadata: Metadata
        do { metadata = try MetadataDecoder.decode(Metadata.self, from: file.metadata) } catch {
            throw .model(.metadata("\(error)"))
        }
        try ConfigurationNames.check(
            file.metadata, known: NetworkConfiguration.CodingKeys.self,
            inModules: NetworkConfiguration.Module.CodingKeys.self)
        do { try metadata.configuration.validateForBitstream() } catch {
            throw .model(.configuration(error))
        }
        let aim = metadata.objective ?? EncodingObjective()
        guard aim.isSensible else {
            throw .model(.objective(aim))
        }
        return metadata
    }

    /// One for each number of layers.
    private static func rateCurves(_ metadata: Metadata) throws(CodecError) -> [[Double]] {
        var curves = [metadata.rateCurve] + (metadata.layeredRateCurves ?? [])
        for curve in curves {
            guard curve.count == rateCurveIndices.count,
                curve.allSatisfy({ $0 > 0 && $0 < 1e7 })
            else {
                throw .model(.rateCurve(count: curve.count, expected: rateCurveIndices.count))
            }
        }
        // A file without them: every layer as expensive as the first. Only where rate control
        // starts.
        while curves.count < metadata.configuration.modules.count {
            curves.append(metadata.rateCurve.map { $0 * Double(curves.count + 1) })
        }
        return curves
    }
}

extension WeightFile {
    /// How many values are of which type.
    fileprivate var elementTypes: [ElementType: Int] {
        tensors.reduce(into: [:]) { $0[$1.type, default: 0] += $1.elementCount }
    }

    /// Weights of a tensor of a model; all are finite and below 10^6.
    package func floats(_ name: String, _ shape: [Int]) throws(CodecError) -> [Float] {
        let values: [Float]
        if isPacked(name) {
            values = try packedWeights(name, shape).values
        } else {
            do { values = try weights(name, shape: shape) } catch {
                throw .modelTensor(name: name, .file(error))
            }
        }
        guard values.allSatisfy({ $0.isFinite && $0.magnitude < 1e6 }) else {
            throw .modelTensor(name: name, .notWeights)
        }
        return values
    }

    /// Frequency tables, `count` of them.
    func tableSet<T>(
        _ name: String, count: Int, _ make: ([UInt16]) throws(EntropyCodingError) -> T,
        _ found: (T) -> Int
    ) throws(CodecError) -> T {
        let words: [UInt16]
        if isPacked(name) {
            words = try packedWords(name)
        } else {
            do { words = try uint16s(name) } catch { throw .modelTensor(name: name, .file(error)) }
        }
        let set: T
        do { set = try make(words) } catch { throw .modelTensor(name: name, .tables(error)) }
        guard found(set) == count else {
            throw .modelTensor(name: name, .tableCount(found(set), expected: count))
        }
        return set
    }

    fileprivate func coefficientTables(modules: Int) throws(CodecError) -> [MagnitudeTableSet] {
        var sets: [MagnitudeTableSet] = []
        for module in 1...max(modules, 1) {
            sets.append(
                try tableSet(
                    "tables.module\(module)", count: TableLayout.coefficientTables,
                    { words throws(EntropyCodingError) in try MagnitudeTableSet(words: words) },
                    { $0.tableCount }))
        }
        return sets
    }
}
