import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A folder for the intermediate files of one run, with a subfolder for each of its workers.
///
/// A file in it says that it is one: only such a folder, left behind by a run that was killed, is
/// used again, and only what a run makes is ever removed. Where somebody else's file or folder has
/// the name, another name is taken. Whoever makes one holds the lock of the results that it
/// belongs to (`ResultsFile`), so no live run can have it.
struct WorkFolder {
    /// The file that says so.
    static let marker = ".nwc-eval-work"

    let url: URL

    /// - Parameter path: the name wanted; else `path-2` and so on.
    /// - Throws: `cannotWrite`.
    init(_ path: String) throws(ComparisonError) {
        for number in 1...99 {
            let candidate = number == 1 ? path : "\(path)-\(number)"
            let url = URL(fileURLWithPath: candidate, isDirectory: true)
            if mkdir(candidate, 0o777) == 0 {
                let text = "Work folder of nwc-eval: may be removed when none is running.\n"
                let file = url.appendingPathComponent(Self.marker)
                do {
                    try text.write(to: file, atomically: false, encoding: .utf8)
                } catch {
                    rmdir(candidate)
                    throw .cannotWrite(path: candidate, reason: error.localizedDescription)
                }
                self.url = url
                return
            }
            guard errno == EEXIST else {
                throw .cannotWrite(path: candidate, reason: String(cString: strerror(errno)))
            }
            if Self.isOurs(candidate) {
                self.url = url
                empty()
                return
            }
        }
        throw .cannotWrite(path: path, reason: "that name and 98 like it are taken")
    }

    private static func isOurs(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
        return lstat(path + "/" + marker, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// An empty folder for a worker.
    func folder(_ worker: Int) throws(ComparisonError) -> URL {
        let folder = url.appendingPathComponent("\(worker)", isDirectory: true)
        do {
            if FileManager.default.fileExists(atPath: folder.path) {
                try FileManager.default.removeItem(at: folder)
            }
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        } catch {
            throw .cannotWrite(path: folder.path, reason: error.localizedDescription)
        }
        return folder
    }

    /// Removes the workers' folders.
    private func empty() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        where Int(name) != nil {
            try? FileManager.default.removeItem(at: url.appendingPathComponent(name))
        }
    }

    /// Removes what the run made, and the folder where nothing else is in it.
    func remove() {
        empty()
        unlink(url.appendingPathComponent(Self.marker).path)
        rmdir(url.path)
    }
}
