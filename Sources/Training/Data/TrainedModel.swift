import BuiltInModel
import CMRLCodec
import Foundation

/// A codec model that a configuration names.
enum TrainedModel {
    /// - Parameter name: a built-in one's, or a path
    /// - Returns: without its post-filter
    /// - Throws: `ConfigurationProblem` where it cannot be read, `CodecError`
    static func load(_ name: String) throws -> CodecModel {
        if let found = try BuiltInModels.load(name: name) { return found.withoutPostFilter }
        let bytes: Data
        do { bytes = try Data(contentsOf: URL(fileURLWithPath: name)) } catch {
            throw ConfigurationProblem(
                "\(name) is no built-in model, and no file: \(error.localizedDescription)")
        }
        return try CodecModel(bytes: Array(bytes), keepsParameters: true)
    }
}
