import Foundation
import System

/// Keeps other processes out of a run's folder as long as it lives: an advisory lock on the file
/// `lock`, which says who holds it. The system takes it away with the process, however that ends;
/// the file stays.
public final class RunLock {
    private let descriptor: CInt

    /// - Throws: `TrainingError.locked` with the holder, `unwritableFolder`
    public init(_ folder: RunFolder) throws(TrainingError) {
        descriptor = try Self.take(folder)
        let now = Date().formatted(.iso8601)
        let text = "process \(getpid()) on \(Self.machine) since \(now)\n"
        // For people only: a full disk does not matter.
        _ = ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    deinit { FileLock.release(descriptor) }

    private static func take(_ folder: RunFolder) throws(TrainingError) -> CInt {
        let path = folder.path + "/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw .writeFailed(path: path, reason: String(cString: strerror(errno)))
        }
        if FileLock.take(descriptor) { return descriptor }
        let code = errno
        close(descriptor)
        guard code == EWOULDBLOCK else {
            throw .writeFailed(path: path, reason: String(cString: strerror(code)))
        }
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let holder = text.trimmingCharacters(in: .newlines)
        throw .locked(folder: folder.path, holder: holder.isEmpty ? "another process" : holder)
    }

    private static var machine: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "this machine" }
        return withUnsafeBytes(of: name.nodename) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
