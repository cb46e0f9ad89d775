import AudioFile
import System

/// Why training cannot begin or go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    case unreadableFolder(String)
    /// The folder of a run cannot be made.
    case unwritableFolder(String, reason: String)
    /// - omitted: what was left out, by reason
    case noSpeech(folder: String, files: Int, minimumSamples: Int, omitted: String? = nil)
    /// Files that cannot be used where all must be.
    case unusable(folder: String, faults: [Omissions.Entry])
    /// A phase mixes noise in and no folder of noise was given.
    case noNoise(phase: String)
    /// The folder holds a run already.
    case runExists(folder: String)
    /// Another process writes into the folder.
    case locked(folder: String, holder: String)
    case badCheckpoint(path: String, reason: String)
    case badConfiguration(path: String, reason: String)
    case badTable(path: String, reason: String)
    /// What a task of this family does not do.
    case badChoice(String)
    case notFinite(step: Int, term: String)
    case writeFailed(path: String, reason: String)
    /// Processes that train together do not do the same.
    /// - leading: what rank 0 has; nil where that is the same and another rank differs
    case ranksDiffer(what: String, rank: Int, here: String, leading: String?)
    /// A process is gone.
    /// - checkpoint: where what was done before is
    case rankLost(RankLost, step: Int, checkpoint: String)

    public var description: String {
        switch self {
        case .unreadableFolder(let folder): "\(folder) is no folder that can be listed"
        case .unwritableFolder(let folder, let reason):
            "\(folder): cannot be made a folder: \(reason)"
        case .noNoise(let phase): "phase \(phase) mixes noise in: give a folder of noise (--noise)"
        case .noSpeech(let folder, let files, let minimum, let omitted):
            """
            no usable speech in \(folder): \(files) sound files, none of at least \(minimum) \
            samples
            """
                + (omitted.map { " (left out: \($0))" } ?? "")
        case .unusable(let folder, let faults):
            "\(folder): \(faults.count) unusable files: "
                + faults.map { "\($0)" }.joined(separator: "; ")
        case .runExists(let folder):
            """
            \(folder) holds a run already: resume it (nwc-train resume \(folder) ...), or \
            choose another folder
            """
        case .locked(let folder, let holder): "\(folder) is in use by \(holder)"
        case .badCheckpoint(let path, let reason): "checkpoint \(path): \(reason)"
        case .badConfiguration(let path, let reason): "configuration \(path): \(reason)"
        case .badTable(let path, let reason): "table \(path): \(reason)"
        case .badChoice(let reason): reason
        case .writeFailed(let path, let reason): "\(path): cannot be written: \(reason)"
        case .ranksDiffer(let what, let rank, let here, let leading):
            if let leading {
                "rank \(rank) has not \(what) of rank 0: \(here) instead of \(leading)"
            } else {
                "another rank has not \(what) of rank \(rank): \(here)"
            }
        case .rankLost(let lost, let step, let checkpoint):
            "\(lost); steps up to \(step) are in \(checkpoint)"
        case .notFinite(let step, let term):
            "step \(step): \(term) is not finite even after falling back to the last checkpoint"
        }
    }
}

extension TrainingError {
    /// - Throws: `writeFailed` in the place of `OutputError`
    static func replacing(_ path: String, with bytes: [UInt8]) throws(TrainingError) {
        do { try AtomicOutput.replace(path, with: bytes) } catch {
            throw .writeFailed(path: path, reason: error.reason)
        }
    }
}
