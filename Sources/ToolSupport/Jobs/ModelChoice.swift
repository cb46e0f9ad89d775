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
    public static func load(_ choice: String?, postFilter: String? = nil) throws -> CodecModel {
        let model = try codec(choice ?? "default")
        guard let postFilter else { return model }
        do {
            let bytes = try InputBytes(path: postFilter).all(limit: fileLimit)
            return try model.adding(PostFilter(bytes: bytes))
        } catch let error as CodecError { throw ToolFailure.runtime("\(postFilter): \(error)") }
    }

    private static func codec(_ name: String) throws -> CodecModel {
        if let model = try BuiltInModels.load(name: name) { return model }
        do {
            return try CodecModel(
                bytes: try InputBytes(path: name).all(limit: fileLimit),
                keepsParameters: true)
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
    private let loaded = Mutex<[String: CodecModel]>([:])

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
    public func find(id: ModelID, stream: String) throws -> CodecModel {
        if let choice { return try load(choice) }
        // A post-filter that the user names has an identity of its own, and is for the default.
        let own = postFilter == nil ? nil : BuiltInModels.names.first
        if let name = ModelChoice.builtInName(id) ?? own {
            let model = try load(name)
            if [model.id, model.codecID].contains(id) { return model }
        }
        throw ToolFailure.runtime(
            "\(stream): made with model \(id), which is not built in; name its file with --model")
    }

    /// Others wait while one loads.
    private func load(_ name: String) throws -> CodecModel {
        try loaded.withLock { loaded in
            if let model = loaded[name] { return model }
            let model = try ModelChoice.load(name, postFilter: postFilter)
            loaded[name] = model
            return model
        }
    }
}
