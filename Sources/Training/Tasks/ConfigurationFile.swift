import CMRLCodec
import Foundation

/// Training configurations as JSON files.
public enum ConfigurationFile {
    /// What can be trained. The entry `family` tells the files apart.
    static let families: [any TaskConfiguration.Type] = [
        CodecTrainingConfiguration.self, PaperTrainingConfiguration.self,
        DenoiserTrainingConfiguration.self, PostFilterTrainingConfiguration.self,
    ]

    private struct Family: Decodable { let family: String? }

    private static func type(_ family: Family) throws -> any TaskConfiguration.Type {
        guard let type = families.first(where: { $0.family == family.family }) else {
            let known = families.compactMap { $0.family }.joined(separator: ", ")
            throw ConfigurationProblem(
                """
                family is \(family.family ?? ""), possible are \(known), or no such entry \
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
    public static func parse(_ data: Data, path: String) throws -> any TaskConfiguration {
        var isJSON = false
        do {
            let family = try JSONDecoder().decode(Family.self, from: data)
            isJSON = true
            let type = try type(family)
            return try decode(type, data)
        } catch DecodingError.dataCorrupted(let context) where isJSON && context.codingPath.isEmpty
        {
            throw TrainingError.badConfiguration(path: path, reason: unfitNumber(data))
        } catch let error as DecodingError {
            throw TrainingError.badConfiguration(path: path, reason: error.reason)
        } catch { throw TrainingError.badConfiguration(path: path, reason: "\(error)") }
    }

    private struct CheckpointState: Decodable { let configuration: Family }

    /// The type of the configuration in a checkpoint.
    /// - Throws: `TrainingError.badCheckpoint`
    public static func family(ofCheckpoint path: String) throws -> any TaskConfiguration.Type {
        let file = try CheckpointFile(CheckpointFile.read(path), path: path)
        do {
            let state = try JSONDecoder().decode(CheckpointState.self, from: Data(file.json))
            return try type(state.configuration)
        } catch let error as DecodingError {
            throw TrainingError.badCheckpoint(
                path: path, reason: "unreadable header: \(error.reason)")
        } catch { throw TrainingError.badCheckpoint(path: path, reason: "\(error)") }
    }

    private static func decode<C: TaskConfiguration>(_ type: C.Type, _ data: Data) throws -> C {
        let configuration = try JSONDecoder().decode(type, from: data)
        try configuration.validate()
        try ConfigurationNames.check(data, as: configuration)
        return configuration
    }

    private struct Seed: Decodable { let seed: Double }

    /// A number that its place cannot hold: decoders call the whole file no JSON then.
    private static func unfitNumber(_ data: Data) -> String {
        guard let seed = try? JSONDecoder().decode(Seed.self, from: data).seed,
            seed < 0 || seed > 0x1p64 || seed != seed.rounded()
        else {
            return
                """
                a number does not fit its place: it is too large or too small, negative or \
                not whole
                """
        }
        return
            """
            seed is \(Int(exactly: seed).map { "\($0)" } ?? "\(seed)"), possible are 0 ... \
            \(UInt64.max)
            """
    }
}

/// Names of settings that do not exist, misspelt ones above all: they must not be taken for their
/// defaults.
enum ConfigurationNames {
    /// What was read is written again, and must have all names of the file.
    /// - Throws: `ConfigurationProblem` with all names that it has not, each with the nearest known
    static func check(_ data: Data, as configuration: some Encodable) throws {
        let given = try JSONSerialization.jsonObject(with: data)
        let encoder = JSONEncoder()
        if let all = NetworkConfiguration.writesAllEntries { encoder.userInfo[all] = true }
        let known = try JSONSerialization.jsonObject(with: encoder.encode(configuration))
        let found = unknown(given, known, Mirror(reflecting: configuration), at: "")
        guard !found.isEmpty else { return }
        throw ConfigurationProblem("no setting is called " + found.joined(separator: ", nor "))
    }

    /// - Parameter value: what was read, which also has the names of settings that are not set
    private static func unknown(_ given: Any, _ known: Any, _ value: Mirror?, at place: String)
        -> [String]
    {
        // Of an optional, what it holds.
        let value =
            value?.displayStyle == .optional
            ? value?.children.first.map { Mirror(reflecting: $0.value) } : value
        if let given = given as? [String: Any], let known = known as? [String: Any] {
            let names = Set(known.keys).union(value?.children.compactMap(\.label) ?? []).sorted()
            return given.sorted { $0.key < $1.key }.flatMap { name, new -> [String] in
                if new is NSNull { return [] }
                let path = place.isEmpty ? name : "\(place).\(name)"
                guard let same = known[name] else {
                    return [path + (nearest(name, names).map { " (\($0)?)" } ?? "")]
                }
                let child = value?.children.first { $0.label == name }
                return unknown(new, same, child.map { Mirror(reflecting: $0.value) }, at: path)
            }
        }
        if let given = given as? [Any], let known = known as? [Any] {
            let children = value.map { $0.children.map { Mirror(reflecting: $0.value) } } ?? []
            return zip(given, known).enumerated().flatMap { index, pair in
                unknown(
                    pair.0, pair.1, index < children.count ? children[index] : nil,
                    at: "\(place)[\(index)]")
            }
        }
        return []
    }

    /// The known name that the fewest insertions, deletions and replacements of letters lead to;
    /// nil where they would change more than a third of the name.
    static func nearest(_ name: String, _ known: [String]) -> String? {
        let distances = known.map { (name: $0, changes: changes(Array(name), Array($0))) }
        guard let best = distances.min(by: { $0.changes < $1.changes }),
            3 * best.changes <= max(name.count, 3)
        else { return nil }
        return best.name
    }

    /// Levenshtein's distance.
    private static func changes(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
