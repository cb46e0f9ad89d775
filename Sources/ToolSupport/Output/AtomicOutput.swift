import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An output that is either complete or not there.
///
/// A regular file is written under the name `.NAME.tmp-PID-N` in its folder, flushed to the disk
/// and given its name by `commit()`. Without `commit()` it disappears: with the object, or by
/// SIGINT, SIGTERM and SIGHUP (`PartialOutputs`). `-` (standard output), character devices and
/// FIFOs are written directly.
public final class AtomicOutput {
    /// What the output is.
    public enum Kind: Sendable {
        case file
        case standardOutput
        /// Character device or FIFO.
        case device
    }

    /// The name as given.
    public let path: String
    public let kind: Kind
    /// Open for writing, and for reading where it is a new file.
    public let fileDescriptor: CInt
    /// What was written can be corrected with `write(_:at:)`.
    public let isSeekable: Bool

    private let target: String
    private let temporary: String
    private let overwrites: Bool
    private let start: Int
    private var registration: PartialOutputs.Registration?
    private var isOpen = true
    private var isTemporary = false

    /// Opens the output; nothing that exists is touched before `commit()`.
    /// - Parameters:
    ///   - path: `-` for standard output.
    ///   - force: replace an existing file, and write to a terminal.
    ///   - inputs: files that must not be the output, even with `force`.
    public init(path: String, force: Bool, inputs: [FileIdentity] = []) throws(OutputError) {
        self.path = path
        overwrites = force
        var status = stat()
        let exists = path == "-" ? fstat(STDOUT_FILENO, &status) == 0 : stat(path, &status) == 0
        if exists, let identity = FileIdentity(status), inputs.contains(identity) {
            throw .sameAsInput(path: path)
        }
        let type = status.st_mode & S_IFMT
        if path == "-" || (exists && (type == S_IFCHR || type == S_IFIFO)) {
            kind = path == "-" ? .standardOutput : .device
            fileDescriptor =
                path == "-" ? STDOUT_FILENO : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            target = path
            temporary = ""
            guard fileDescriptor >= 0 else { throw .cannotCreate(path: path, code: errno) }
            let offset =
                type == S_IFREG && fcntl(fileDescriptor, F_GETFL) & O_APPEND == 0
                ? lseek(fileDescriptor, 0, SEEK_CUR) : -1
            isSeekable = offset >= 0
            start = max(0, Int(offset))
            if isatty(fileDescriptor) == 1, !force {
                if kind == .device { _ = close(fileDescriptor) }
                isOpen = false
                throw .terminal(path: path)
            }
            return
        }
        kind = .file
        isSeekable = true
        start = 0
        guard !exists || type == S_IFREG else { throw .notAFile(path: path) }
        // A symbolic link stays and what it points to is replaced.
        target = exists ? Self.resolved(path) : path
        var link = stat()
        guard force || lstat(path, &link) != 0 else { throw .exists(path: path) }
        temporary = Self.temporaryName(for: target)
        registration = PartialOutputs.register(temporary)
        fileDescriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard fileDescriptor >= 0 else {
            let code = errno
            if let registration { PartialOutputs.forget(registration) }
            registration = nil  // the place may be another output's by the time that this one goes
            isOpen = false
            throw .cannotCreate(path: path, code: code)
        }
        isTemporary = true
        if exists { fchmod(fileDescriptor, status.st_mode & 0o7777) }
    }

    deinit {
        discard()
    }

    /// Appends bytes.
    public func write(_ bytes: [UInt8]) throws(OutputError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    Glibc.write(
                        fileDescriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
                #else
                    Musl.write(
                        fileDescriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done)
                #endif
            }
            if count >= 0 { done += count } else { try check(errno) }
        }
    }

    /// Replaces bytes that were written, for seekable outputs.
    /// - Parameter offset: from the first byte of this output.
    public func write(_ bytes: [UInt8], at offset: Int) throws(OutputError) {
        guard isSeekable else { throw .writeFailed(path: path, code: ESPIPE) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    fileDescriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done,
                    off_t(start + offset + done))
            }
            if count >= 0 { done += count } else { try check(errno) }
        }
    }

    private func check(_ code: CInt) throws(OutputError) {
        if code == EPIPE { throw .brokenPipe(path: path) }
        if code != EINTR { throw .writeFailed(path: path, code: code) }
    }

    /// Flushes the file to the disk and gives it its name. Without `force` a file that has appeared
    /// meanwhile is not replaced.
    public func commit() throws(OutputError) {
        guard isOpen else { return }
        guard kind == .file else {
            isOpen = false
            if kind == .device, close(fileDescriptor) != 0 {
                throw .writeFailed(path: path, code: errno)
            }
            return
        }
        if fsync(fileDescriptor) != 0, errno != EINVAL, errno != ENOTSUP {
            throw failed(.writeFailed(path: path, code: errno))
        }
        isOpen = false
        guard close(fileDescriptor) == 0 else {
            throw failed(.writeFailed(path: path, code: errno))
        }
        if overwrites {
            guard rename(temporary, target) == 0 else {
                throw failed(.cannotRename(path: path, code: errno))
            }
        } else {
            try renameWithoutReplacing()
        }
        isTemporary = false
        discard()
        synchroniseFolder()
    }

    /// `link` fails where the name is taken, atomically. File systems without hard links get a
    /// check and a `rename`.
    private func renameWithoutReplacing() throws(OutputError) {
        if link(temporary, target) == 0 {
            unlink(temporary)
            return
        }
        let code = errno
        guard code != EEXIST else { throw failed(.exists(path: path)) }
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK, EACCES].contains(code) else {
            throw failed(.cannotRename(path: path, code: code))
        }
        var status = stat()
        guard lstat(target, &status) != 0 else { throw failed(.exists(path: path)) }
        guard rename(temporary, target) == 0 else {
            throw failed(.cannotRename(path: path, code: errno))
        }
    }

    /// Removes the partial file and returns the error.
    private func failed(_ error: OutputError) -> OutputError {
        discard()
        return error
    }

    /// Gives the output up: a file that was not committed is removed. What has gone to a pipe or
    /// device cannot be taken back.
    public func discard() {
        if isOpen, kind != .standardOutput { _ = close(fileDescriptor) }
        isOpen = false
        if isTemporary { unlink(temporary) }
        isTemporary = false
        if let registration { PartialOutputs.forget(registration) }
        registration = nil
    }

    private func synchroniseFolder() {
        let folder = open(Self.folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}

extension AtomicOutput {
    private static let counter = Atomic(0)

    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// `.NAME.tmp-PID-N` beside the target. A very long name is shortened, because names of files
    /// have at most 255 bytes.
    private static func temporaryName(for target: String) -> String {
        let name = target.split(separator: "/").last.map(String.init) ?? target
        var short = Substring(name)
        while short.utf8.count > 200 { short = short.dropLast() }
        let number = counter.add(1, ordering: .relaxed).newValue
        let prefix = target.lastIndex(of: "/").map { target[...$0] } ?? ""
        return "\(prefix).\(short).tmp-\(getpid())-\(number)"
    }
}
