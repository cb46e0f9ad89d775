#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Why an output cannot be written. Codes are values of `errno`.
public enum OutputError: Error, Equatable, Sendable {
    /// The file exists and overwriting was not allowed.
    case exists(path: String)
    /// The output is one of the inputs, perhaps under another name.
    case sameAsInput(path: String)
    /// Binary data would go to a terminal.
    case terminal(path: String)
    /// Standard output or another descriptor that was named is closed, or open for reading only.
    case notOpenForWriting(path: String)
    /// A folder, a block device or a socket.
    case notAFile(path: String)
    /// The file could not be created.
    case cannotCreate(path: String, code: CInt)
    /// Writing failed, for example because the disk is full.
    case writeFailed(path: String, code: CInt)
    /// The finished file could not be given its name.
    case cannotRename(path: String, code: CInt)
    /// The reader at the other end of a pipe has gone.
    case brokenPipe(path: String)
}

extension OutputError: BrokenPipeError, CustomStringConvertible {
    public var isBrokenPipe: Bool {
        if case .brokenPipe = self { true } else { false }
    }

    public var description: String {
        func named(_ path: String) -> String { path == "-" ? "standard output" : path }
        func text(_ code: CInt) -> String {
            strerror(code).map { String(cString: $0) } ?? "error \(code)"
        }
        return switch self {
        case .exists(let path): "\(named(path)): exists already; use -f (--force) to overwrite it"
        case .sameAsInput(let path): "\(named(path)): is also an input"
        case .terminal(let path):
            "\(named(path)): will not write binary data to a terminal; name an output file with -o"
        case .notOpenForWriting(let path): "\(named(path)): closed, or not open for writing"
        case .notAFile(let path): "\(named(path)): not a regular file, pipe or character device"
        case .cannotCreate(let path, let code): "\(named(path)): cannot create: \(text(code))"
        case .writeFailed(let path, let code): "\(named(path)): write failed: \(text(code))"
        case .cannotRename(let path, let code):
            "\(named(path)): cannot put the finished file in its place: \(text(code))"
        case .brokenPipe(let path): "\(named(path)): the reading end of the pipe was closed"
        }
    }
}
