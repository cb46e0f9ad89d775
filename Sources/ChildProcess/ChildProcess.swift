import Dispatch
import Foundation

/// Why an outside program could not be run to its end. A program that runs and fails is no error:
/// see `ChildProcess.Output`.
public enum ChildProcessError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It could not be started, or its output files could not be made.
    case cannotRun(program: String, reason: String)
    /// It ran longer than allowed and was ended.
    case timedOut(program: String, seconds: Double)

    public var description: String {
        switch self {
        case .cannotRun(let program, let reason): "cannot run \(program): \(reason)"
        case .timedOut(let program, let seconds): "\(program) was ended after \(Int(seconds)) s"
        }
    }
}

/// Runs outside programs: no shell, standard input empty, both outputs through files, so that no
/// program can block on a full pipe.
public enum ChildProcess {
    /// How a program ended and what it said.
    public struct Output: Sendable, Equatable {
        public let standardOutput: String
        public let standardError: String
        /// Exit status, or the number of the signal that ended it.
        public let status: Int32
        public let endedBySignal: Bool
        /// Wall clock from start to end.
        public let seconds: Double

        public var succeeded: Bool { status == 0 && !endedBySignal }

        /// Exit status and the last words on standard error, or on standard output where there are
        /// none.
        public var failure: String {
            let words =
                [standardError, standardOutput].lazy.compactMap {
                    $0.split(whereSeparator: \.isNewline).last
                }.first ?? ""
            return "\(endedBySignal ? "signal" : "status") \(status) \(words)".trimmingCharacters(
                in: .whitespaces)
        }
    }

    /// Runs a program and waits for its end. May be called from several threads at once, with
    /// different folders.
    /// - Parameters:
    ///   - program: path of the executable.
    ///   - folder: exists; becomes the current folder of the program and takes the files `stdout`
    ///     and `stderr`.
    ///   - timeLimit: seconds after which the program is ended; nil waits for ever.
    public static func run(
        _ program: URL, _ arguments: [String], in folder: URL, timeLimit: Double? = nil
    ) throws(ChildProcessError) -> Output {
        let outputFile = folder.appendingPathComponent("stdout")
        let errorFile = folder.appendingPathComponent("stderr")
        do {
            try Data().write(to: outputFile)
            try Data().write(to: errorFile)
            let output = try FileHandle(forWritingTo: outputFile)
            let errors = try FileHandle(forWritingTo: errorFile)
            defer {
                try? output.close()
                try? errors.close()
            }
            let process = Process()
            let ended = DispatchSemaphore(value: 0)
            process.executableURL = program
            process.arguments = arguments
            process.currentDirectoryURL = folder
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = errors
            process.terminationHandler = { _ in ended.signal() }
            let began = DispatchTime.now()
            try process.run()
            var inTime = true
            if let timeLimit {
                inTime = ended.wait(timeout: began + timeLimit) == .success
                if !inTime { end(process, ended) }
            } else {
                ended.wait()
            }
            let seconds =
                Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) * 1e-9
            if let timeLimit, !inTime {
                throw ChildProcessError.timedOut(
                    program: program.lastPathComponent, seconds: timeLimit)
            }
            return Output(
                standardOutput: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
                standardError: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self),
                status: process.terminationStatus,
                endedBySignal: process.terminationReason == .uncaughtSignal, seconds: seconds)
        } catch let error as ChildProcessError {
            throw error
        } catch {
            throw .cannotRun(program: program.path, reason: error.localizedDescription)
        }
    }

    /// Asks the process to end, and after two seconds makes it end.
    private static func end(_ process: Process, _ ended: DispatchSemaphore) {
        process.terminate()
        if ended.wait(timeout: .now() + 2) == .success { return }
        kill(process.processIdentifier, SIGKILL)
        ended.wait()
    }

    /// The path of a program.
    /// - Parameters:
    ///   - name: a name to look for, or a path, which is only checked.
    ///   - first: folders to look in before those of PATH.
    public static func find(_ name: String, first: [String] = []) -> URL? {
        guard !name.contains("/") else {
            return FileManager.default.isExecutableFile(atPath: name)
                ? URL(fileURLWithPath: name) : nil
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in first + path.split(separator: ":").map(String.init) {
            let file = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: file) {
                return URL(fileURLWithPath: file)
            }
        }
        return nil
    }
}
