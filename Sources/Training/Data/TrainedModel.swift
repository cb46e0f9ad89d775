import BuiltInModel
import CMRLCodec
import Foundation

/// A codec model that a configuration names.
enum TrainedModel {
    /// - Parameters:
    ///   - name: a built-in one's, or a path
    ///   - keepsParameters: as `CodecModel.init(bytes:keepsParameters:)`
    /// - Returns: without its post-filter
    /// - Throws: `ConfigurationProblem` where it cannot be read, `CodecError`
    static func load(_ name: String, keepsParameters: Bool = false) throws -> CodecModel {
        if let found = try BuiltInModels.load(name: name, keepsParameters: keepsParameters) {
            return found.withoutPostFilter
        }
        let bytes: Data
        do { bytes = try Data(contentsOf: URL(fileURLWithPath: name)) } catch {
            throw ConfigurationProblem(
                "\(name) is no built-in model, and no file: \(error.localizedDescription)")
        }
        return try CodecModel(bytes: Array(bytes), keepsParameters: keepsParameters)
    }
}
