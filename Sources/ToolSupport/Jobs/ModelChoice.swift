import BuiltInModel
import CMRLCodec
import NeuralNetwork
import Synchronization

/// Finds the model that a user names or a stream needs.
public enum ModelChoice {
    /// A model file is at most this long.
    public static let fileLimit = 64 << 20

    /// - Parameter choice: name of a built-in model or path of a model file; nil = the default
    ///   model.
    /// - Parameter keepsParameters: as `CodecModel.init(bytes:keepsParameters:)`
    public static func load(_ choice: String?, keepsParameters: Bool = false) throws -> CodecModel {
        let name = choice ?? "default"
        if let model = try BuiltInModels.load(name: name, keepsParameters: keepsParameters) {
            return model
        }
        do {
            return try CodecModel(
                bytes: try InputBytes(path: name).all(limit: fileLimit),
                keepsParameters: keepsParameters)
        } catch let error as CodecError { throw ToolFailure.runtime("\(name): \(error)") }
    }

    /// For `--version`.
    public static func builtIn() -> [VersionText.Model] {
        BuiltInModels.names.compactMap { name in
            (try? BuiltInModels.load(name: name)).flatMap { $0 }.map {
                VersionText.Model(name: name, id: $0.id.description)
            }
        }
    }
}

/// Models of streams, each loaded once whatever the number of streams and threads.
public final class ModelCache: Sendable {
    private let choice: String?
    private let loaded = Mutex<[String: CodecModel]>([:])

    /// - Parameter choice: name of a built-in model or path of a model file, for all streams; nil =
    ///   the built-in ones that the streams name.
    public init(choice: String?) { self.choice = choice }

    /// The model of a stream: the one that the user names, which is checked later, or the built-in
    /// one with this id.
    public func find(id: ModelID, stream: String) throws -> CodecModel {
        if let choice { return try load(choice) }
        for name in BuiltInModels.names {
            let model = try load(name)
            if model.id == id { return model }
        }
        throw ToolFailure.runtime(
            "\(stream): made with model \(id), which is not built in; name its file with --model")
    }

    /// Others wait while one loads.
    private func load(_ name: String) throws -> CodecModel {
        try loaded.withLock { loaded in
            if let model = loaded[name] { return model }
            let model = try ModelChoice.load(name)
            loaded[name] = model
            return model
        }
    }
}
