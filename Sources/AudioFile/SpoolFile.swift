#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A temporary file without a name, for formats that libsndfile cannot read from a pipe. It
/// disappears with the descriptor, even if the program is killed.
enum SpoolFile {
    /// Opens an empty file in `directory`, by default `$TMPDIR`, then `/var/tmp` (a disk; `/tmp`
    /// may be memory), then `/tmp`.
    static func open(directory: String?, path: String) throws(AudioFileError) -> Descriptor {
        let variable = getenv("TMPDIR").map { String(cString: $0) }
        let candidates =
            directory.map { [$0] }
            ?? [variable, "/var/tmp", "/tmp"].compactMap { $0 }.filter { !$0.isEmpty }
        var code: CInt = ENOENT
        for candidate in candidates {
            var template = Array("\(candidate)/nwc-spool-XXXXXX".utf8CString)
            let number = mkstemp(&template)
            if number >= 0 {
                _ = fcntl(number, F_SETFD, FD_CLOEXEC)
                unlink(&template)
                return Descriptor(number, path: path, closes: true)
            }
            code = errno
        }
        throw .writeFailed(
            path: candidates.last.map { "\($0)/nwc-spool-XXXXXX" } ?? path, code: code)
    }

    /// Copies everything that is left of `source` behind `start` into a new spool file and rewinds
    /// it.
    static func copy(
        start: [UInt8], then source: Descriptor, directory: String?
    ) throws(AudioFileError) -> Descriptor {
        let spool = try open(directory: directory, path: source.path)
        try spool.write(start)
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try block.withMutableBytes { (buffer) throws(AudioFileError) in
                try source.read(into: buffer)
            }
            if count == 0 { break }
            try block.withBytes { (buffer) throws(AudioFileError) in
                try spool.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        try spool.seek(to: 0)
        return spool
    }
}
