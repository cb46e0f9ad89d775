import BuiltInModel
import CMRLCodec
import TestSupport
import Testing

/// The models that codec tests run with.
enum CodecModels {
    enum Kind: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case builtIn, tiny
        var testDescription: String { rawValue }
    }

    /// Without its post-filter, which remembers more than a packet.
    private static let builtIn = Result {
        try BuiltInModels.load(name: "default")?.withoutPostFilter
    }
    private static let tiny = Result { try TinyModel.load() }

    static func load(_ kind: Kind) throws -> CodecModel {
        switch kind {
        case .builtIn: try #require(try builtIn.get())
        case .tiny: try tiny.get()
        }
    }
}
