import Dispatch
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

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
            let text = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let how = "\(endedBySignal ? "signal" : "status") \(status)"
            return text.isEmpty ? how : "\(how) \(text)"
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
        let streams = try openStreams(in: folder, program: program)
        defer { _ = (close(streams.output), close(streams.errors)) }
        let began = DispatchTime.now()
        let identifier = try Spawning.start(
            program.path, arguments, in: folder.path, output: streams.output,
            errors: streams.errors)
        let ended = DispatchSemaphore(value: 0)
        let ending = Mutex<Spawning.Ending?>(nil)
        DispatchQueue(label: "child.end").async {
            let how = Spawning.wait(for: identifier)
            ending.withLock { $0 = how }
            ended.signal()
        }
        var inTime = true
        if let timeLimit {
            inTime = ended.wait(timeout: began + timeLimit) == .success
            if !inTime { end(identifier, ended) }
        } else {
            ended.wait()
        }
        let seconds =
            Double(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds) * 1e-9
        if let timeLimit, !inTime {
            throw .timedOut(program: program.lastPathComponent, seconds: timeLimit)
        }
        let how = ending.withLock { $0 } ?? Spawning.Ending(status: -1, bySignal: false)
        return Output(
            standardOutput: try text(folder, outputName, program),
            standardError: try text(folder, errorName, program), status: how.status,
            endedBySignal: how.bySignal, seconds: seconds)
    }

    private static let outputName = "stdout"
    private static let errorName = "stderr"

    /// New files for both outputs.
    private static func openStreams(
        in folder: URL, program: URL
    ) throws(ChildProcessError) -> (output: CInt, errors: CInt) {
        func create(_ name: String) throws(ChildProcessError) -> CInt {
            let path = folder.appendingPathComponent(name).path
            let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard number >= 0 else { throw failure(program, "\(path): \(message(errno))") }
            // Away from the standard streams, which may be closed here.
            guard number <= STDERR_FILENO else { return number }
            defer { close(number) }
            let moved = fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
            guard moved >= 0 else { throw failure(program, message(errno)) }
            return moved
        }
        let output = try create(outputName)
        do throws(ChildProcessError) { return (output, try create(errorName)) } catch {
            close(output)
            throw error
        }
    }

    private static func text(_ folder: URL, _ name: String, _ program: URL)
        throws(ChildProcessError) -> String
    {
        do {
            let data = try Data(contentsOf: folder.appendingPathComponent(name))
            return String(decoding: data, as: UTF8.self)
        } catch { throw failure(program, "\(name): \(error)") }
    }

    private static func failure(_ program: URL, _ reason: String) -> ChildProcessError {
        .cannotRun(program: program.path, reason: reason)
    }

    private static func message(_ code: CInt) -> String { String(cString: strerror(code)) }

    /// Asks the process to end, and after two seconds makes it end.
    private static func end(_ identifier: pid_t, _ ended: DispatchSemaphore) {
        kill(identifier, SIGTERM)
        if ended.wait(timeout: .now() + 2) == .success { return }
        kill(identifier, SIGKILL)
        ended.wait()
    }

    /// The path of a program.
    /// - Parameters:
    ///   - name: a name to look for, or a path, which is only checked.
    ///   - first: folders to look in before those of PATH.
    public static func find(_ name: String, first: [String] = []) -> URL? {
        path(of: name, first: first).map { URL(fileURLWithPath: $0) }
    }

    /// The same as text.
    public static func path(of name: String, first: [String] = []) -> String? {
        func isProgram(_ path: String) -> Bool {
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
                && access(path, X_OK) == 0
        }
        guard !name.contains("/") else { return isProgram(name) ? name : nil }
        let folders = getenv("PATH").map { String(cString: $0) } ?? ""
        return (first + folders.split(separator: ":").map(String.init)).lazy
            .map { "\($0)/\(name)" }.first(where: isProgram)
    }
}
