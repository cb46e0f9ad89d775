import Foundation

/// Training configurations as JSON files.
public enum ConfigurationFile {
    /// What can be trained. The entry `family` tells the files apart.
    package static let families: [any TaskConfiguration.Type] = [
        CodecTrainingConfiguration.self, PaperTrainingConfiguration.self,
        DenoiserTrainingConfiguration.self, PostFilterTrainingConfiguration.self,
        AdaptationConfiguration.self,
    ]

    private struct Family: Decodable { let family: String? }

    private static func type(_ family: String?) throws -> any TaskConfiguration.Type {
        guard let type = families.first(where: { $0.family == family }) else {
            let known = families.compactMap { $0.family }.joined(separator: ", ")
            throw ConfigurationProblem(
                """
                family is \(family ?? ""), possible are \(known), or no such entry \
                for the codec
                """
            )
        }
        return type
    }

    /// - Throws: `TrainingError.badConfiguration` when the file cannot be read or is not a
    ///   configuration
    public static func read(_ path: String) throws -> any TaskConfiguration {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw TrainingError.badConfiguration(path: path, reason: error.localizedDescription)
        }
        return try parse(data, path: path)
    }

    /// - Parameters:
    ///   - data: JSON
    ///   - path: for messages
    /// - Throws: `TrainingError.badConfiguration` with everything that is wrong with single
    ///   settings; where nothing is, with what is wrong with several together
    public static func parse(_ data: Data, path: String) throws -> any TaskConfiguration {
        do {
            let given = try JSONDecoder().decode(SettingValue.self, from: data)
            let type = try type(family(given))
            var check = SettingsCheck()
            let complete = check.complete(given, type.settings)
            if let problem = check.problems.first {
                let all = check.problems
                throw ConfigurationProblem(
                    all.count == 1
                        ? problem
                        : (["\(all.count) problems"] + all).joined(separator: "\n  "))
            }
            return try decode(type, complete)
        } catch let error as DecodingError {
            throw TrainingError.badConfiguration(path: path, reason: error.reason)
        } catch { throw TrainingError.badConfiguration(path: path, reason: "\(error)") }
    }

    private static func family(_ given: SettingValue) throws(ConfigurationProblem) -> String? {
        guard case .object(let entries) = given else { return nil }
        switch entries["family"] {
        case nil, .null?: return nil
        case .text(let family)?: return family
        case let other?: throw ConfigurationProblem("family is \(other.text), must be a text")
        }
    }

    private struct CheckpointState: Decodable { let configuration: Family }

    /// The type of the configuration in a checkpoint.
    /// - Throws: `TrainingError.badCheckpoint`
    public static func family(ofCheckpoint path: String) throws -> any TaskConfiguration.Type {
        let file = try CheckpointFile(CheckpointFile.read(path), path: path)
        do {
            let state = try JSONDecoder().decode(CheckpointState.self, from: Data(file.json))
            return try type(state.configuration.family)
        } catch let error as DecodingError {
            throw TrainingError.badCheckpoint(
                path: path, reason: "unreadable header: \(error.reason)")
        } catch { throw TrainingError.badCheckpoint(path: path, reason: "\(error)") }
    }

    /// - Parameter value: with all settings
    package static func decode<C: TaskConfiguration>(_ type: C.Type, _ value: some Encodable)
        throws -> C
    {
        let configuration = try JSONDecoder().decode(type, from: JSONEncoder().encode(value))
        try configuration.validate()
        return configuration
    }
}
