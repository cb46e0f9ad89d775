import BuiltInDenoiser
import Enhancement

/// Finds the denoiser that a user names.
public enum DenoiserChoice {
    /// - Parameter path: of a denoiser's file; nil = the built-in one
    public static func load(_ path: String?) throws -> Denoiser {
        guard let path else { return try Denoiser.builtIn() }
        do {
            return try Denoiser(
                bytes: try InputBytes(path: path).all(limit: ModelChoice.fileLimit))
        } catch let error as DenoiserError { throw ToolFailure.runtime("\(path): \(error)") }
    }
}
