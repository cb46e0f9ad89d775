import BuiltInModel
import CMRLCodec
import NeuralNetwork
import Synchronization

/// Finds the model that a user names or a stream needs.
public enum ModelChoice {
    /// A model file is at most this long.
    public static let fileLimit = 64 << 20

    /// - Parameters:
    ///   - choice: name of a built-in model or path of a model file; nil = the default model.
    ///   - postFilter: path of a post-filter for it; nil = the built-in one of a built-in model
    ///   - keepsParameters: as `CodecModel.init(bytes:keepsParameters:)`
    public static func load(
        _ choice: String?, postFilter: String? = nil, keepsParameters: Bool = false
    ) throws -> CodecModel {
        let model = try codec(choice ?? "default", keepsParameters)
        guard let postFilter else { return model }
        do {
            let bytes = try InputBytes(path: postFilter).all(limit: fileLimit)
            return try model.adding(PostFilter(bytes: bytes))
        } catch let error as CodecError { throw ToolFailure.runtime("\(postFilter): \(error)") }
    }

    private static func codec(_ name: String, _ keepsParameters: Bool) throws -> CodecModel {
        if let model = try BuiltInModels.load(name: name, keepsParameters: keepsParameters) {
            return model
        }
        do {
            return try CodecModel(
                bytes: try InputBytes(path: name).all(limit: fileLimit),
                keepsParameters: keepsParameters)
        } catch let error as CodecError { throw ToolFailure.runtime("\(name): \(error)") }
    }

    /// The built-in model that a stream or a model file of this identity belongs to.
    static func builtInName(_ id: ModelID) -> String? {
        BuiltInModels.names.first { BuiltInModels.identities(name: $0).contains(id) }
    }

    /// For `--version`.
    public static func builtIn() -> [VersionText.Model] {
        BuiltInModels.names.compactMap { name in
            BuiltInModels.identities(name: name).first.map {
                VersionText.Model(name: name, id: $0.description)
            }
        }
    }
}

/// Models of streams, each loaded once whatever the number of streams and threads.
public final class ModelCache: Sendable {
    private let choice: String?
    private let postFilter: String?
    private struct Key: Hashable {
        let name: String
        let keepsParameters: Bool
    }
    private let loaded = Mutex<[Key: CodecModel]>([:])

    /// - Parameters:
    ///   - choice: name of a built-in model or path of a model file, for all streams; nil = the
    ///     built-in ones that the streams name.
    ///   - postFilter: path of a post-filter for it
    public init(choice: String?, postFilter: String? = nil) {
        self.choice = choice
        self.postFilter = postFilter
    }

    /// The model of a stream: the one that the user names, which is checked later, or the built-in
    /// one with this id.
    /// - Parameter isPatched: the stream carries a patch, which needs the model's parameters
    public func find(id: ModelID, stream: String, isPatched: Bool = false) throws -> CodecModel {
        if let choice { return try load(choice, isPatched) }
        // A post-filter that the user names has an identity of its own, and is for the default.
        let own = postFilter == nil ? nil : BuiltInModels.names.first
        if let name = ModelChoice.builtInName(id) ?? own {
            let model = try load(name, isPatched)
            if [model.id, model.codecID].contains(id) { return model }
        }
        throw ToolFailure.runtime(
            "\(stream): made with model \(id), which is not built in; name its file with --model")
    }

    /// Others wait while one loads.
    private func load(_ name: String, _ keepsParameters: Bool) throws -> CodecModel {
        let key = Key(name: name, keepsParameters: keepsParameters)
        return try loaded.withLock { loaded in
            if let model = loaded[key] { return model }
            let model = try ModelChoice.load(
                name, postFilter: postFilter, keepsParameters: keepsParameters)
            loaded[key] = model
            return model
        }
    }
}
