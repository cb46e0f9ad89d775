import CSpawn
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A program that runs while its standard output is read through a pipe. It is ended with its
/// owner. What it says on standard error never blocks it: the beginning is kept, the rest counted
/// out.
public final class PipedProgram: @unchecked Sendable {
    /// The reading end of its standard output; closed with this object, unless it was taken.
    public let output: CInt

    private let identifier: pid_t
    private let words: ErrorText
    private var ending: Spawning.Ending?
    private var isTaken = false

    /// Starts a program.
    /// - Parameters:
    ///   - program: path of the executable.
    ///   - input: a descriptor that becomes its standard input; nil = an empty one.
    public init(_ program: String, _ arguments: [String], input: CInt? = nil)
        throws(ChildProcessError)
    {
        let (reading, writing) = try Self.pipe(program)
        let errors: (reading: CInt, writing: CInt)
        do throws(ChildProcessError) { errors = try Self.pipe(program) } catch {
            _ = (close(reading), close(writing))
            throw error
        }
        defer { _ = (close(writing), close(errors.writing)) }
        do throws(ChildProcessError) {
            identifier = try Spawning.start(
                program, arguments, input: input, output: writing, errors: errors.writing)
        } catch {
            _ = (close(reading), close(errors.reading))
            throw error
        }
        output = reading
        words = ErrorText(errors.reading)
    }

    deinit {
        if !isTaken { _ = close(output) }
        if ending == nil {
            kill(identifier, SIGKILL)
            _ = Spawning.wait(for: identifier)
        }
        words.wait()
    }

    /// The same descriptor, which its new owner closes.
    public func takeOutput() -> CInt {
        isTaken = true
        return output
    }

    /// Waits until it has ended: after the end of its output, or after that was closed.
    /// - Returns: how it failed, with its last words; nil where it did not.
    public func wait() -> String? {
        let ending = ending ?? Spawning.wait(for: identifier)
        self.ending = ending
        words.wait()
        guard ending.bySignal || ending.status != 0 else { return nil }
        return ending.bySignal ? "ended by signal \(ending.status)" : "status \(ending.status)"
    }

    /// What it said on standard error, the first 8 KB; complete after `wait`.
    public var errorText: String { words.text }

    /// Both ends of a pipe that no other program inherits, away from the standard streams.
    private static func pipe(_ program: String) throws(ChildProcessError) -> (CInt, CInt) {
        var ends: [CInt] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else {
            throw .cannotRun(program: program, reason: String(cString: strerror(errno)))
        }
        for index in 0..<2 where ends[index] <= STDERR_FILENO {
            let moved = fcntl(ends[index], F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
            let code = errno
            close(ends[index])
            guard moved >= 0 else {
                close(ends[1 - index])
                throw .cannotRun(program: program, reason: String(cString: strerror(code)))
            }
            ends[index] = moved
        }
        return (ends[0], ends[1])
    }
}

/// Reads a pipe to its end on a thread of its own and keeps the beginning.
private final class ErrorText: Sendable {
    private static let kept = 8192
    private let bytes = Mutex<[UInt8]>([])
    private let finished = DispatchGroup()

    init(_ descriptor: CInt) {
        let queue = DispatchQueue(label: "child.errors")
        queue.async(group: finished) { [self] in
            var block = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(descriptor, &block, block.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                bytes.withLock { $0 += block[..<min(count, max(0, Self.kept - $0.count))] }
            }
            close(descriptor)
        }
    }

    func wait() { finished.wait() }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
