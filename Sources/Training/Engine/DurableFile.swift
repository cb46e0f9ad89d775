import Foundation

/// Files that are whole at every moment, also after a loss of power: the old one or the new one.
enum DurableFile {
    /// Writes under a temporary name in the same folder, flushes to the disk, gives the file its
    /// name, flushes the folder.
    /// - Throws: `TrainingError.writeFailed`; the file is then what it was
    static func replace(_ path: String, with bytes: [UInt8]) throws(TrainingError) {
        let folder = (path as NSString).deletingLastPathComponent
        let name = (path as NSString).lastPathComponent
        let temporary = (folder as NSString).appendingPathComponent(".\(name).tmp-\(getpid())")
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(path, errno) }
        var code = fill(descriptor, bytes)
        if code == 0, fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        if code == 0, rename(temporary, path) != 0 { code = errno }
        guard code == 0 else {
            unlink(temporary)
            throw failure(path, code)
        }
        let directory = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    /// - Returns: `errno` of the failure, 0 for success
    private static func fill(_ descriptor: CInt, _ bytes: [UInt8]) -> CInt {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if count >= 0 { done += count } else if errno != EINTR { return errno }
        }
        return 0
    }

    private static func failure(_ path: String, _ code: CInt) -> TrainingError {
        .writeFailed(path: path, reason: String(cString: strerror(code)))
    }
}
