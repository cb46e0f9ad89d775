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

extension OutputError: CustomStringConvertible {
    public var isBrokenPipe: Bool {
        if case .brokenPipe = self { true } else { false }
    }

    /// What it is about, as the program was told.
    public var path: String {
        switch self {
        case .exists(let path), .sameAsInput(let path), .terminal(let path),
            .notOpenForWriting(let path), .notAFile(let path), .cannotCreate(let path, _),
            .writeFailed(let path, _), .cannotRename(let path, _), .brokenPipe(let path):
            path
        }
    }

    /// The error without the path.
    public var reason: String {
        func text(_ code: CInt) -> String {
            strerror(code).map { String(cString: $0) } ?? "error \(code)"
        }
        return switch self {
        case .exists: "exists already; use -f (--force) to overwrite it"
        case .sameAsInput: "is also an input"
        case .terminal: "will not write binary data to a terminal; name an output file with -o"
        case .notOpenForWriting: "closed, or not open for writing"
        case .notAFile: "not a regular file, pipe or character device"
        case .cannotCreate(_, let code): "cannot create: \(text(code))"
        case .writeFailed(_, let code): "write failed: \(text(code))"
        case .cannotRename(_, let code):
            "cannot put the finished file in its place: \(text(code))"
        case .brokenPipe: "the reading end of the pipe was closed"
        }
    }

    public var description: String { "\(path == "-" ? "standard output" : path): \(reason)" }
}
