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
        let decoder = JSONDecoder()
        var isJSON = false
        do {
            let family = try decoder.decode(Family.self, from: data).family
            isJSON = true
            if family == nil {
                let configuration = try decoder.decode(TrainingConfiguration.self, from: data)
                try configuration.validate()
                self = .standard(configuration)
            } else {
                let configuration = try decoder.decode(PaperTrainingConfiguration.self, from: data)
                try configuration.validate()
                self = .paper(configuration)
            }
        } catch DecodingError.dataCorrupted(let context) where isJSON && context.codingPath.isEmpty {
            throw TrainingError.badConfiguration(path: path, reason: Self.unfitNumber(data, decoder))
        } catch let error as DecodingError {
            throw TrainingError.badConfiguration(path: path, reason: Self.reason(error))
        } catch TrainingError.badConfiguration(_, let reason) {
            throw TrainingError.badConfiguration(path: path, reason: reason)
        } catch { throw TrainingError.badConfiguration(path: path, reason: "\(error)") }
    }

    private struct Seed: Decodable { let seed: Double }

    /// A number that its place cannot hold: decoders call the whole file no JSON then.
    private static func unfitNumber(_ data: Data, _ decoder: JSONDecoder) -> String {
        guard let seed = try? decoder.decode(Seed.self, from: data).seed, seed < 0 || seed > 0x1p64 || seed != seed.rounded() else {
            return "a number does not fit its place: it is too large or too small, negative or not whole"
        }
        return "seed is \(Int(exactly: seed).map { "\($0)" } ?? "\(seed)"), possible are 0 ... \(UInt64.max)"
    }

    /// The place in the file and what is wrong there, on one line.
    private static func reason(_ error: DecodingError) -> String {
        func place(_ keys: [any CodingKey]) -> String {
            keys.reduce("") { text, key in text + (key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue) }
        }
        func text(_ context: DecodingError.Context, _ keys: [any CodingKey] = []) -> String {
            let location = place(context.codingPath + keys)
            return location.isEmpty ? "" : "\(location): "
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(text(context, [key]))missing"
        case .valueNotFound(let type, let context): return "\(text(context))null instead of \(type)"
        case .typeMismatch(let type, let context): return "\(text(context))must be of type \(type)"
        case .dataCorrupted(let context):
            let detail = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
            return text(context) + (detail ?? context.debugDescription)
        @unknown default: return "\(error)"
        }
    }
}
