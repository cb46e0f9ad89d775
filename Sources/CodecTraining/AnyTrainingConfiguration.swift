import Foundation

/// A training configuration from a file, of the default codec or of a paper network.
public enum AnyTrainingConfiguration: Sendable {
    case standard(TrainingConfiguration)
    case paper(PaperTrainingConfiguration)

    /// What tells the files apart: `"family": "paper"`, or no such entry.
    private struct Family: Decodable { let family: String? }

    /// - Throws: `TrainingError.badConfiguration` when the file cannot be read or is not a configuration
    public init(path: String) throws {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path)), decoder = JSONDecoder()
            if try decoder.decode(Family.self, from: data).family == nil {
                self = .standard(try decoder.decode(TrainingConfiguration.self, from: data))
            } else {
                self = .paper(try decoder.decode(PaperTrainingConfiguration.self, from: data))
            }
        } catch { throw TrainingError.badConfiguration(path: path, reason: "\(error)") }
    }
}
