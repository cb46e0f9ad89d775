import CMRLCodec
import NeuralNetwork

extension CodecModel {
    /// How a model file stores parameters of many values.
    package enum WeightPrecision: String, Sendable, CaseIterable {
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
    ///   - packed: parameters that are stored so, by name; where there are any, everything else is
    ///     stored compactly too: other parameters in half precision, tables and interpolation
    ///     packed
    package static func file(
        name: String, recipe: String, network: CodecNetwork<Float>, store: ParameterStore<Float>,
        tables: SymbolTables, rateCurves: [[Double]],
        objective: EncodingObjective? = nil, precision: WeightPrecision = .half,
        packed: [String: PackedWeights] = [:]
    ) throws -> [UInt8] {
        var writer = try WeightFileWriter(
            describedBy: Metadata(
                name: name, configuration: network.configuration, rateCurves: rateCurves,
                objective: objective, recipe: recipe))
        let transform = LappedTransformLayer<Float>.tensors
        let isComputed = network.transform.isComputed(store)
        for parameter in store.parameters {
            if isComputed, transform.contains(parameter.name) { continue }
            let values = store.resolved(parameter)
            let shape = parameter.shape
            if let packed = packed[parameter.name] {
                try writer.add(parameter.name, packed: packed)
                continue
            }
            if !packed.isEmpty {
                try writer.add(parameter.name, shape: shape, halves: values)
                continue
            }
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
        let interpolation = network.envelope.interpolation
        var named = [("tables.envelope", tables.envelope.words)]
        for (i, table) in tables.coefficients.enumerated() {
            named.append(("tables.module\(i + 1)", table.words))
        }
        if packed.isEmpty {
            try writer.add(
                "envelope.widening", shape: [c.bands, c.hop], floats: interpolation)
        } else {
            // As the integer models round it.
            try writer.add(
                "envelope.widening",
                packed: PackedWeights(
                    rounding: interpolation,
                    steps: Array(repeating: WeightFile.usualScale, count: c.hop),
                    limit: AdaptiveIntegers.largestMagnitude))
        }
        for (name, words) in named {
            if packed.isEmpty {
                try writer.add(name, shape: [words.count], uint16s: words)
            } else {
                try writer.add(name, packedTables: words)
            }
        }
        return writer.bytes()
    }
}
