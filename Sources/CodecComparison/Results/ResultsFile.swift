import Foundation
import Synchronization
import System
import ToolSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file of results: JSON Lines, one `ComparisonRow` a line, only ever appended to. A row that was
/// measured again stands further down and counts.
public final class ResultsFile: Sendable {
    public let path: String
    /// What was there when the file was opened.
    public let rows: [ComparisonRow]
    private let descriptor: Mutex<CInt>

    /// Opens for appending, and makes the file if there is none. A last line without its end, as a
    /// killed run leaves it, is cut off.
    /// - Throws: `cannotWrite`, `inUse`, `badRow`.
    public init(appendingTo path: String) throws(ComparisonError) {
        let number = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard number >= 0 else {
            throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
        }
        var rows: [ComparisonRow] = []
        do throws(ComparisonError) {
            guard FileLock.take(number) else {
                throw errno == EWOULDBLOCK ? .inUse(path: path) : Self.failure(path)
            }
            guard let data = FileManager.default.contents(atPath: path) else {
                throw .cannotRead(path: path, reason: "not a file")
            }
            let whole = (data.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
            rows = try Self.parse(data.prefix(whole), path: path)
            if whole < data.count, ftruncate(number, off_t(whole)) != 0 { throw Self.failure(path) }
        } catch {
            FileLock.release(number)
            throw error
        }
        self.path = path
        self.rows = rows
        descriptor = Mutex(number)
    }

    deinit {
        descriptor.withLock { FileLock.release($0) }
    }

    private static func failure(_ path: String) -> ComparisonError {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }

    /// Reads results without keeping the file; the last of several rows for one measurement counts.
    public static func read(_ path: String) throws(ComparisonError) -> [ComparisonRow] {
        let rows = latest(try parse(try contents(path), path: path))
        guard !rows.isEmpty else { throw .unusableResults("\(path) has no results") }
        return rows
    }

    /// The same for a file that may be of a killed run, or of one that goes on: it may have no row,
    /// and a last line without its end is left out.
    static func readWhole(_ path: String) throws(ComparisonError) -> (
        rows: [ComparisonRow], isTorn: Bool
    ) {
        let data = try contents(path)
        let whole = (data.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        return (latest(try parse(data.prefix(whole), path: path)), whole < data.count)
    }

    private static func contents(_ path: String) throws(ComparisonError) -> Data {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .cannotRead(path: path, reason: "no such file")
        }
        return data
    }

    private static func latest(_ all: [ComparisonRow]) -> [ComparisonRow] {
        var latest: [[String]: Int] = [:]
        var rows: [ComparisonRow] = []
        for row in all {
            if let index = latest[row.key] {
                rows[index] = row
            } else {
                latest[row.key] = rows.count
                rows.append(row)
            }
        }
        return rows
    }

    private static func parse(_ data: Data, path: String) throws(ComparisonError) -> [ComparisonRow]
    {
        let decoder = JSONDecoder()
        var rows: [ComparisonRow] = []
        for (number, line) in data.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
        ).enumerated() where !line.isEmpty {
            do {
                rows.append(try decoder.decode(ComparisonRow.self, from: Data(line)))
            } catch {
                throw .badRow(path: path, line: number + 1, reason: "no row of a comparison")
            }
        }
        return rows
    }

    /// Appends rows. They are in the file when this returns. May be called from several threads.
    public func append(_ rows: [ComparisonRow]) throws {
        let text = try rows.map { try JSONReport.line($0) + "\n" }.joined()
        let code = descriptor.withLock { Console.write(text, to: $0) }
        guard code == 0 else {
            throw ComparisonError.cannotWrite(path: path, reason: String(cString: strerror(code)))
        }
    }
}
