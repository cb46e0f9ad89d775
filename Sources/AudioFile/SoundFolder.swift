#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The recordings below a folder, and what stands there besides.
///
/// A folder may be a symbolic link, and so may its subfolders and files. Each real folder is
/// visited once: folders that are there themselves before those that are linked, so that links
/// cannot change a recording's path or lead in a circle. Files are recognised by their names
/// (`SoundFileNames`) and not opened; only their kind, size and permission are looked at.
public struct SoundFolder: Sendable {
    /// As given.
    public let path: String
    /// Paths of the recordings relative to `path`, sorted.
    public let files: [String]
    /// Everything else, relative to `path`.
    public let omissions: Omissions

    /// Lists a folder with its subfolders.
    /// - Parameter isWanted: says by its name whether a file is one of those that are looked for.
    /// - Throws: `AudioFileError.cannotOpen` where it is no folder or cannot be listed. What cannot
    ///   be used further down is among the omissions.
    public init(
        _ path: String, isWanted: (String) -> Bool = SoundFileNames.isRecording
    ) throws(AudioFileError) {
        var walk = Walk(root: path)
        if let code = walk.visit("", isWanted) { throw .cannotOpen(path: path, code: code) }
        walk.followLinks(isWanted)
        self.path = path
        files = walk.files.sorted()
        omissions = walk.omissions
    }

    /// Only so many of the files, at equal distances in the sorted list, so that every subfolder
    /// has its share.
    /// - Parameter limit: nil takes all.
    public func spread(_ limit: Int?) -> [String] {
        guard let limit, limit > 0, limit < files.count else { return files }
        return (0..<limit).map { files[$0 * files.count / limit] }
    }
}

/// A walk that has not ended yet.
private struct Walk {
    private struct Identity: Hashable {
        var device: dev_t
        var node: ino_t

        init(_ status: stat) { (device, node) = (status.st_dev, status.st_ino) }
    }

    let root: String
    var files: [String] = []
    var omissions = Omissions()
    private var visited: Set<Identity> = []
    /// Linked folders that wait until all others were visited.
    private var links: [String] = []

    init(root: String) { self.root = root }

    private func full(_ path: String) -> String { path.isEmpty ? root : root + "/" + path }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// Lists a folder and all real folders below it.
    /// - Returns: `errno` where this folder itself cannot be listed.
    mutating func visit(_ folder: String, _ isWanted: (String) -> Bool) -> CInt? {
        var waiting = [folder]
        var failure: CInt?
        while let next = waiting.popLast() {
            guard let status = Self.status(full(next)) else {
                if next == folder { failure = errno }
                continue
            }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                if next == folder { failure = ENOTDIR }
                continue
            }
            guard visited.insert(Identity(status)).inserted else { continue }
            guard let names = names(in: full(next)) else {
                let code = errno
                if next == folder { failure = code }
                omissions.add(next, .unreadable, systemMessage(code))
                continue
            }
            for name in names.sorted(by: >) {
                let path = next.isEmpty ? name : next + "/" + name
                if enter(name, path, isWanted) { waiting.append(path) }
            }
        }
        return failure
    }

    /// Visits linked folders; what they link to in turn waits behind them.
    mutating func followLinks(_ isWanted: (String) -> Bool) {
        let home = realpath(root)
        while !links.isEmpty {
            let waiting = links.sorted()
            links = []
            for link in waiting {
                let target = realpath(full(link))
                if let home, let target, target == "/" || (home + "/").hasPrefix(target + "/") {
                    omissions.add(link, .repeatedFolder, "leads back to \(target)")
                } else if let status = Self.status(full(link)),
                    visited.contains(Identity(status))
                {
                    omissions.add(link, .repeatedFolder, "\(target ?? link) is already there")
                } else {
                    _ = visit(link, isWanted)
                }
            }
        }
    }

    /// Puts an entry where it belongs.
    /// - Returns: whether it is a real folder, which is to be visited.
    private mutating func enter(
        _ name: String, _ path: String, _ isWanted: (String) -> Bool
    ) -> Bool {
        guard let status = Self.status(full(path)) else {
            let code = errno
            if Self.isLink(full(path)) {
                omissions.add(path, .danglingLink, systemMessage(code))
            } else {
                omissions.add(path, .unreadable, systemMessage(code))
            }
            return false
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            if Self.isLink(full(path)) {
                links.append(path)
                return false
            }
            return true
        }
        let isSidecar = name.hasPrefix("._")
        if !isWanted(isSidecar ? String(name.dropFirst(2)) : name) {
            omissions.add(
                path, SoundFileNames.needsFFmpeg(name) ? .needsFFmpeg : .otherFormat)
        } else if isSidecar {
            omissions.add(path, .sidecar)
        } else if status.st_mode & S_IFMT != S_IFREG {
            omissions.add(path, .unreadable, "not a regular file")
        } else if status.st_size == 0 {
            omissions.add(path, .empty, "0 bytes")
        } else if access(full(path), R_OK) != 0 {
            omissions.add(path, .unreadable, systemMessage(errno))
        } else {
            files.append(path)
        }
        return false
    }

    /// Names in a folder without `.` and `..`; nil with `errno` where it cannot be listed.
    private func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private func realpath(_ path: String) -> String? {
        #if canImport(Glibc)
            let found = Glibc.realpath(path, nil)
        #else
            let found = Musl.realpath(path, nil)
        #endif
        guard let found else { return nil }
        defer { free(found) }
        return String(cString: found)
    }
}
