import CMRLCodec
import Foundation
import ModelWriting
import NeuralNetwork

/// A two-module model with random weights: every part of the codec acts, nothing is trained. Four
/// frames a block, unlike the built-in model.
public enum TinyModel {
    public static let configuration: NetworkConfiguration = {
        var configuration = NetworkConfiguration(modules: [
            NetworkConfiguration.Module(
                encoderBlocks: 1, decoderBlocks: 2, hidden: 4, context: 6, local: 3,
                noiseFilling: true),
            NetworkConfiguration.Module(
                encoderBlocks: 1, decoderBlocks: 1, hidden: 3, context: 5, local: 2,
                noiseFilling: true),
        ])
        configuration.hop = 80
        configuration.framesPerBlock = 4
        configuration.bands = 5
        configuration.envelopeContext = 6
        configuration.rateKnots = 3
        return configuration
    }()

    /// The bytes of its model file.
    /// - Parameters:
    ///   - smallTables: frequency tables with few symbols, so that escapes are frequent and the
    ///     file is small.
    ///   - randomSigns: as in `NetworkConfiguration`
    ///   - signal: another sound than that of `configuration`
    ///   - changesTransform: otherwise it is as computed, and not in the file
    ///   - change: of anything else
    public static func fileBytes(
        seed: UInt64 = 7, smallTables: Bool = false, randomSigns: Bool? = nil,
        signal: SignalFormat? = nil, changesTransform: Bool = true,
        change: (inout NetworkConfiguration) -> Void = { _ in }
    ) throws -> [UInt8] {
        var configuration = configuration
        configuration.randomSigns = randomSigns
        configuration.signal = signal ?? configuration.signal
        change(&configuration)
        let store = ParameterStore<Float>(seed: seed)
        let network = CodecNetwork(store, configuration)
        var random = RandomSource(seed: seed)
        for parameter in store.parameters {
            var values = store.array(parameter)
            if !changesTransform, parameter.name.hasPrefix("transform") { continue }
            let isKept =
                parameter.name.hasPrefix("transform") || parameter.name.hasSuffix("gain")
                || parameter.name == "exponent"
            let reach =
                isKept
                ? 0.01
                : parameter.name.contains("context") || parameter.name.contains("envelope")
                    ? 0.1 : 0.05
            for i in values.indices { values[i] += Float(random.uniform(-reach, reach)) }
            store.set(
                parameter,
                values.map { parameter.count < 1024 ? $0 : Half.rounded($0) }
            )
        }
        var statistics = SymbolStatistics(network: network, store: store)
        for (i, indices) in [[UInt8(40), 100], [120], [90, 220], [250]].enumerated() {
            let speech = (0..<configuration.signal.channels).map {
                SpeechLikeSignal.samples(
                    seconds: 2, rate: configuration.signal.sampleRate,
                    seed: seed + UInt64(i + 10 * $0))
            }
            try statistics.add(
                speech[0].indices.flatMap { t in speech.map { $0[t] } }, rateIndices: indices)
        }
        let curve = (0..<CodecModel.rateCurveIndices.count).map { 3000 * pow(1.2, Double($0)) }
        let bytes = try CodecModel.file(
            name: "tiny", recipe: "random weights, seed \(seed)", network: network, store: store,
            tables: try statistics.tables(),
            rateCurves: [curve, curve.map { 1.7 * $0 }])
        return smallTables ? try withSmallTables(bytes, store, configuration) : bytes
    }

    /// A model file most of whose matrices are packed: multiples of 1/20, one of them from a
    /// codebook; and one with the same weights as plain numbers.
    public static func packedFileBytes() throws -> (packed: [UInt8], plain: [UInt8]) {
        var configuration = configuration
        configuration.modules[0].hidden = 24
        let store = ParameterStore<Float>(seed: 3)
        var network = CodecNetwork(store, configuration)
        network.roundInterpolation()
        var packed: [String: PackedWeights] = [:]
        for parameter in store.parameters where !parameter.name.hasPrefix("transform") {
            let values = store.array(parameter).map(Half.rounded)
            store.set(parameter, values)
            guard parameter.isMatrix, parameter.count >= 200 else { continue }
            let scales = [Float](repeating: 0.05, count: parameter.columns)
            let integers = values.map { max(-20, min(20, Int32(($0 * 20).rounded()))) }
            let hasBook = parameter.name == "module1.decoder.0.enter.weight"
            let weights = PackedWeights(
                integers: integers, scales: scales,
                levels: hasBook ? (-20...20).map { Float($0) * 0.875 } : nil)
            packed[parameter.name] = weights
            store.set(parameter, weights.values)
        }
        let tables = try SymbolStatistics(network: network, store: store).tables()
        let curve = (0..<CodecModel.rateCurveIndices.count).map { 3000 + 1000 * Double($0) }
        func file(_ packed: [String: PackedWeights]) throws -> [UInt8] {
            try CodecModel.file(
                name: "packed", recipe: "none", network: network, store: store,
                tables: tables, rateCurves: [curve, curve], packed: packed)
        }
        return (try file(packed), try file([:]))
    }

    public static func load(seed: UInt64 = 7) throws -> CodecModel {
        try CodecModel(bytes: fileBytes(seed: seed))
    }

    /// The same model in half precision with all but a few symbols of each table merged into the
    /// escapes.
    private static func withSmallTables(
        _ bytes: [UInt8], _ store: ParameterStore<Float>, _ configuration: NetworkConfiguration
    ) throws -> [UInt8] {
        let file = try WeightFile(bytes)
        var writer = try WeightFileWriter(metadata: file.metadata)
        let names = Set(file.tensors.map(\.name))
        for parameter in store.parameters where names.contains(parameter.name) {
            try writer.add(
                parameter.name, shape: parameter.shape, halves: try file.floats(parameter.name))
        }
        try writer.add(
            "envelope.widening", shape: [configuration.bands, configuration.hop],
            floats: try file.floats("envelope.widening"))
        let envelope = merged(try file.uint16s("tables.envelope"), keep: 2, isSigned: true)
        try writer.add("tables.envelope", shape: [envelope.count], uint16s: envelope)
        for module in configuration.modules.indices {
            let name = "tables.module\(module + 1)"
            let words = merged(try file.uint16s(name), keep: 7, isSigned: false)
            try writer.add(name, shape: [words.count], uint16s: words)
        }
        return writer.bytes()
    }

    /// Words of a table set (format description, section 5) with values beyond `keep` counted as
    /// escapes.
    private static func merged(_ words: [UInt16], keep: Int, isSigned: Bool) -> [UInt16] {
        let count = Int(words[1])
        let symbols = Int(words[2])
        let middle = isSigned ? symbols / 2 : 0
        var result = [words[0], words[1], UInt16(isSigned ? 2 * keep + 3 : keep + 1)]
        for table in 0..<count {
            let row = words[(3 + table * symbols)..<(3 + (table + 1) * symbols)].map { Int($0) }
            let low = isSigned ? middle - keep : 0
            let high = isSigned ? middle + keep : keep - 1
            if isSigned { result.append(UInt16(row[..<low].reduce(0, +))) }
            result += row[low...high].map { UInt16($0) }
            result.append(UInt16(row[(high + 1)...].reduce(0, +)))
        }
        return result
    }
}
