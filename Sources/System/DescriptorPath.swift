#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Names that stand for a descriptor which the program already has: `/dev/stdout`, `/dev/fd/3`,
/// `/proc/self/fd/1`, and symbolic links to them.
///
/// Opening such a name where the descriptor is a file opens the *file* anew, at its beginning and
/// without `O_APPEND`, and replacing the name would replace the file: `-o /dev/stdout >> f` would
/// lose what f holds. The descriptor itself has to be written.
enum DescriptorPath {
    /// Most symbolic links that are followed, as the kernel does.
    private static let mostLinks = 40

    /// The number of the descriptor, which need not be open; nil for any other name.
    static func descriptor(_ path: String) -> CInt? {
        var path = path
        for _ in 0..<mostLinks {
            let slash = path.lastIndex(of: "/")
            let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
            let parent = slash.map { String(path[...$0]) } ?? "."
            guard let folder = resolvedFolder(parent) else { return nil }
            if isOwnDescriptors(folder), let number = CInt(name), number >= 0 { return number }
            guard let link = target(ofLink: path) else { return nil }
            path = link.hasPrefix("/") ? link : "\(folder)/\(link)"
        }
        return nil
    }

    /// `/proc/PID/fd` or `/proc/PID/task/TID/fd` of this process.
    private static func isOwnDescriptors(_ folder: String) -> Bool {
        let parts = folder.split(separator: "/")
        guard parts.count == 3 || parts.count == 5, parts[0] == "proc", parts.last == "fd" else {
            return false
        }
        return parts[1] == "\(getpid())"
    }

    private static func resolvedFolder(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func target(ofLink path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
