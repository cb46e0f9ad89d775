import System

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Folders that outputs need.
public enum OutputFolder {
    /// Makes the folder of a file, and those above it, where they are missing.
    /// - Throws: `OutputError.cannotCreate` with the name of the folder.
    static func make(parentOf path: String) throws(OutputError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        try make(String(path[..<slash]))
    }

    private static func make(_ folder: String) throws(OutputError) {
        var code: CInt = 0
        func isMade() -> Bool {
            if mkdir(folder, 0o777) == 0 { return true }
            code = errno
            return false
        }
        if isMade() { return }
        if code == ENOENT {
            try make(parentOf: folder)
            if isMade() { return }
        }
        // Another thread or program may have been quicker. What is no folder shows when the file is
        // made.
        guard code == EEXIST else { throw .cannotCreate(path: folder, code: code) }
    }
}
