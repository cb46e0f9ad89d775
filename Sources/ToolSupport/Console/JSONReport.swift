#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reports for programs: JSON Lines, one object a line, keys sorted.
public enum JSONReport {
    /// The report as one line without its end. Numbers that are not finite cannot be said in JSON: make such values optional and leave them out.
    public static func line(_ report: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    /// Writes the report to standard output.
    public static func write(_ report: some Encodable) throws {
        let code = Console.write(try line(report) + "\n", to: STDOUT_FILENO)
        if code == EPIPE { throw OutputError.brokenPipe(path: "-") }
        if code != 0 { throw OutputError.writeFailed(path: "-", code: code) }
    }
}
