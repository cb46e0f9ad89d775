import Foundation

/// The files of a training run: `config.json`, `checkpoint.nwck`, `curve.tsv` (means since the last
/// line), `validation.tsv`.
public struct RunFolder: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    public var checkpoint: String { path + "/checkpoint.nwck" }
    public var curve: String { path + "/curve.tsv" }
    public var validation: String { path + "/validation.tsv" }

    /// Begins a run: refuses a folder that holds one.
    func create(
        _ configuration: some Encodable, curveColumns: [String], validationColumns: [String]
    ) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw TrainingError.unwritableFolder(path, reason: error.localizedDescription)
        }
        guard !FileManager.default.fileExists(atPath: checkpoint) else {
            throw TrainingError.badCheckpoint(
                path: checkpoint, reason: "exists already: resume it, or choose another folder")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(configuration).write(
            to: URL(fileURLWithPath: path + "/config.json"), options: .atomic)
        try append(curveColumns, to: curve)
        try append(validationColumns, to: validation)
    }

    /// One line of a table.
    func append(_ cells: [String], to file: String) throws {
        let line = Data((cells.joined(separator: "\t") + "\n").utf8)
        if let handle = FileHandle(forWritingAtPath: file) {
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: line)
        } else {
            try line.write(to: URL(fileURLWithPath: file), options: .atomic)
        }
    }

    /// Drops lines of the curves that lie after the checkpoint.
    func cutCurves(after step: Int) throws {
        for file in [curve, validation] {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { continue }
            let kept = text.split(separator: "\n").enumerated().filter { index, line in
                index == 0
                    || (line.split(separator: "\t").first.flatMap { Int($0) } ?? Int.max) <= step
            }
            try (kept.map { String($0.element) }.joined(separator: "\n") + "\n").write(
                toFile: file, atomically: true, encoding: .utf8)
        }
    }

    static func text(_ x: Double) -> String { String(format: "%.5g", x) }
}
