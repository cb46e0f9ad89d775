import CMRLCodec
import NeuralNetwork

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a model file holds.
public struct ModelReport: Encodable, Sendable {
    /// A stored array.
    public struct Tensor: Encodable, Sendable {
        public var name: String
        public var type: String
        /// Of the elements in the file; of packed integers the number of their bytes.
        public var shape: [Int]
        public var bytes: Int
        /// Bits a weight; nil = the file holds something else there.
        public var bits: Double?
    }

    /// Average rate of one layer at a rate index, on the training speech.
    public struct Rate: Encodable, Sendable {
        public var index: Int
        public var kbps: Double
    }

    public var file: String
    public var kind = "model"
    public var name: String
    public var id: String
    public var isBuiltIn: Bool
    public var fileBytes: Int
    public var parameters: Int
    public var layers: Int
    /// How it turns sound into symbols.
    public var family: String
    /// The network: of a model of the lapped transform; nil for others.
    public var configuration: NetworkConfiguration?
    /// The network: of a time-domain cascade; nil for others.
    public var cascade: PaperNetworkConfiguration?
    /// How the model was made.
    public var recipe: String?
    /// Algorithmic delay in milliseconds with packets of one block, for 1 ... `layers` layers.
    public var delays: [Double]
    /// None where the rate cannot be chosen.
    public var rates: [Rate]
    /// kbit/s with 1, 2, ... layers on average speech, where it cannot; nil otherwise.
    public var layerKbps: [Double]?
    public var tensors: [Tensor]

    /// - Throws: `ToolFailure` where the file is no usable model.
    public init(bytes: [UInt8], path: String) throws {
        let file: WeightFile
        let model: CodecModel
        do {
            file = try WeightFile(bytes)
            model = try CodecModel(bytes: bytes)
        } catch { throw ToolFailure.runtime("\(path): \(error)") }
        self.file = path
        name = model.name
        id = model.id.description
        isBuiltIn = ModelChoice.builtInName(model.id) != nil
        fileBytes = bytes.count
        parameters = model.parameterCount
        layers = model.layerCount
        family = model.family.rawValue
        configuration = try? model.configuration
        cascade = model.timeDomainConfiguration
        layerKbps = model.fixedRates?.map { $0 / 1000 }
        struct Recipe: Decodable { var recipe: String? }
        recipe = (try? JSONDecoder().decode(Recipe.self, from: Data(file.metadata)))?.recipe
        delays = (1...model.layerCount).map {
            Double(model.algorithmicDelay(layers: $0)) / Double(model.signal.sampleRate) * 1000
        }
        rates = zip(CodecModel.rateCurveIndices, model.rateCurve).map {
            Rate(index: Int($0), kbps: $1 / 1000)
        }
        let counts = model.weightCounts
        tensors = file.tensors.map { tensor in
            let owner = PackedNames.tensor(tensor.name) ?? tensor.name
            return Tensor(
                name: tensor.name, type: "\(tensor.type)", shape: tensor.shape,
                bytes: tensor.byteCount,
                bits: counts[owner].map { Double(8 * tensor.byteCount) / Double($0) })
        }
    }

    /// The report for people, several lines.
    /// - Parameter isVerbose: with rate curve and tensors.
    public func text(isVerbose: Bool) -> String {
        var lines = ["\(file == "-" ? "standard input" : file): nwc model"]
        lines.append("  name      \(name)\(isBuiltIn ? ", built in" : "")")
        lines.append("  id        \(id)")
        lines.append(
            """
              size      \(NumberText.count(fileBytes, "byte")), \
            \(NumberText.count(parameters, "parameter")), \
            \(NumberText.count(tensors.count, "tensor"))
            """
        )
        lines.append(
            """
              layers    \(layers), algorithmic delay \
            \(delays.map { NumberText.fixed($0, 0) }.joined(separator: " / ")) ms
            """
        )
        if configuration == nil { lines.append("  family    \(family)") }
        if let layerKbps {
            let texts = layerKbps.map { NumberText.fixed($0, 2) }.joined(separator: " / ")
            lines.append(
                "  kbit/s    \(texts) on average speech, one rate for each number of layers")
        }
        if let low = rates.first, let high = rates.last {
            lines.append(
                """
                  kbit/s    \(NumberText.fixed(low.kbps, 2)) ... \
                \(NumberText.fixed(high.kbps, 2)) on average speech with one layer
                """
            )
        }
        if let recipe, !recipe.isEmpty { lines.append("  recipe    \(recipe)") }
        if isVerbose {
            lines += rates.map {
                """
                  index \
                \($0.index)\(String(repeating: " ", count: 4 - String($0.index).count))\
                \(NumberText.fixed($0.kbps, 2)) \
                kbit/s
                """
            }
            lines += tensors.map {
                """
                  tensor    \($0.name) \($0.type) \
                [\($0.shape.map { String($0) }.joined(separator: ", "))] \
                \(NumberText.count($0.bytes, "byte"))\
                \($0.bits.map { ", \(NumberText.fixed($0, 2)) bits a weight" } ?? "")
                """
            }
        }
        return lines.joined(separator: "\n")
    }
}
