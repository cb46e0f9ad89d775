import Foundation

/// A training configuration from a file, of the default codec or of a paper network.
public enum AnyTrainingConfiguration: Sendable {
    case standard(TrainingConfiguration)
    case paper(PaperTrainingConfiguration)

    /// What tells the files apart: `"family": "paper"`, or no such entry.
    private struct Family: Decodable { let family: String? }

    /// - Throws: `TrainingError.badConfiguration` when the file cannot be read or is not a configuration
    public init(path: String) throws {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw TrainingError.badConfiguration(path: path, reason: error.localizedDescription)
        }
        try self.init(data, path: path)
    }

    /// - Parameters:
    ///   - data: JSON
    ///   - path: for messages
    public init(_ data: Data, path: String) throws {
        do {
            let decoder = JSONDecoder()
            if try decoder.decode(Family.self, from: data).family == nil {
                let configuration = try decoder.decode(TrainingConfiguration.self, from: data)
                try configuration.validate()
                self = .standard(configuration)
            } else {
                let configuration = try decoder.decode(PaperTrainingConfiguration.self, from: data)
                try configuration.validate()
                self = .paper(configuration)
            }
        } catch let error as DecodingError {
            throw TrainingError.badConfiguration(path: path, reason: error.reason)
        } catch TrainingError.badConfiguration(_, let reason) {
            throw TrainingError.badConfiguration(path: path, reason: reason)
        } catch { throw TrainingError.badConfiguration(path: path, reason: "\(error)") }
    }
}
