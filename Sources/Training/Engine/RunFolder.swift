import Foundation

/// The files of a training run: `config.json`, `checkpoint.nwck`, `best.nwck` (where one is kept),
/// `curve.tsv` (means since the last line), `validation.tsv`, `lock` (see `RunLock`).
public struct RunFolder: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    public var configuration: String { path + "/config.json" }
    public var checkpoint: String { path + "/checkpoint.nwck" }
    public var best: String { path + "/best.nwck" }
    public var curve: String { path + "/curve.tsv" }
    public var validation: String { path + "/validation.tsv" }

    public var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpoint) }

    /// The last checkpoint of a run's folder, or the checkpoint that a path names itself.
    public static func checkpoint(_ path: String) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return path.hasSuffix(".nwck") ? path : RunFolder(path: path).checkpoint
        }
        return isFolder.boolValue ? RunFolder(path: path).checkpoint : path
    }

    /// - Throws: `TrainingError.runExists` where there is something to go on from
    public func refuseRun() throws(TrainingError) {
        if hasCheckpoint { throw .runExists(folder: path) }
    }

    /// Makes the folder and locks it.
    /// - Throws: `TrainingError.unwritableFolder`, `locked`
    func make() throws(TrainingError) -> RunLock {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch { throw .unwritableFolder(path, reason: error.localizedDescription) }
        return try RunLock(self)
    }

    /// Writes the configuration, and tables without lines in the place of those that a run without
    /// a checkpoint left.
    func begin(_ configuration: some Encodable, tables: [RunTable]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try TrainingError.replacing(self.configuration, with: Array(encoder.encode(configuration)))
        for table in tables { try table.begin() }
    }
}

/// A table of tab-separated values that grows line by line, with the names of its columns in the
/// first line.
struct RunTable {
    let path: String
    private(set) var columns: [String]

    /// A table that begins; see `begin`.
    init(path: String, columns: [String]) { (self.path, self.columns) = (path, columns) }

    /// A table that may be there already, from another version with other columns: these stay.
    init(resuming path: String, columns: [String]) throws {
        self.init(path: path, columns: columns)
        if FileManager.default.fileExists(atPath: path) {
            // The head alone: a line that was torn by a power cut is cut off, no reason to refuse.
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let head = text.prefix { $0 != "\n" }
            if head.isEmpty {
                try begin()
            } else {
                self.columns = head.split(separator: "\t", omittingEmptySubsequences: false)
                    .map(String.init)
            }
        } else {
            try begin()
        }
    }

    func begin() throws(TrainingError) { try replace([columns.joined(separator: "\t")]) }

    /// One line; columns that the values do not name stay empty.
    func append(_ values: [String: String]) throws {
        let line = columns.map { values[$0] ?? "" }.joined(separator: "\t") + "\n"
        guard let handle = FileHandle(forWritingAtPath: path) else {
            throw TrainingError.writeFailed(path: path, reason: "it cannot be opened")
        }
        defer { try? handle.close() }
        do {
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(line.utf8))
        } catch { throw TrainingError.writeFailed(path: path, reason: error.localizedDescription) }
    }

    /// Drops lines of later steps, and torn ones.
    func cut(after step: Int) throws(TrainingError) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
        let lines = text.split(separator: "\n").enumerated().filter { index, line in
            let values = line.split(separator: "\t", omittingEmptySubsequences: false)
            return index == 0
                || values.count == columns.count
                    && (values.first.flatMap { Int($0) } ?? Int.max) <= step
        }
        try replace(lines.map { String($0.element) })
    }

    private func replace(_ lines: [String]) throws(TrainingError) {
        try TrainingError.replacing(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    static func text(_ x: Double) -> String { String(format: "%.5g", x) }
}
