#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An output that is either complete or not there.
///
/// A regular file is written under the name `.NAME.tmp-RANDOM` in its folder, flushed to the disk
/// and given its name by `commit()`. Without `commit()` it disappears: with the object, or by
/// SIGINT, SIGTERM and SIGHUP (`PartialOutputs`). `-` (standard output), names of open descriptors
/// (`/dev/stdout`, `/dev/fd/3`), character devices and FIFOs are written directly.
public final class AtomicOutput {
    /// What the output is.
    public enum Kind: Sendable {
        case file
        case standardOutput
        /// Character device, FIFO, or a descriptor that the program was given.
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
    public convenience init(
        path: String, force: Bool, inputs: [FileIdentity] = []
    ) throws(OutputError) {
        try self.init(path: path, force: force, inputs: inputs, suffix: Self.randomSuffix)
    }

    /// - Parameter suffix: makes another end of the name of the unfinished file at each call.
    package init(
        path: String, force: Bool, inputs: [FileIdentity] = [], suffix: () -> String
    ) throws(OutputError) {
        self.path = path
        overwrites = force
        let given = Self.given(path)
        var status = stat()
        let exists = given.map { fstat($0, &status) == 0 } ?? (stat(path, &status) == 0)
        if exists, let identity = FileIdentity(status), inputs.contains(identity) {
            throw .sameAsInput(path: path)
        }
        let type = status.st_mode & S_IFMT
        if given != nil || (exists && (type == S_IFCHR || type == S_IFIFO)) {
            kind = given == STDOUT_FILENO ? .standardOutput : .device
            target = path
            temporary = ""
            fileDescriptor = try Self.openDirectly(path, given: given)
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
        let unfinished = Self.createUnfinished(for: target, suffix: suffix)
        temporary = unfinished.path
        registration = unfinished.registration
        fileDescriptor = unfinished.descriptor
        guard fileDescriptor >= 0 else {
            isOpen = false
            throw .cannotCreate(path: path, code: unfinished.code)
        }
        isTemporary = true
        if exists { fchmod(fileDescriptor, status.st_mode & 0o7777) }
    }

    /// A descriptor that is written as it is.
    /// - Parameter given: the program's own; it is duplicated, except standard output.
    private static func openDirectly(_ path: String, given: CInt?) throws(OutputError) -> CInt {
        guard let given else {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else { throw .cannotCreate(path: path, code: errno) }
            return descriptor
        }
        let mode = fcntl(given, F_GETFL)
        guard mode >= 0, mode & O_ACCMODE != O_RDONLY else { throw .notOpenForWriting(path: path) }
        if given == STDOUT_FILENO { return given }
        let descriptor = fcntl(given, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { throw .cannotCreate(path: path, code: errno) }
        return descriptor
    }

    deinit {
        discard()
    }

    /// Appends bytes.
    public func write(_ bytes: [UInt8]) throws(OutputError) {
        try check(bytes.withUnsafeBytes { DescriptorBytes.write($0, to: fileDescriptor) })
    }

    /// Replaces bytes that were written, for seekable outputs.
    /// - Parameter offset: from the first byte of this output.
    public func write(_ bytes: [UInt8], at offset: Int) throws(OutputError) {
        guard isSeekable else { throw .writeFailed(path: path, code: ESPIPE) }
        try check(
            bytes.withUnsafeBytes {
                DescriptorBytes.write($0, to: fileDescriptor, at: start + offset)
            })
    }

    private func check(_ code: CInt) throws(OutputError) {
        if code == EPIPE { throw .brokenPipe(path: path) }
        if code != 0 { throw .writeFailed(path: path, code: code) }
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
    /// Replaces a file, or makes it: it is whole at every moment, also after a loss of power, the
    /// old one or the new one.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(OutputError) {
        let output = try AtomicOutput(path: path, force: true)
        try output.write(bytes)
        try output.commit()
    }

    /// Most names that are tried for an unfinished file.
    private static let mostNames = 100

    /// Whether there is a file, or anything else, of this name; an open descriptor is none.
    package static func exists(_ path: String) -> Bool {
        var status = stat()
        return given(path) == nil && lstat(path, &status) == 0
    }

    /// `-`, `/dev/stdout` and the like.
    package static func isStandardOutput(_ path: String) -> Bool { given(path) == STDOUT_FILENO }

    /// The descriptor that the program has and that a name stands for.
    private static func given(_ path: String) -> CInt? {
        path == "-" ? STDOUT_FILENO : DescriptorPath.descriptor(path)
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Twelve hexadecimal digits. The number of the process would not do: in a container it is the
    /// same at every start, and what a killed one left would be in the way for ever.
    private static func randomSuffix() -> String {
        let digits = String(UInt64.random(in: 0..<1 << 48), radix: 16)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// Creates `.NAME.tmp-SUFFIX` beside the target, under a name that nothing has.
    /// - Returns: a negative descriptor and `errno` where that failed; nothing is registered then.
    private static func createUnfinished(
        for target: String, suffix: () -> String
    ) -> (path: String, descriptor: CInt, registration: PartialOutputs.Registration?, code: CInt) {
        var code = EEXIST
        for _ in 0..<mostNames {
            let path = unfinishedName(for: target, suffix: suffix())
            // A name that is another's must not be registered for removal.
            var status = stat()
            if lstat(path, &status) == 0 { continue }
            let registration = PartialOutputs.register(path)
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (path, descriptor, registration, 0) }
            code = errno
            if let registration { PartialOutputs.forget(registration) }
            guard code == EEXIST else { break }
        }
        return ("", -1, nil, code)
    }

    /// A very long name is shortened, because names of files have at most 255 bytes.
    private static func unfinishedName(for target: String, suffix: String) -> String {
        let name = target.split(separator: "/").last.map(String.init) ?? target
        var short = Substring(name)
        while short.utf8.count > 200 { short = short.dropLast() }
        let prefix = target.lastIndex(of: "/").map { target[...$0] } ?? ""
        return "\(prefix).\(short).tmp-\(suffix)"
    }
}
