import CMRLCodec
import Foundation

/// A training configuration from a file, of the default codec or of a paper network.
public enum AnyTrainingConfiguration: Sendable {
    case standard(TrainingConfiguration)
    case paper(PaperTrainingConfiguration)

    /// What tells the files apart: `"family": "paper"`, or no such entry.
    private struct Family: Decodable { let family: String? }

    /// - Throws: `TrainingError.badConfiguration` when the file cannot be read or is not a
    ///   configuration
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
                try Self.checkNames(data, as: configuration)
                self = .standard(configuration)
            } else {
                let configuration = try decoder.decode(PaperTrainingConfiguration.self, from: data)
                try configuration.validate()
                try Self.checkNames(data, as: configuration)
                self = .paper(configuration)
            }
        } catch DecodingError.dataCorrupted(let context) where isJSON && context.codingPath.isEmpty
        {
            throw TrainingError.badConfiguration(
                path: path, reason: Self.unfitNumber(data, decoder))
        } catch let error as DecodingError {
            throw TrainingError.badConfiguration(path: path, reason: error.reason)
        } catch TrainingError.badConfiguration(_, let reason) {
            throw TrainingError.badConfiguration(path: path, reason: reason)
        } catch { throw TrainingError.badConfiguration(path: path, reason: "\(error)") }
    }

    private struct Seed: Decodable { let seed: Double }

    /// A number that its place cannot hold: decoders call the whole file no JSON then.
    private static func unfitNumber(_ data: Data, _ decoder: JSONDecoder) -> String {
        guard let seed = try? decoder.decode(Seed.self, from: data).seed,
            seed < 0 || seed > 0x1p64 || seed != seed.rounded()
        else {
            return
                "a number does not fit its place: it is too large or too small, negative or not whole"
        }
        return
            "seed is \(Int(exactly: seed).map { "\($0)" } ?? "\(seed)"), possible are 0 ... \(UInt64.max)"
    }

    /// A name that is not known, a misspelt one above all, must not be taken for its default: what
    /// was read is written again, and must have all names.
    private static func checkNames(_ data: Data, as configuration: some Encodable) throws {
        let given = try JSONSerialization.jsonObject(with: data)
        let encoder = JSONEncoder()
        if let all = NetworkConfiguration.writesAllEntries { encoder.userInfo[all] = true }
        let known = try JSONSerialization.jsonObject(with: encoder.encode(configuration))
        guard let name = firstUnknown(given, known, at: "") else { return }
        throw TrainingError.badConfiguration(path: "", reason: "no setting is called \(name)")
    }

    private static func firstUnknown(_ given: Any, _ known: Any, at place: String) -> String? {
        if let given = given as? [String: Any], let known = known as? [String: Any] {
            for (name, value) in given.sorted(by: { $0.key < $1.key }) where !(value is NSNull) {
                let path = place.isEmpty ? name : "\(place).\(name)"
                guard let same = known[name] else { return path }
                if let unknown = firstUnknown(value, same, at: path) { return unknown }
            }
        } else if let given = given as? [Any], let known = known as? [Any] {
            for (index, pair) in zip(given, known).enumerated() {
                if let unknown = firstUnknown(pair.0, pair.1, at: "\(place)[\(index)]") {
                    return unknown
                }
            }
        }
        return nil
    }
}
