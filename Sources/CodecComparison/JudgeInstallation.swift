import Foundation
import QualityMetrics
import System

/// Puts the outside judges where `ExternalJudge` finds them.
public enum JudgeInstallation {
    /// Installs all that can be had; takes minutes, and a connection to PyPI.
    /// - Parameter folder: made where it is missing
    /// - Returns: what could not be installed, in words; empty = nothing
    /// - Throws: `cannotWrite`; `noJudges` where not even PESQ could be installed
    public static func run(into folder: String) throws(ComparisonError) -> String {
        let work = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nwc-judges-" + UUID().uuidString, isDirectory: true)
        defer { try? FileManager.default.removeItem(at: work) }
        let script = work.appendingPathComponent("judges.sh")
        do {
            try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
            try Data(PackageResources.judges_sh).write(to: script)
            try Data(PackageResources.judge_py).write(to: work.appendingPathComponent("judge.py"))
        } catch { throw .cannotWrite(path: work.path, reason: error.localizedDescription) }
        let place = URL(fileURLWithPath: folder, isDirectory: true).absoluteURL.path
        let output: ChildProcess.Output
        do throws(ChildProcessError) {
            output = try ChildProcess.run(
                URL(fileURLWithPath: "/bin/sh"), [script.path, place], in: work)
        } catch { throw .noJudges(reason: error.description) }
        guard output.succeeded else { throw .noJudges(reason: output.failure) }
        return output.standardError.split(whereSeparator: \.isNewline).filter {
            $0.hasPrefix("judges.sh: ")
        }.joined(separator: "\n")
    }
}
